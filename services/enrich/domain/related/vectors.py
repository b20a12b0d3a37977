"""An article as the numbers that related links are made of: a pure function of its text."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from typing import Final

import numpy as np
import numpy.typing as npt

from services.enrich.domain.related.terms import Word, lexicon, primary

TERMS: Final = 100
POSTED: Final = 25
SKETCH_BYTES: Final = 64
_TITLE_BOOST, _LEAD_BOOST, _LEAD_TOKENS = 5, 2, 60
_LOUDEST: Final = 255
_SHINGLE: Final = 5
# Fewer words make no sketch worth comparing: such texts are copies only when they are equal.
_SHORT: Final = 40
_MOST_TOKENS: Final = 50_000

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
    title_words, body_words = known.read(title), known.read(body)[:_MOST_TOKENS]
    words = [*title_words, *body_words]
    terms = [word.term for word in words if word.term]
    frequencies = Counter(term.number for term in terms)
    lead_words = body_words[:_LEAD_TOKENS]
    for boosted, boost in ((title_words, _TITLE_BOOST), (lead_words, _LEAD_BOOST)):
        for word in boosted:
            if word.term:
                frequencies[word.term.number] += boost
    importance = {term.number: term.importance for term in terms}
    weights = {number: count**0.5 * importance[number] for number, count in frequencies.items()}
    vector = _quantised(weights, sketch_of(words))
    return vector, _written(vector.posted, words)


def _quantised(weights: Mapping[int, float], sketch: bytes) -> ArticleVector:
    heaviest = sorted(weights.items(), key=lambda item: (-item[1], item[0]))[:TERMS]
    if not heaviest:
        return ArticleVector(EMPTY.numbers, EMPTY.weights, sketch)
    loudest = heaviest[0][1]
    kept = sorted(
        (number, max(1, round(_LOUDEST * weight / loudest))) for number, weight in heaviest
    )
    numbers, levels = zip(*kept, strict=True)
    return ArticleVector(np.array(numbers, np.uint32), np.array(levels, np.uint8), sketch)


def _written(posted: Sequence[int], words: Sequence[Word]) -> Mapping[int, str]:
    """How each is written most often; of equals the last by its letters."""
    wanted = frozenset(posted)
    written = Counter(
        (word.term.number, word.text) for word in words if word.term and word.term.number in wanted
    )
    best: dict[int, tuple[int, str]] = {}
    for (number, text), count in written.items():
        best[number] = max(best.get(number, (0, "")), (count, text))
    return {number: best[number][1] for number in posted}


def sketch_of(words: Sequence[Word]) -> bytes:
    """One-permutation MinHash: the least 5-word shingle of each of 64 bins, one byte each.

    Li, Owen and Zhang (2012), "One permutation hashing". 0 is an empty bin.
    """
    if len(words) < _SHORT:
        whole = "\0".join(word.text for word in words).casefold().encode("utf-8", "replace")
        return blake2b(whole, digest_size=SKETCH_BYTES).digest()
    hashes = np.array([word.hashed for word in words], np.uint64)
    shingles = np.zeros(len(words) - _SHINGLE + 1, np.uint64)
    for at in range(_SHINGLE):
        shingles = shingles * np.uint64(0x9E3779B97F4A7C15) + hashes[at : at + len(shingles)]
    shingles ^= shingles >> np.uint64(31)
    shingles *= np.uint64(0xBF58476D1CE4E5B9)
    shingles ^= shingles >> np.uint64(29)
    least = np.full(SKETCH_BYTES, np.iinfo(np.uint64).max, np.uint64)
    np.minimum.at(least, (shingles & np.uint64(63)).astype(np.intp), shingles >> np.uint64(6))
    # High bits of a minimum are mostly zero; its low ones are not.
    levels = least % np.uint64(_LOUDEST) + np.uint64(1)
    return bytes(np.where(least == np.iinfo(np.uint64).max, 0, levels).astype(np.uint8))
