"""What stands between two spaces: most of a text has been seen before."""

from collections.abc import Callable
from typing import Final, Generic, TypeVar

_LONGEST: Final = 40

Answer = TypeVar("Answer")


class Remembered(dict[str, Answer], Generic[Answer]):
    """What was read of chunks, at most so many; of long ones nothing is kept.

    A dictionary, because there are hundreds in every text: looking one up calls no function.
    """

    def __init__(self, read: Callable[[str], Answer], most: int) -> None:
        super().__init__()
        self._read = read
        self._most = most

    def __missing__(self, chunk: str) -> Answer:
        answer = self._read(chunk)
        if len(chunk) <= _LONGEST:
            if len(self) >= self._most:
                self.clear()
            self[chunk] = answer
        return answer
