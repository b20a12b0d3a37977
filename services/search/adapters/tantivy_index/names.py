"""Names by their beginnings: tags, categories and authors, for suggestions as a reader types."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterable
from heapq import nsmallest

from services.search.adapters.tantivy_index.analysis import exact_terms
from services.search.domain.articles import Name
from services.search.domain.question import Facet

_HIGHEST = "\U0010ffff"


class NameIndex:
    """Finds names in which a word begins with what was typed last, and all others stand whole."""

    def __init__(self, names: Iterable[Name]) -> None:
        self._names = [(name, frozenset(exact_terms(name.text))) for name in names]
        self._words = sorted(
            (word, at) for at, (_, words) in enumerate(self._names) for word in words
        )

    def find(self, typed: str, kinds: Collection[Facet], limit: int) -> list[Name]:
        """The most frequent first, then by spelling."""
        *whole, prefix = exact_terms(typed) or [""]
        if not prefix:
            return []
        start = bisect_left(self._words, (prefix, -1))
        end = bisect_left(self._words, (prefix + _HIGHEST, -1))
        places = {at for _, at in self._words[start:end]}
        found = (
            name
            for name, words in map(self._names.__getitem__, places)
            if name.kind in kinds and words.issuperset(whole)
        )
        return nsmallest(limit, found, key=lambda name: (-name.count, name.text, name.kind))
