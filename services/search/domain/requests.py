"""What a frontend asks of a list, before anything is looked up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from services.search.domain.periods import Interval
from services.search.domain.question import (
    Conditions,
    Excerpts,
    Facet,
    Number,
    Range,
    Sort,
    TextField,
)

WINDOW: Final = 1000
"""Articles that can be reached by page number; cursors go further."""


class Match(StrEnum):
    """How many of the words an article needs: all, then any where few have all; all; any."""

    AUTO = "auto"
    ALL = "all"
    ANY = "any"


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchRequest:
    """One request for a list of articles; defaults are those of the query API.

    Attributes:
        q: as typed.
        match: how many of the words an article needs.
        fields: where words are looked for; empty is everywhere.
        include, exclude: values by field.
        conditions, extents: as of a `Question`.
        histogram: count by periods of this length, as many of the last as `facet_size`.
        sort: None is relevance where words are asked, else newest.
        cursor: of an earlier answer, in place of `page`.
        marked: text wanted with the words marked.
        typos: whether words nobody wrote are set right when hits are few.
        collapse: of each story only the article that comes first in the list.
        typing: the last word may be only begun.
    """

    q: str = ""
    match: Match = Match.AUTO
    fields: tuple[TextField, ...] = ()
    include: Mapping[Facet, tuple[str, ...]] = field(default_factory=dict)
    exclude: Mapping[Facet, tuple[str, ...]] = field(default_factory=dict)
    conditions: Conditions = ()
    published: Range = field(default_factory=Range)
    read_minutes: Range = field(default_factory=Range)
    sort: Sort | None = None
    page: int = 1
    page_size: int = 20
    cursor: str | None = None
    facets: tuple[Facet, ...] = ()
    facet_size: int = 20
    extents: tuple[Number, ...] = ()
    histogram: Interval | None = None
    marked: Mapping[TextField, Excerpts] = field(default_factory=dict)
    typos: bool = True
    collapse: bool = False
    typing: bool = False

    @property
    def identity(self) -> dict[str, object]:
        """What a cursor is bound to: the words, the filters, the order."""
        return {
            "q": self.q.strip(),
            "match": self.match,
            "fields": sorted(self.fields),
            "include": {name: sorted(values) for name, values in self.include.items() if values},
            "exclude": {name: sorted(values) for name, values in self.exclude.items() if values},
            "conditions": [list(map(repr, group)) for group in self.conditions],
            "published": [self.published.start, self.published.end],
            "read_minutes": [self.read_minutes.start, self.read_minutes.end],
            "typos": self.typos,
            "collapse": self.collapse,
        }
