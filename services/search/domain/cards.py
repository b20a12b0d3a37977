"""What readers are shown of an article: the card of lists, and the rest of its page."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from services.search.domain.categories import breadcrumb, normalised
from shared.events import ArticleEnriched, ArticleVersion
from shared.normalising import tidied

RECORD: Final = "record"
"""Where `content` keeps what the pipeline needs to know of an article and no reader sees."""

_SENTENCE = re.compile(r"\S[^.!?…。]*(?:[.!?…。](?!\s|$)[^.!?…。]*)*[.!?…。]?")
_LEAD_SENTENCES: Final = 2
_LEAD_CHARACTERS: Final = 400


def card_of(article_id: str, event: ArticleEnriched) -> dict[str, Any]:
    """The card, without `views`, which are joined when it is read."""
    return {
        "id": article_id,
        "title": event.title,
        "summary": event.summary or lead(event.body),
        "url": event.url,
        "published_at": rfc3339(event.published_at),
        "updated_at": rfc3339(event.updated_at) if event.updated_at else None,
        "revision": event.revision,
        "authors": list(dict.fromkeys(filter(None, map(tidied, event.authors)))),
        "publisher": event.publisher,
        "language": event.language or event.enrichment.language,
        "categories": [path for path in map(normalised, event.categories) if path],
        # A subject may be called like a tag, and editors may call two alike.
        "tags": list(dict.fromkeys(tag.name for tag in event.enrichment.tags)),
        "read_minutes": event.enrichment.read_time.minutes,
        "image": event.image.model_dump(exclude_none=True) if event.image else None,
    }


def content_of(event: ArticleEnriched) -> dict[str, Any]:
    """The rest of the article page, and our own record of the article."""
    found = event.enrichment
    return {
        "body": event.body,
        "body_html": event.body_html,
        "word_count": found.word_count,
        "time_required": f"PT{found.read_time.minutes}M",
        "breadcrumb": list(breadcrumb(event.categories[0])) if event.categories else [],
        "source_name": event.source_name,
        "license": event.license,
        "place": event.place,
        "media": [medium.model_dump(exclude_none=True) for medium in event.media],
        "enrichment": {
            "tags": [tag.model_dump() for tag in found.tags],
            "language": found.language,
            "read_time": {"seconds": found.read_time.seconds, "method": found.read_time.method},
            "algorithm": found.algorithm,
        },
        "keywords": list(event.keywords),
        RECORD: record_of(event)
        | {
            "number": event.number,
            "curation": found.curation,
            "choices": found.choices.model_dump() if found.choices else None,
            "filled": list(found.filled),
        },
    }


def record_of(event: ArticleVersion) -> dict[str, Any]:
    """Whose article it is and in which state, with every field that events carry for that."""
    fields = {*ArticleVersion.model_fields, "published_at"}
    return event.model_dump(mode="json", include=fields, exclude_none=True)


def lead(body: str) -> str | None:
    """The first two sentences, for an article without a summary; the body begins with them."""
    paragraph = body.strip().partition("\n\n")[0]
    sentences = [found[0] for found in _SENTENCE.finditer(paragraph[: 4 * _LEAD_CHARACTERS])]
    text = " ".join(sentence.strip() for sentence in sentences[:_LEAD_SENTENCES])
    if len(text) > _LEAD_CHARACTERS:
        text = text[:_LEAD_CHARACTERS].rpartition(" ")[0] + "…"
    return text or None


def rfc3339(moment: datetime) -> str:
    """The moment in UTC, to the second."""
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def page_of(
    card: Mapping[str, Any], content: Mapping[str, Any], story_id: str | None
) -> dict[str, Any]:
    """The article as the query API answers it: the card, not wrapped, and the rest."""
    enrichment = {**content["enrichment"], "story_id": story_id}
    rest = {name: value for name, value in content.items() if name != RECORD}
    return {**card, **rest, "enrichment": enrichment}
