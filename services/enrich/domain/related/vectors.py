"""An article as the numbers that related links are made of: a pure function of its text."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from typing import Final

import numpy as np
import numpy.typing as npt

from services.enrich.domain.related.terms import CAPITAL, SMALL, Words, lexicon, primary
from services.enrich.domain.related.word_shares import importance_of

TERMS: Final = 100
POSTED: Final = 25
SKETCH_BYTES: Final = 64
_TITLE_BOOST, _LEAD_BOOST, _LEAD_TOKENS = 5, 2, 60
_LOUDEST: Final = 255
_SHINGLE: Final = 5
# Where no table tells which words are common, capitals tell names: as if one article in a hundred
# had each.
_OF_A_NAME: Final = importance_of(0.01)
# Fewer words make no sketch worth comparing: such texts are copies only when they are equal.
_SHORT: Final = 40

Numbers = npt.NDArray[np.uint32]
Weights = npt.NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class ArticleVector:
    """The heaviest terms, at most 100.

    Attributes:
        numbers: of the terms, ascending.
        weights: beside them; 255 is the heaviest of the article.
        sketch: 64 bytes; equal bytes at equal places tell how much two texts have in common.
    """

    numbers: Numbers
    weights: Weights
    sketch: bytes

    @cached_property
    def posted(self) -> tuple[int, ...]:
        """The numbers of the heaviest 25, heaviest first: by these an article is found."""
        order = np.lexsort((self.numbers, -self.weights.astype(np.int16)))
        return tuple(self.numbers[order[:POSTED]].tolist())

    @cached_property
    def squared_norm(self) -> int:
        weights = self.weights.astype(np.int64)
        return int(weights @ weights)


EMPTY: Final = ArticleVector(np.empty(0, np.uint32), np.empty(0, np.uint8), bytes(SKETCH_BYTES))


def vector_of(
    title: str, body: str, language: str | None
) -> tuple[ArticleVector, Mapping[int, str]]:
    """The vector, and each of its posted terms as it is most often written in the text."""
    known = lexicon(primary(language))
    words = known.read(f"{title}\n{body}")
    in_title = words.count_in(len(title.split()))
    loudness = np.ones(len(words.numbers))
    loudness[:in_title] += _TITLE_BOOST
    loudness[in_title : in_title + _LEAD_TOKENS] += _LEAD_BOOST
    places = np.flatnonzero(words.importance)
    numbers, firsts, which = np.unique(
        words.numbers[places], return_index=True, return_inverse=True
    )
    importance = words.importance[places[firsts]]
    if not known.knows_shares:
        names = _are_names(words, places, which, in_title)
        importance = np.where(names, np.maximum(importance, _OF_A_NAME), importance)
    weights = np.bincount(which, loudness[places]) ** 0.5 * importance
    vector = _quantised(numbers, weights, firsts, sketch_of(words))
    posted = np.zeros(len(numbers), np.bool_)
    posted[np.searchsorted(numbers, vector.posted)] = True
    return vector, _written(vector.posted, words, places[posted[which]])


def _are_names(
    words: Words, places: npt.NDArray[np.intp], which: npt.NDArray[np.intp], in_title: int
) -> npt.NDArray[np.bool_]:
    """For each term whether it has a capital inside a sentence of the body, and never has none.

    Of none where most words have one: such a text is in capitals.
    """
    case, inside = words.case[places], words.inside_sentences()[places]
    in_body, count = places >= in_title, which.max(initial=-1) + 1
    small = np.bincount(which, in_body & (case == SMALL), count)
    large = np.bincount(which, in_body & (case == CAPITAL) & inside & (places > in_title), count)
    names: npt.NDArray[np.bool_] = (small == 0) & (large > 0) & (large.sum() < small.sum())
    return names


def _quantised(
    numbers: Numbers,
    weights: npt.NDArray[np.float64],
    firsts: npt.NDArray[np.intp],
    sketch: bytes,
) -> ArticleVector:
    # Of equals those that come first in the text.
    heaviest = np.lexsort((firsts, -weights))[:TERMS]
    kept = np.sort(heaviest)
    levels = np.rint(_LOUDEST * weights[kept] / weights.max(initial=1))
    return ArticleVector(numbers[kept], np.maximum(1, levels).astype(np.uint8), sketch)


def _written(
    posted: Sequence[int], words: Words, places: npt.NDArray[np.intp]
) -> Mapping[int, str]:
    """How each is written most often at these places; of equals the last by its letters."""
    written = Counter(zip(words.numbers[places].tolist(), words.texts(places), strict=True))
    best: dict[int, tuple[int, str]] = {}
    for (number, text), count in written.items():
        best[number] = max(best.get(number, (0, "")), (count, text))
    return {number: best[number][1] for number in posted}


def sketch_of(words: Words) -> bytes:
    """One-permutation MinHash: the least 5-word shingle of each of 64 bins, one byte each.

    Li, Owen and Zhang (2012), "One permutation hashing". 0 is an empty bin.
    """
    count = len(words.hashed)
    if count < _SHORT:
        whole = "\0".join(words.texts(np.arange(count))).casefold().encode("utf-8", "replace")
        return blake2b(whole, digest_size=SKETCH_BYTES).digest()
    shingles = np.zeros(count - _SHINGLE + 1, np.uint64)
    hashed = np.ascontiguousarray(words.hashed)
    for at in range(_SHINGLE):
        shingles *= np.uint64(0x9E3779B97F4A7C15)
        shingles += hashed[at : at + len(shingles)]
    shingles ^= shingles >> np.uint64(31)
    shingles *= np.uint64(0xBF58476D1CE4E5B9)
    shingles ^= shingles >> np.uint64(29)
    least = np.full(SKETCH_BYTES, np.iinfo(np.uint64).max, np.uint64)
    np.minimum.at(least, (shingles & np.uint64(63)).astype(np.intp), shingles >> np.uint64(6))
    # High bits of a minimum are mostly zero; its low ones are not.
    levels = least % np.uint64(_LOUDEST) + np.uint64(1)
    return bytes(np.where(least == np.iinfo(np.uint64).max, 0, levels).astype(np.uint8))
