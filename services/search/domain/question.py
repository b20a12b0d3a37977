"""What a reader asks, as engines understand it: finished terms, filters, an order, a window.

Everything here is a frozen value. `services.search.domain.reading` makes a `Question` out of a
request; the adapters of `SearchIndex` answer it. No engine ever sees what the reader typed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

Alternatives = tuple[str, ...]
"""One word as the distinct terms it may stand as: a stem for each language asked."""
Phrase = tuple[Alternatives, ...]
"""Neighbouring words, in order; any alternative will do at each place."""


class Sort(StrEnum):
    """The orders of a list. Ties are settled by id, ascending (oldest, longest: mirrored)."""

    RELEVANCE = "relevance"
    NEWEST = "newest"
    OLDEST = "oldest"
    SHORTEST = "shortest"
    LONGEST = "longest"


class Facet(StrEnum):
    """Fields that are counted, and filtered by the values that the counts return."""

    CATEGORY = "category"
    TAG = "tag"
    AUTHOR = "author"
    PUBLISHER = "publisher"
    LANGUAGE = "language"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class Range:
    """A half-open interval of integers, `start <= value < end`; None leaves a side open."""

    start: int | None = None
    end: int | None = None


class Number(StrEnum):
    """Fields that are compared as numbers: read minutes, and seconds since 1970."""

    READ_MINUTES = "read_minutes"
    PUBLISHED = "published"


@dataclass(frozen=True, slots=True)
class ValueIs:
    """The article has (`negated`: has not) this value; of tags the name or the slug."""

    facet: Facet
    value: str
    negated: bool = False


@dataclass(frozen=True, slots=True)
class NumberIn:
    """The number lies (`negated`: does not lie) in the interval."""

    number: Number
    interval: Range
    negated: bool = False


Condition = ValueIs | NumberIn
Conditions = tuple[tuple[Condition, ...], ...]
"""Of every group at least one must hold."""

SortKey = tuple[int | float | str, ...]
"""Where a hit stands in its order: the sort values and, last, the id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question to the index.

    Attributes:
        words: every one must match (`any_word`: at least one; more is better).
        title: the question as a whole title: a hit whose title is exactly this ranks first.
        phrases: every one must match.
        not_words: none may match; likewise `not_phrases`.
        include: OR within a field, AND across fields.
        exclude: articles with any of these values are left out.
        conditions: more to be met; unlike `include` they apply to the facets of their own field.
        published: seconds since 1970, may be negative.
        now: seconds since 1970; articles published later are invisible and uncounted.
        after: the sort key of the last hit seen; excludes `offset`.
        facets: fields to count, each without its own `include` (disjunctive).
        extents: numbers whose least, greatest and mean value over all matches is wanted.
        spans: of publishing, in seconds since 1970, ascending and apart; each to be counted.
        ids: only these articles; empty is all.
    """

    now: int
    words: tuple[Alternatives, ...] = ()
    any_word: bool = False
    title: Phrase = ()
    phrases: tuple[Phrase, ...] = ()
    not_words: tuple[Alternatives, ...] = ()
    not_phrases: tuple[Phrase, ...] = ()
    include: Mapping[Facet, tuple[str, ...]] = field(default_factory=dict)
    exclude: Mapping[Facet, tuple[str, ...]] = field(default_factory=dict)
    conditions: Conditions = ()
    published: Range = Range()
    read_minutes: Range = Range()
    ids: tuple[str, ...] = ()
    sort: Sort = Sort.NEWEST
    limit: int = 20
    offset: int = 0
    after: SortKey | None = None
    facets: tuple[Facet, ...] = ()
    facet_size: int = 20
    extents: tuple[Number, ...] = ()
    spans: tuple[tuple[int, int], ...] = ()
    with_content: bool = False

    @property
    def order(self) -> Sort:
        """The order in effect: without words there is no relevance, so the newest come first."""
        by_words = self.sort is not Sort.RELEVANCE or self.words
        return self.sort if by_words else Sort.NEWEST
