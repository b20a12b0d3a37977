"""What stands between two spaces: most of a text has been seen before."""

from collections.abc import Callable
from functools import lru_cache
from typing import Final, TypeVar

_LONGEST: Final = 64

Answer = TypeVar("Answer")


def remembered(most: int) -> Callable[[Callable[[str], Answer]], Callable[[str], Answer]]:
    """A decorator that keeps the answers for `most` chunks; those for long ones are not kept."""

    def decorate(read: Callable[[str], Answer]) -> Callable[[str], Answer]:
        kept = lru_cache(most)(read)

        def look_up(chunk: str) -> Answer:
            return kept(chunk) if len(chunk) <= _LONGEST else read(chunk)

        return look_up

    return decorate
