"""What a reader asks of the index: words as typed, filters, an order, a window.

Everything here is a frozen value. `services.search.domain.reading` makes a `Question` out of a
request; the adapters of `SearchIndex` analyse its words as they analysed the articles. Words never
reach the query parser of an engine.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a question, as typed: what stands between two spaces.

    Attributes:
        text: with its signs, such as AT&T, covid-19 or C++; an engine analyses it.
        spellings: what counts as the same: the word as corrected, its synonyms; one may be several
            words, which then are neighbours.
        solid: the word and a neighbour of it written as one, such as wifi for wi fi.
        begun: the last word of somebody who is still typing; words that go on so match too, behind
            those that are exactly so.
    """

    text: str
    spellings: tuple[str, ...] = ()
    solid: tuple[str, ...] = ()
    begun: bool = False


class TextField(StrEnum):
    """The parts of an article that words are looked for in."""

    TITLE = "title"
    SUMMARY = "summary"
    BODY = "body"
    TAGS = "tags"
    AUTHORS = "authors"


@dataclass(frozen=True, slots=True)
class Excerpts:
    """Which marked text of a field is wanted of each hit.

    Attributes:
        count: most excerpts; 0 is the whole text (of tags and authors: each name).
        characters: about how long one is.
        from_start: where nothing is marked, the beginning of the text is wanted.
    """

    count: int = 0
    characters: int = 160
    from_start: bool = False


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
    """The article has (`negated`: has not) this value, whatever its case; tags by name or slug."""

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
        words: every one must match, over all fields together (`any_word`: one; more is better).
        title: the question as it could be a title; a hit with this phrase in its title is lifted.
        phrases: every one must match: neighbouring words, as they are spelled.
        excluded: words and phrases that must not match, as they are spelled.
        fields: where words and phrases are looked for; empty is everywhere.
        languages: primary subtags to inflect the words in, the most important first. An engine may
            ask for fewer of them; words match as they are spelled in all languages.
        include: OR within a field, AND across fields.
        exclude: articles with any of these values are left out.
        conditions: more to be met; unlike `include` they apply to the facets of their own field.
        published: seconds since 1970, may be negative.
        now: seconds since 1970; articles published later are invisible and uncounted. Relevance
            counts their age from here.
        after: the sort key of the last hit seen; excludes `offset`.
        collapse: of each story only the hit that comes first. With `after` only hits behind it are
            looked at; in the order of relevance `after` and `collapse` exclude each other.
        facets: fields to count, each without its own `include` (disjunctive).
        extents: numbers whose least, greatest and mean value over all matches is wanted.
        spans: of publishing, in seconds since 1970, ascending and apart; each to be counted.
        ids: only these articles; empty is all.
        marked: fields whose text is wanted with the words marked.
        corrections: tell what words that no article has may have been meant to be.
    """

    now: int
    words: tuple[Word, ...] = ()
    any_word: bool = False
    title: str = ""
    phrases: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    fields: tuple[TextField, ...] = ()
    languages: tuple[str, ...] = ()
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
    collapse: bool = False
    facets: tuple[Facet, ...] = ()
    facet_size: int = 20
    extents: tuple[Number, ...] = ()
    spans: tuple[tuple[int, int], ...] = ()
    marked: Mapping[TextField, Excerpts] = field(default_factory=dict)
    corrections: bool = False

    @property
    def order(self) -> Sort:
        """The order in effect: without words there is no relevance, so the newest come first."""
        by_words = self.sort is not Sort.RELEVANCE or self.words or self.phrases
        return self.sort if by_words else Sort.NEWEST
