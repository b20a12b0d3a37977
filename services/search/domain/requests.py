"""What a frontend asks of a list, before anything is looked up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from services.search.domain.periods import Interval
from services.search.domain.question import Conditions, Facet, Number, Range, Sort

WINDOW: Final = 1000
"""Articles that can be reached by page number; cursors go further."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchRequest:
    """One request for a list of articles; defaults are those of the query API.

    Attributes:
        q: as typed.
        include, exclude: values by field.
        conditions, extents: as of a `Question`.
        histogram: count by periods of this length, as many of the last as `facet_size`.
        sort: None is relevance where words are asked, else newest.
        cursor: of an earlier answer, in place of `page`.
        typos: whether words nobody wrote are set right when hits are few.
        collapse: of each story only the article that comes first in the list.
        explain: say for each hit where the words were found.
        typing: the last word may be only begun.
        with_content: bring the body of each hit along.
    """

    q: str = ""
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
    highlight: bool = False
    typos: bool = True
    collapse: bool = False
    explain: bool = False
    typing: bool = False
    with_content: bool = False

    @property
    def reads_content(self) -> bool:
        """Whether an answer needs more of an article than its card."""
        return self.with_content or self.highlight or self.explain

    @property
    def identity(self) -> dict[str, object]:
        """What a cursor is bound to: the words, the filters, the order."""
        return {
            "q": self.q.strip(),
            "include": {name: sorted(values) for name, values in self.include.items() if values},
            "exclude": {name: sorted(values) for name, values in self.exclude.items() if values},
            "conditions": [list(map(repr, group)) for group in self.conditions],
            "published": [self.published.start, self.published.end],
            "read_minutes": [self.read_minutes.start, self.read_minutes.end],
            "typos": self.typos,
            "collapse": self.collapse,
        }
