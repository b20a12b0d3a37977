"""An article as the numbers that related links are made of: a pure function of its text."""

import heapq
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from hashlib import blake2b
from typing import Final

import numpy as np
import numpy.typing as npt

from services.enrich.domain.related.terms import REMEMBERED, lexicon, primary, tokens

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
    title_tokens, body_tokens = tokens(title), tokens(body)[:_MOST_TOKENS]
    counts: Counter[str] = Counter(body_tokens)
    written = counts.copy()
    written.update(title_tokens)
    counts.update(dict.fromkeys(title_tokens, 0))
    for token in title_tokens:
        counts[token] += 1 + _TITLE_BOOST
    for token in body_tokens[:_LEAD_TOKENS]:
        counts[token] += _LEAD_BOOST
    frequencies: Counter[int] = Counter()
    importance: dict[int, float] = {}
    for token, count in counts.items():
        if term := known[token]:
            frequencies[term.number] += count
            importance[term.number] = term.importance
    vector = _quantised(
        {number: count**0.5 * importance[number] for number, count in frequencies.items()},
        sketch_of([*title_tokens, *body_tokens]),
    )
    return vector, _written(vector.posted, written, known)


def _quantised(weights: Mapping[int, float], sketch: bytes) -> ArticleVector:
    heaviest = heapq.nsmallest(TERMS, weights.items(), key=lambda item: (-item[1], item[0]))
    if not heaviest:
        return ArticleVector(EMPTY.numbers, EMPTY.weights, sketch)
    loudest = heaviest[0][1]
    kept = sorted(
        (number, max(1, round(_LOUDEST * weight / loudest))) for number, weight in heaviest
    )
    numbers, levels = zip(*kept, strict=True)
    return ArticleVector(np.array(numbers, np.uint32), np.array(levels, np.uint8), sketch)


def _written(
    posted: Sequence[int], written: Mapping[str, int], known: Mapping[str, object]
) -> Mapping[int, str]:
    wanted, best = frozenset(posted), dict[int, tuple[int, str]]()
    for token, count in written.items():
        term = known[token]
        number = getattr(term, "number", None)
        if number in wanted:
            best[number] = max(best.get(number, (0, "")), (count, token))
    return {number: best[number][1] for number in posted if number in best}


def sketch_of(words: list[str]) -> bytes:
    """One-permutation MinHash: the least 5-word shingle of each of 64 bins, one byte each.

    Li, Owen and Zhang (2012), "One permutation hashing". 0 is an empty bin.
    """
    if len(words) < _SHORT:
        whole = "\0".join(words).casefold().encode("utf-8", "replace")
        return blake2b(whole, digest_size=SKETCH_BYTES).digest()
    hashes = np.fromiter(map(_hash, words), np.uint64, len(words))
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


@lru_cache(REMEMBERED)
def _hash(word: str) -> int:
    digest = blake2b(word.casefold().encode("utf-8", "replace"), digest_size=8).digest()
    return int.from_bytes(digest, "little")
