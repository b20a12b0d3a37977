"""What of an article is content: what a publisher would call a change."""

import hashlib
import json
from dataclasses import dataclass

from services.ingest.domain.article import ArticleInput

NO_CONTENT = {"published_at", "updated_at", "revision"}


def content_hash(article: ArticleInput) -> str:
    """Equal for articles of equal content.

    The dates and the revision are no part of it: `published_at` is compared for itself, after the
    kept one is filled in.
    """
    content = article.model_dump(mode="json", exclude=NO_CONTENT, exclude_defaults=True)
    canonical = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Bodies:
    """The body as text, and as safe HTML where it was given as HTML."""

    text: str
    html: str | None = None
