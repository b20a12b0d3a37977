"""What the index holds: articles with their finished terms, tombstones, related lists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from services.search.domain.question import Facet, Number, SortKey


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexedArticle:
    """One article as an engine is given it: values to filter by, finished terms, stored JSON.

    Attributes:
        version: grows with every newer state of the article; see `domain.versions`.
        card: what lists show (the *card* of the query API), as JSON values.
        content: the rest of the article page and our own record, as JSON values; no list needs it.
        title_terms, lead_terms, all_terms: terms separated by single spaces; every searchable word
            is in `all_terms`. Fields are separated by `analysis.GAP`, so no phrase spans two.
        title_words: folded, unstemmed words of the title, for completion.
        words: distinct folded words of title, summary, tags and authors, for the speller.
        facets: values by field, parents of paths included ("News > Economy" is also "News").
        tag_slugs: filter values of `tag` besides the names.
        published: seconds since 1970, UTC; in the future while under embargo.
    """

    id: str
    version: int
    url: str
    published: int
    read_minutes: int
    card: Mapping[str, Any]
    content: Mapping[str, Any]
    title_terms: str
    lead_terms: str
    all_terms: str
    title_words: str
    words: tuple[str, ...]
    facets: Mapping[Facet, tuple[str, ...]]
    tag_slugs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tombstone:
    """A withdrawn article: kept for good, so that no late event brings it back.

    Attributes:
        url: where it was: who asks for it there learns that it was withdrawn.
        content: our own record (publisher, identity, revision, content hash), as for an article.
    """

    id: str
    version: int
    url: str
    content: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class RelatedList:
    """Links and story of one article, a document of its own with a version of its own."""

    id: str
    version: int
    links: Sequence[Mapping[str, Any]]
    story_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredArticle:
    """What the index holds under one id; a withdrawn article has an empty card."""

    id: str
    version: int
    withdrawn: bool
    published: int
    card: Mapping[str, Any]
    content: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Hit:
    """One answer of a search; `content` is filled where the question asked `with_content`."""

    id: str
    card: Mapping[str, Any]
    score: float
    sort_key: SortKey
    content: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FacetCount:
    """How many articles have a value, the field's own filter left aside."""

    value: str
    count: int
    selected: bool = False


@dataclass(frozen=True, slots=True)
class Extent:
    """How far the values of a number reach over all articles that match."""

    least: float
    greatest: float
    mean: float
    total: float


@dataclass(frozen=True, slots=True)
class Page:
    """The answer to a question: hits in order, the exact total of all that match, counts.

    `extents` has the numbers that were asked for; none of them where nothing matches. `spans` has a
    count for each that was asked for.
    """

    total: int
    hits: tuple[Hit, ...] = ()
    facets: Mapping[Facet, tuple[FacetCount, ...]] = field(default_factory=dict)
    extents: Mapping[Number, Extent] = field(default_factory=dict)
    spans: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Indexed:
    """The write is durable and visible."""


@dataclass(frozen=True, slots=True)
class Older:
    """The index holds this version or a newer one already: success, nothing was written."""

    version: int


@dataclass(frozen=True, slots=True)
class Rejected:
    """The engine will never take this document; the others of its batch are unharmed."""

    reason: str


@dataclass(frozen=True, slots=True)
class Refused:
    """The engine would not take it now (overload, read-only, outage of a part): try again."""

    reason: str


WriteVerdict = Indexed | Older | Rejected | Refused


@dataclass(frozen=True, slots=True)
class Marker:
    """Which Redis and index belong together, and how often either was lost.

    Attributes:
        base: generations up to here count as one in the versions of the index, which have room for
            fifteen; only a rebuild raises it.
    """

    pair: str
    generation: int
    base: int = field(default=0, compare=False)

    def fields(self) -> dict[str, Any]:
        return {"pair": self.pair, "generation": self.generation, "base": self.base}

    @classmethod
    def of(cls, fields: Mapping[str, Any] | None) -> Marker | None:
        """The marker among these fields; None if there is none."""
        if not fields or "pair" not in fields:
            return None
        return cls(fields["pair"], fields["generation"], fields.get("base", 0))
