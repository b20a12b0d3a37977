"""What the index says of an article to the rest of the pipeline."""

from __future__ import annotations

from datetime import UTC, datetime

from services.search.domain.articles import IndexedArticle, Links, StoredArticle, Tombstone
from services.search.domain.cards import RECORD
from shared.events import ArticleIndexed


def stored(write: IndexedArticle | Tombstone) -> StoredArticle:
    """What the index holds once it has taken this write."""
    if isinstance(write, Tombstone):
        return StoredArticle(
            id=write.id,
            version=write.version,
            withdrawn=True,
            published=0,
            card={},
            content=write.content,
            links=Links(story_id=write.id),
        )
    return StoredArticle(
        id=write.id,
        version=write.version,
        withdrawn=False,
        published=write.published,
        card=write.card,
        content=write.content,
        links=write.links,
    )


def is_embargoed(article: StoredArticle, now: float) -> bool:
    return not article.withdrawn and article.published > now


def is_visible(article: StoredArticle, now: float) -> bool:
    return not article.withdrawn and article.published <= now


def indexed_event(article: StoredArticle, now: float, *, recovered: bool = False) -> ArticleIndexed:
    """The state of a stored article as an event; `recovered` when Redis had forgotten it."""
    until = datetime.fromtimestamp(article.published, UTC) if is_embargoed(article, now) else None
    return ArticleIndexed(
        **article.content[RECORD],
        withdrawn=article.withdrawn,
        embargoed_until=until,
        recovered=recovered,
    )
