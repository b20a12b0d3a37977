"""What stands between two spaces: most of a text has been seen before."""

from collections.abc import Callable
from typing import Final, Generic, TypeVar

_LONGEST: Final = 40

Answer = TypeVar("Answer")


class Remembered(dict[str, Answer], Generic[Answer]):
    """What was read of chunks, at most so many; of long ones nothing is kept.

    A dictionary, because there are hundreds in every text: looking one up calls no function. When
    it is half full, all of it steps back; what is asked for again returns, the rest goes at the
    next time. Threads may share it; what it answers must not be changed.
    """

    def __init__(self, read: Callable[[str], Answer], most: int) -> None:
        super().__init__()
        self._read = read
        self._half = most // 2
        self._back: dict[str, Answer] = {}

    def __missing__(self, chunk: str) -> Answer:
        back = self._back  # Held: another thread may put another in its place.
        answer = back[chunk] if chunk in back else self._read(chunk)
        if len(chunk) <= _LONGEST:
            if len(self) >= self._half:
                self._back = dict(self)
                self.clear()
            self[chunk] = answer
        return answer
