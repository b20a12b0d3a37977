"""A stored article as the event that had it stored: the inverse of `cards`."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Final

from services.search.domain.articles import StoredArticle
from services.search.domain.cards import RECORD
from shared.events import ArticleEnriched

_OF_CARD: Final = (
    *("title", "summary", "language", "authors", "categories", "published_at", "updated_at"),
    "image",
)
_OF_CONTENT: Final = (
    *("body", "body_html", "keywords", "media", "source_name", "license", "place"),
)


def decisions_of(article: StoredArticle) -> dict[str, Any]:
    """What editors decided, as the article shows it: about itself, and about tags it has."""
    record, tags = article.content[RECORD], article.content["enrichment"]["tags"]
    return {
        "curation": {"number": record.get("curation", 0), **(record.get("choices") or {})},
        "names": {tag["slug"]: tag["name"] for tag in tags if tag.get("renamed")},
        "merged": {alias: tag["slug"] for tag in tags for alias in tag.get("aliases", ())},
    }


def enriched_of(article: StoredArticle) -> ArticleEnriched:
    """The enrichment that is stored, so that it can be made anew and compared."""
    card, content = article.card, article.content
    record = content[RECORD]
    fields = {name: card[name] for name in _OF_CARD}
    fields |= {name: content[name] for name in _OF_CONTENT}
    found = content["enrichment"]
    enrichment = {
        "tags": found["tags"],
        "language": found["language"],
        "word_count": content["word_count"],
        "read_time": found["read_time"] | {"minutes": card["read_minutes"]},
        "algorithm": found["algorithm"],
        "curation": record.get("curation", 0),
        "choices": record.get("choices"),
        "filled": record.get("filled", ()),
    }
    links = article.links
    belonging = {
        "links": [asdict(edge) for edge in links.edges],
        "story_id": links.story_id,
        "copy_of": links.copy_of,
        "linked_at": links.linked_at,
    }
    return ArticleEnriched(**fields | record | belonging | {"enrichment": enrichment})
