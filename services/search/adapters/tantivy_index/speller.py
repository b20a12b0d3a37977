"""The spelling that was meant: words that no article has, set right by the words of the index."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from rapidfuzz.distance import OSA
from rapidfuzz.process import cdist

from services.search.adapters.tantivy_index.analysis import unspaced
from services.search.domain.articles import Correction

ONE_EDIT_FROM: Final = 4
TWO_EDITS_FROM: Final = 7
_LONGEST: Final = 40
_MOST: Final = 10
_HIGHEST: Final = "\U0010ffff"


class Speller:
    """Corrects by edit distance (insert, delete, replace, swap) over a vocabulary.

    Words lie in buckets by length and first letter.

    Args:
        vocabulary: folded words with the number of articles that have them.
    """

    def __init__(self, vocabulary: Mapping[str, int]) -> None:
        self._articles: dict[str, int] = {}
        self._buckets: dict[int, dict[str, list[str]]] = {}
        for word, articles in vocabulary.items():
            if _is_correctable(word):
                self._buckets.setdefault(len(word), {}).setdefault(word[0], []).append(word)
                self._articles[word] = articles
        self._sorted = sorted(self._articles)

    def knows(self, word: str) -> bool:
        """Whether articles have the word, or it is none that could be corrected."""
        return word in self._articles or not _is_correctable(word)

    def is_beginning(self, beginning: str) -> bool:
        """Whether a word of the articles begins so."""
        at = bisect_left(self._sorted, beginning)
        return at < len(self._sorted) and self._sorted[at].startswith(beginning)

    def correct(self, word: str) -> tuple[Correction, ...]:
        """The words that this one may have been meant to be; none if articles have it.

        The nearest first, then those with the same first letter, then the most frequent.
        """
        edits = _edits(word)
        if self.knows(word) or not edits:
            return ()
        candidates = [
            candidate
            for length in range(len(word) - edits, len(word) + edits + 1)
            for bucket in tuple(self._buckets.get(length, {}).values())
            for candidate in bucket
        ]
        near = _near(word, candidates, edits)
        ranked = sorted(
            near, key=lambda pair: (pair[1], pair[0][0] != word[0], -self._articles[pair[0]], pair)
        )
        return tuple(Correction(text, far, self._articles[text]) for text, far in ranked[:_MOST])

    def correct_beginning(self, beginning: str) -> str | None:
        """What the beginning of a known word was meant to be; None if it is one, or hopeless.

        Its first letter is kept: of what a reader has typed by then, it is what was meant.
        """
        edits = _edits(beginning)
        if not edits or not _is_correctable(beginning) or self.is_beginning(beginning):
            return None
        start = bisect_left(self._sorted, beginning[0])
        end = bisect_left(self._sorted, beginning[0] + _HIGHEST)
        counts: dict[str, int] = {}
        for word in self._sorted[start:end]:
            # A letter too few or too many moves the place where the word breaks off.
            for length in range(len(beginning) - 1, len(beginning) + 2):
                cut = word[:length]
                counts[cut] = counts.get(cut, 0) + self._articles[word]
        near = _near(beginning, list(counts), edits)
        return min(near, key=lambda pair: (pair[1], -counts[pair[0]], pair), default=(None,))[0]


def _is_correctable(word: str) -> bool:
    return word.isalpha() and len(word) <= _LONGEST and not unspaced(word)


def _edits(word: str) -> int:
    """How many edits a word of this length may be away from what was meant."""
    return (len(word) >= ONE_EDIT_FROM) + (len(word) >= TWO_EDITS_FROM)


def _near(word: str, candidates: Sequence[str], edits: int) -> list[tuple[str, int]]:
    if not candidates:
        return []
    scored = cdist([word], candidates, scorer=OSA.distance, score_cutoff=edits, dtype=np.uint8)
    distances = scored[0]
    near = np.flatnonzero(distances <= edits).tolist()
    return [(candidates[at], int(distances[at])) for at in near]
