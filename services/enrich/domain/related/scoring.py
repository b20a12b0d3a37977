"""How near two articles are: symmetric and pure, whoever asks and in whatever order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from services.enrich.domain.related.vectors import (
    EMPTY,
    SKETCH_BYTES,
    ArticleVector,
    Numbers,
    Weights,
)

SCALE: Final = 10_000
THRESHOLD: Final = 1_800
ALIKE: Final = 1_200
SHARED_TERMS: Final = 3
HALF_LIFE_DAYS: Final = 90
_DAY_S: Final = 86_400
_LAST_BITS: Final = 0xFFFF
_TIMELESS: Final = 0.75
# Text in common by itself, or less of it with the same words used.
_COPY: Final = 0.5
_COPY_ALIKE, _ALIKE = 0.4, 0.7
_CHANCE: Final = 1 / 255


@dataclass(frozen=True, slots=True)
class Record:
    """What is kept of an article for scoring; `published` in seconds since 1970.

    `half_life_days` is the time between two articles that takes half of what time can take.
    """

    published: int
    vector: ArticleVector
    half_life_days: int = HALF_LIFE_DAYS


@dataclass(frozen=True, slots=True, eq=False)
class Records:
    """Records beside each other, as columns: a row for each.

    Attributes:
        lengths: how many terms each has.
        numbers, weights: of the terms, one vector after another: as many as all lengths together.
        sketches: a row of 64 bytes for each.
    """

    published: npt.NDArray[np.int64]
    half_lives: npt.NDArray[np.int64]
    lengths: npt.NDArray[np.int64]
    numbers: Numbers
    weights: Weights
    sketches: Weights

    @property
    def owners(self) -> npt.NDArray[np.intp]:
        """For each term, in which row its record is."""
        return np.repeat(np.arange(len(self.lengths)), self.lengths)

    @classmethod
    def of(cls, records: Sequence[Record]) -> "Records":
        vectors = [record.vector for record in records]
        return cls(
            np.array([record.published for record in records], np.int64),
            np.array([record.half_life_days for record in records], np.int64),
            np.array([len(vector.numbers) for vector in vectors], np.int64),
            np.concatenate([EMPTY.numbers, *(vector.numbers for vector in vectors)]),
            np.concatenate([EMPTY.weights, *(vector.weights for vector in vectors)]),
            _sketches(vectors),
        )


@dataclass(frozen=True, slots=True)
class Pair:
    """How much two articles have to do with each other; both figures in ten-thousandths.

    Attributes:
        score: 0 below the threshold, and of a copy: the same text twice.
        likeness: of the texts alone, whenever they were published; 0 where it is too small to tell
            of one event, and of a copy.
    """

    score: int
    likeness: int
    copy: bool


NO_PAIR: Final = Pair(0, 0, copy=False)


def score_pairs(own: Record, others: Records) -> list[Pair]:
    """Cosine of the two vectors, times three quarters to one by the time between them.

    Of two half-lives the longer one counts, whoever asks.
    """
    cosines, shared = _compared(own.vector, others)
    seconds = np.abs(own.published - others.published).astype(np.float64)
    half_lives = np.maximum(own.half_life_days, others.half_lives)
    recency = _TIMELESS + (1 - _TIMELESS) * np.exp2(-seconds / (half_lives * _DAY_S))
    scores = np.rint(cosines * recency * SCALE).astype(np.int64)
    overlaps = _overlaps(_sketches([own.vector]), others.sketches)
    copies = (overlaps >= _COPY) | ((overlaps >= _COPY_ALIKE) & (cosines >= _ALIKE))
    comparable = (shared >= SHARED_TERMS) & ~copies
    likeness = np.rint(cosines * SCALE).astype(np.int64)
    kept = np.where(comparable & (scores >= THRESHOLD), scores, 0)
    alike = np.where(comparable & (likeness >= ALIKE), likeness, 0)
    pairs = [NO_PAIR] * len(scores)
    for at in np.flatnonzero(copies | (kept > 0) | (alike > 0)).tolist():
        pairs[at] = Pair(int(kept[at]), int(alike[at]), copy=bool(copies[at]))
    return pairs


def half_life_days(categories: Sequence[str], settings: Mapping[str, int]) -> int:
    """The longest that is set for a category of the article, or for one above it."""
    paths = ([part.strip() for part in category.split(">")] for category in categories)
    named = {" > ".join(path[: depth + 1]) for path in paths for depth in range(len(path))}
    chosen = [days for category, days in settings.items() if category in named]
    return max(chosen, default=HALF_LIFE_DAYS)


def _compared(
    own: ArticleVector, others: Records
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int64]]:
    """For each other vector: the cosine, time left aside, and the number of shared terms."""
    count = len(others.lengths)
    owners = others.owners
    hits, products = _shared(own, others)
    # Sums of integers below 2^53 are exact in floats, so both sides of a pair divide the very
    # same numbers.
    dots = np.bincount(owners[hits], products, count)
    norms = np.bincount(owners, others.weights.astype(np.float64) ** 2, count)
    cosines = dots / np.sqrt(np.maximum(norms * own.squared_norm, 1))
    return cosines, np.bincount(owners[hits], minlength=count)


def _shared(
    own: ArticleVector, others: Records
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.int64]]:
    """Where the others have a term of this one, and the product of the two weights."""
    if not len(own.numbers):
        return np.empty(0, np.intp), np.empty(0, np.int64)
    # Few terms are shared, and of the rest the last bits tell nearly all apart.
    known = np.zeros(_LAST_BITS + 1, np.bool_)
    known[own.numbers & _LAST_BITS] = True
    likely = np.flatnonzero(known[others.numbers & _LAST_BITS])
    places = np.searchsorted(own.numbers, others.numbers[likely])
    places[places == len(own.numbers)] = 0
    same = own.numbers[places] == others.numbers[likely]
    hits = likely[same]
    return hits, own.weights[places[same]].astype(np.int64) * others.weights[hits]


def _sketches(vectors: Sequence[ArticleVector]) -> Weights:
    """A row of bytes for each."""
    joined = b"".join(vector.sketch for vector in vectors)
    return np.frombuffer(joined, np.uint8).reshape(-1, SKETCH_BYTES)


def _overlaps(these: Weights, those: Weights) -> npt.NDArray[np.float64]:
    """Estimated share of shingles in common (Jaccard), chance agreement taken off.

    Of each row of the one with the row beside it in the other, by the rules of broadcasting.
    """
    filled = ((these != 0) | (those != 0)).sum(axis=-1)
    equal = ((these == those) & (these != 0)).sum(axis=-1)
    raw = equal / np.maximum(filled, 1)
    estimated: npt.NDArray[np.float64] = (raw - _CHANCE) / (1 - _CHANCE)
    return estimated


def shared_numbers(own: ArticleVector, others: Records) -> list[list[int]]:
    """For each other the terms both have, those that weigh most in their score first."""
    count = len(others.lengths)
    hits, products = _shared(own, others)
    owners = others.owners[hits]
    numbers = others.numbers[hits]
    order = np.lexsort((numbers, -products, owners))
    ends = np.cumsum(np.bincount(owners, minlength=count))
    return [each.tolist() for each in np.split(numbers[order], ends)[:count]]
