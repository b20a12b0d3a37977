"""How documents are read back."""

from typing import Any

import orjson
from tantivy import Document

from services.search.domain.articles import Hit, RelatedList, StoredArticle
from services.search.domain.question import Question, Sort, SortKey


def hit(document: Document, question: Question, number: float) -> Hit:
    """`number` is the score, where the question is ordered by it."""
    stored = stored_article(document, with_content=question.with_content)
    by_score = question.order is Sort.RELEVANCE
    return Hit(
        id=stored.id,
        card=stored.card,
        score=number if by_score else 0.0,
        sort_key=_sort_key(document, question.order, number),
        content=stored.content,
    )


def _sort_key(document: Document, order: Sort, score: float) -> SortKey:
    id_, published = _first(document, "id"), _first(document, "published")
    if order is Sort.RELEVANCE:
        return (score, id_)
    if order in {Sort.NEWEST, Sort.OLDEST}:
        return (published, id_)
    return (_first(document, "read_minutes"), published, id_)


def stored_article(document: Document, *, with_content: bool = True) -> StoredArticle:
    return StoredArticle(
        id=_first(document, "id"),
        version=_first(document, "version"),
        withdrawn=not _first(document, "live"),
        published=_first(document, "published"),
        card=orjson.loads(_first(document, "card")),
        content=orjson.loads(_first(document, "content")) if with_content else {},
    )


def related_list(document: Document) -> RelatedList:
    return RelatedList(
        id=_first(document, "id"),
        version=_first(document, "version"),
        links=orjson.loads(_first(document, "links")),
        story_id=_first(document, "story"),
    )


def story(document: Document) -> tuple[str, str | None]:
    """The id of a related list, and its story."""
    return _first(document, "id"), _first(document, "story")


def _first(document: Document, field: str) -> Any:  # noqa: ANN401 - as the field was declared.
    return document.get_first(field)
