"""How documents are read back."""

from typing import Any

import orjson
from tantivy import Document

from services.search.domain.articles import Edge, Hit, Links, StoredArticle
from services.search.domain.cards import RECORD
from services.search.domain.question import Sort, SortKey


def hit(document: Document, order: Sort, number: float) -> Hit:
    """`number` is the score, where the order is relevance."""
    by_score = order is Sort.RELEVANCE
    return Hit(
        id=_first(document, "id"),
        card=orjson.loads(_first(document, "card")),
        score=number if by_score else 0.0,
        sort_key=_sort_key(document, order, number),
        story_id=story_of(document),
    )


def _sort_key(document: Document, order: Sort, score: float) -> SortKey:
    id_, published = _first(document, "id"), _first(document, "published")
    if order is Sort.RELEVANCE:
        return (score, id_)
    if order in {Sort.NEWEST, Sort.OLDEST}:
        return (published, id_)
    return (_first(document, "read_minutes"), published, id_)


def stored_article(document: Document, *, whole: bool = True) -> StoredArticle:
    record = {RECORD: orjson.loads(_first(document, "record"))}
    rest = orjson.loads(_first(document, "content")) if whole else {}
    return StoredArticle(
        id=_first(document, "id"),
        version=_first(document, "version"),
        withdrawn=not _first(document, "live"),
        published=_first(document, "published"),
        card=orjson.loads(_first(document, "card")),
        content=rest | record,
        links=_links(orjson.loads(_first(document, "links"))),
    )


def body_of(document: Document) -> str:
    return orjson.loads(_first(document, "content")).get("body") or ""


def story_of(document: Document) -> str:
    return str(_first(document, "story"))


def _links(kept: dict[str, Any]) -> Links:
    return Links(**kept | {"edges": tuple(Edge(**edge) for edge in kept["edges"])})


def _first(document: Document, field: str) -> Any:  # noqa: ANN401 - as the field was declared.
    return document.get_first(field)
