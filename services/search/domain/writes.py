"""What is written to the index: what events ask for, and what an older index already holds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.search.domain.articles import (
    Edge,
    IndexedArticle,
    Links,
    Marker,
    StoredArticle,
    Tombstone,
)
from services.search.domain.cards import RECORD, card_of, content_of, record_of
from services.search.domain.indexing import build_indexed_article
from services.search.domain.versions import ArticleVersion
from shared.events import ArticleEnriched, ArticleWithdrawn, Envelope
from shared.identity import canonical_url

# OpenSearch keeps no term of over 32,766 bytes; ingest takes no address of a tenth of it.
_LONGEST_URL = 8_000

Write = IndexedArticle | Tombstone


def write_of(envelope: Envelope, marker: Marker) -> Write:
    """The write that an event asks for; ValueError where it asks for the impossible."""
    article_id, event = envelope.subject, envelope.event
    match event:
        case ArticleEnriched():
            return build_indexed_article(
                card_of(article_id, event),
                content_of(event),
                _links(article_id, event),
                id=article_id,
                version=_version(event, marker),
                url=canonical_url(event.url),
            )
        case ArticleWithdrawn():
            return _tombstone(article_id, _version(event, marker), {RECORD: record_of(event)})
        case _:
            raise ValueError(f"{type(event).__name__} is nothing to index")


def copy_of(article: StoredArticle, *, raised: int) -> IndexedArticle | Tombstone:
    """What an index holds, for another whose base is `raised` by so many."""
    version = renumbered(article.version, raised)
    if article.withdrawn:
        return _tombstone(article.id, version, article.content)
    return build_indexed_article(
        article.card,
        article.content,
        article.links,
        id=article.id,
        version=version,
        url=canonical_url(article.card["url"]),
    )


def renumbered(version: int, raised: int) -> int:
    """The version of an article in an index whose base is `raised` by so many."""
    old = ArticleVersion.unpack(version)
    return old._replace(generation=max(0, old.generation - raised)).pack()


def _links(article_id: str, event: ArticleEnriched) -> Links:
    """A foreign producer may know no story: the article is then one of its own."""
    return Links(
        story_id=event.story_id or article_id,
        copy_of=event.copy_of,
        edges=tuple(Edge(id=link.id, score=link.score, reason=link.reason) for link in event.links),
        linked_at=event.linked_at,
    )


def _tombstone(article_id: str, version: int, content: Mapping[str, Any]) -> Tombstone:
    """A withdrawal is kept whatever address a foreign producer gave."""
    try:
        url = canonical_url(content[RECORD]["url"])[:_LONGEST_URL]
    except ValueError:
        url = ""
    return Tombstone(id=article_id, version=version, url=url, content=content)


def _version(event: ArticleEnriched | ArticleWithdrawn, marker: Marker) -> int:
    return ArticleVersion(
        _generation(event.generation, marker),
        event.revision,
        withdrawn=isinstance(event, ArticleWithdrawn),
        enrichment=event.number if isinstance(event, ArticleEnriched) else 0,
    ).pack()


def _generation(stated: int | None, marker: Marker) -> int:
    """As versions of this index count it; a foreign producer states none."""
    return max(0, (stated or marker.generation) - marker.base)
