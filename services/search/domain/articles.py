"""What the index holds: articles with their links, tombstones; and what it answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from services.search.domain.question import Facet, Number, SortKey, TextField


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """A link from one article to another; the score, 0 to 1, is the same from both ends."""

    id: str
    score: float
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """How an article belongs with others, as enrich found it.

    Attributes:
        story_id: shared by all articles about one event; its own id while it stands alone.
        copy_of: the article that this one is a near copy of.
        edges: to articles enriched before this one, best first.
        linked_at: milliseconds since 1970 when the edges were found. Edges from other articles
            count only if they were found later.
    """

    story_id: str
    copy_of: str | None = None
    edges: tuple[Edge, ...] = ()
    linked_at: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexedArticle:
    """One article as an engine is given it: values to filter by, and what is shown.

    Attributes:
        version: grows with every newer state of the article; see `domain.versions`.
        url: the canonical address.
        card: what lists show (the *card* of the query API), as JSON values.
        content: the rest of the article page and our own record, as JSON values; no list needs it.
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
    links: Links
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
class StoredArticle:
    """What the index holds under one id; a withdrawn article has an empty card.

    `content` has no more than the record where only cards were asked for.
    """

    id: str
    version: int
    withdrawn: bool
    published: int
    card: Mapping[str, Any]
    content: Mapping[str, Any]
    links: Links


@dataclass(frozen=True, slots=True)
class MarkedText:
    """A text cut at its marks: every second piece, from the second on, is marked."""

    pieces: tuple[str, ...]

    @property
    def plain(self) -> str:
        return "".join(self.pieces)

    @property
    def marked(self) -> tuple[str, ...]:
        return self.pieces[1::2]


@dataclass(frozen=True, slots=True)
class Hit:
    """One answer of a search.

    `marked` has, of the fields that were asked for, those in which words were found (or whose
    beginning was wanted).
    """

    id: str
    card: Mapping[str, Any]
    score: float
    sort_key: SortKey
    story_id: str
    marked: Mapping[TextField, tuple[MarkedText, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Correction:
    """A word that articles have, so many edits away from one that was asked."""

    text: str
    edits: int
    articles: int


@dataclass(frozen=True, slots=True)
class Name:
    """A tag, author or category, with the number of visible articles that have it."""

    text: str
    kind: Facet
    count: int


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

    `stories` counts them where hits are collapsed. `extents` has the numbers that were asked for;
    none of them where nothing matches. `spans` has a count for each that was asked for.
    `corrections` has the words that no article has, as typed, with what they may have been meant to
    be, the likeliest first.
    """

    total: int
    stories: int | None = None
    hits: tuple[Hit, ...] = ()
    facets: Mapping[Facet, tuple[FacetCount, ...]] = field(default_factory=dict)
    extents: Mapping[Number, Extent] = field(default_factory=dict)
    spans: tuple[int, ...] = ()
    corrections: Mapping[str, tuple[Correction, ...]] = field(default_factory=dict)


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
