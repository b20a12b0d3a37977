"""The shapes of the query API's answers, for its document."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel


class Image(BaseModel):
    url: str
    caption: str | None = None
    credit: str | None = None
    width: int | None = None
    height: int | None = None


class Card(BaseModel):
    """An article as lists show it."""

    id: str
    title: str
    summary: str | None
    url: str
    published_at: str
    updated_at: str | None
    revision: int
    authors: list[str]
    publisher: str
    language: str | None
    categories: list[str]
    tags: list[str]
    read_minutes: int
    views: int
    image: Image | None


class RelatedCard(Card):
    score: float
    reason: str


class Tag(BaseModel):
    """`aliases` are slugs merged into this one; `id` and `parents` are those of a Media Topic."""

    slug: str
    name: str
    kind: str
    score: float
    reason: str
    aliases: list[str]
    id: str | None
    parents: list[str]


class ReadTime(BaseModel):
    seconds: int
    method: str


class Enrichment(BaseModel):
    tags: list[Tag]
    story_id: str
    copy_of: str | None
    language: str | None
    read_time: ReadTime
    algorithm: str


class Article(Card):
    """The whole article; `related` and `latest` where they were asked for."""

    body: str
    body_html: str | None
    word_count: int
    time_required: str
    breadcrumb: list[str]
    source_name: str | None
    license: str | None
    place: str | None
    media: list[Image]
    keywords: list[str]
    enrichment: Enrichment
    related: list[RelatedCard] | None = None
    latest: list[Card] | None = None


class Highlight(BaseModel):
    """HTML: escaped text with `<mark>`."""

    title: str | None
    body: list[str] | None


class Hit(BaseModel):
    """`article` has the `fields` asked for; `explanation` maps fields to the words found there."""

    article: Card
    highlight: Highlight | None
    score: float
    explanation: dict[str, list[str]] | None = None


class FacetValue(BaseModel):
    """`filter` is the value ready to be passed back."""

    value: str
    filter: str
    count: int
    selected: bool


class PeriodCount(BaseModel):
    """A day, month or year (UTC); its first and last day are ready to be passed back."""

    value: str
    published_from: str
    published_to: str
    count: int
    selected: bool


class Facets(BaseModel):
    """Those that were asked for; `published_at` is a histogram, oldest period first."""

    category: list[FacetValue] | None = None
    tag: list[FacetValue] | None = None
    author: list[FacetValue] | None = None
    publisher: list[FacetValue] | None = None
    language: list[FacetValue] | None = None
    year: list[FacetValue] | None = None
    published_at: list[PeriodCount] | None = None


class Query(BaseModel):
    q: str
    corrected: str | None
    relaxed: bool


class SearchAnswer(BaseModel):
    """`pages` are those that can be reached; `page` is null on a list read by cursor."""

    query: Query
    total: int
    page: int | None
    page_size: int
    pages: int
    next_cursor: str | None
    took_ms: int
    hits: list[Hit]
    facets: Facets


class Cards(BaseModel):
    items: list[Card]


class RelatedCards(BaseModel):
    items: list[RelatedCard]


class TagCount(BaseModel):
    slug: str
    name: str
    kind: str
    count: int


class Tags(BaseModel):
    items: list[TagCount]


class TagName(BaseModel):
    """`aliases` are the slugs that editors merged into this one."""

    slug: str
    name: str
    kind: str
    aliases: list[str]


class Suggestion(BaseModel):
    """`id` is what to ask for next: an article id, a slug, a category path, an author."""

    text: str
    kind: Literal["title", "tag", "category", "author"]
    id: str


class Suggestions(BaseModel):
    items: list[Suggestion]


class PopularQuery(BaseModel):
    """What was asked and found something, and how often in the last seven days."""

    text: str
    count: int


class PopularQueries(BaseModel):
    items: list[PopularQuery]


class Category(BaseModel):
    name: str
    path: str
    count: int
    children: list[Category]


class Categories(BaseModel):
    items: list[Category]


OTHER_FORMS: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {
            "application/ld+json": {"schema": {"type": "object"}},
            "application/ninjs+json": {"schema": {"type": "object"}},
        }
    }
}


class SynonymSet(BaseModel):
    """Words that mean the same; in one language, or in all."""

    language: str | None = None
    words: list[str]


class Synonyms(BaseModel):
    """All sets."""

    sets: list[SynonymSet]
