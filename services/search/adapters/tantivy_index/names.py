"""Names by their beginnings: tags, categories and authors, for suggestions as a reader types."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Final

from services.search.domain.analysis import UNSTEMMED, terms

_CANDIDATES: Final = 2_000
_HIGHEST = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class Name:
    """One name with the number of visible articles that have it."""

    text: str
    kind: str
    count: int


class NameIndex:
    """Finds names in which a word begins with what was typed last, and all others stand whole."""

    def __init__(self, names: Iterable[Name]) -> None:
        self._names = [(name, frozenset(terms(name.text, UNSTEMMED))) for name in names]
        self._words = sorted(
            (word, at) for at, (_, words) in enumerate(self._names) for word in words
        )

    def find(self, typed: str, limit: int) -> list[Name]:
        """The most frequent first, then by spelling."""
        *whole, prefix = terms(typed, UNSTEMMED) or [""]
        if not prefix:
            return []
        start = bisect_left(self._words, (prefix, -1))
        end = bisect_left(self._words, (prefix + _HIGHEST, -1))
        places = {at for _, at in islice(self._words, start, min(end, start + _CANDIDATES))}
        found = (name for name, words in map(self._names.__getitem__, places) if {*whole} <= words)
        return sorted(found, key=lambda name: (-name.count, name.text, name.kind))[:limit]
