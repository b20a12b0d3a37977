"""The spelling that was meant: words nobody wrote, set right by the words of the index."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Mapping, Sequence
from heapq import nsmallest
from typing import Final

import numpy as np
from rapidfuzz.distance import OSA
from rapidfuzz.process import cdist

from services.search.domain.analysis import UNSTEMMED, spans, terms, unspaced
from services.search.domain.reading import clean, parts

ONE_EDIT_FROM: Final = 4
TWO_EDITS_FROM: Final = 7
_LONGEST: Final = 40
_HIGHEST: Final = "\U0010ffff"


class Speller:
    """Corrects by edit distance (insert, delete, replace, swap) over a vocabulary.

    Words lie in buckets by first letter and length, so that a question meets a few hundred of
    them. The first letter is kept; without that, only where nothing was found.

    Args:
        vocabulary: folded words with the number of articles that have them.
        languages: whose stems make a word known.
    """

    def __init__(self, vocabulary: Mapping[str, int], languages: Sequence[str] = ("en",)) -> None:
        self._languages = tuple(languages)
        self._articles: dict[str, int] = {}
        self._stems: set[str] = set()
        self._buckets: dict[int, dict[str, list[str]]] = {}
        for word, articles in vocabulary.items():
            self._learn(word, articles)
        self._sorted = sorted(self._articles)

    def add(self, words: Iterable[str]) -> None:
        """Count one more article with each of these words."""
        for word in words:
            if word not in self._articles:
                insort(self._sorted, word)
            self._learn(word, 1)

    def completions(self, beginning: str, limit: int) -> list[str]:
        """The words of most articles that begin so, itself left out; then by spelling."""
        start = bisect_left(self._sorted, beginning)
        end = bisect_left(self._sorted, beginning + _HIGHEST)
        longer = (word for word in self._sorted[start:end] if word != beginning)
        return nsmallest(limit, longer, key=lambda word: (-self._articles[word], word))

    def correct(self, word: str) -> str | None:
        """The known word this folded one was meant to be; None if it is known or hopeless."""
        edits = (len(word) >= ONE_EDIT_FROM) + (len(word) >= TWO_EDITS_FROM)
        if not edits or len(word) > _LONGEST or not word.isalpha() or self._knows(word):
            return None
        return self._nearest(word, edits, word[0]) or self._nearest(word, edits, None)

    def correct_beginning(self, beginning: str) -> str | None:
        """What the beginning of a known word was meant to be; None if it is one, or hopeless.

        Its first letter is kept: of what a reader has typed by then, it is what was meant.
        """
        edits = (len(beginning) >= ONE_EDIT_FROM) + (len(beginning) >= TWO_EDITS_FROM)
        if not edits or len(beginning) > _LONGEST or self.completions(beginning, 1):
            return None
        start = bisect_left(self._sorted, beginning[0])
        end = bisect_left(self._sorted, beginning[0] + _HIGHEST)
        counts: dict[str, int] = {}
        for word in self._sorted[start:end]:
            # A letter too few or too many moves the place where the word breaks off.
            for length in range(len(beginning) - 1, len(beginning) + 2):
                cut = word[:length]
                counts[cut] = counts.get(cut, 0) + self._articles[word]
        return _nearest(beginning, list(counts), edits, counts)

    def correct_question(self, q: str, *, begun: str | None = None) -> str | None:
        """The question with its words corrected; None if nothing was.

        Phrases, exclusions, punctuation and every known word stay as typed, and so does a word
        that is only `begun` where a known word goes on from there.
        """
        right = {begun} if begun and self.completions(begun, 1) else set()
        pieces: list[str] = []
        seen, q = 0, clean(q)
        for part in parts(q):
            if part.quoted or part.excluded:
                continue
            for span in spans(part.text, UNSTEMMED):
                corrected = None if span.term in right else self.correct(span.term)
                if corrected is not None:
                    pieces += q[seen : part.start + span.start], corrected
                    seen = part.start + span.end
        return "".join([*pieces, q[seen:]]) if pieces else None

    def _learn(self, word: str, articles: int) -> None:
        if word not in self._articles and word.isalpha() and not unspaced(word):
            bucket = self._buckets.setdefault(len(word), {}).setdefault(word[0], [])
            bucket.append(word)
            self._stems.update(self._stems_of(word))
        self._articles[word] = self._articles.get(word, 0) + articles

    def _stems_of(self, word: str) -> Iterable[str]:
        return (stem for language in self._languages for stem in terms(word, language))

    def _knows(self, word: str) -> bool:
        return (
            self._articles.get(word, 0) > 0
            or unspaced(word)
            or any(stem in self._stems for stem in self._stems_of(word))
        )

    def _nearest(self, word: str, edits: int, first: str | None) -> str | None:
        """The nearest word, then the most frequent, then by spelling."""
        candidates = [
            candidate
            for length in range(len(word) - edits, len(word) + edits + 1)
            for letter, bucket in tuple(self._buckets.get(length, {}).items())
            if first in {None, letter}
            for candidate in bucket
        ]
        return _nearest(word, candidates, edits, self._articles)


def _nearest(
    word: str, candidates: Sequence[str], edits: int, counts: Mapping[str, int]
) -> str | None:
    if not candidates:
        return None
    scored = cdist([word], candidates, scorer=OSA.distance, score_cutoff=edits, dtype=np.uint8)
    distances = scored[0]
    near = np.flatnonzero(distances <= edits).tolist()
    ranked = ((distances[at], -counts[candidates[at]], candidates[at]) for at in near)
    return min(ranked, default=(0, 0, None))[2]
