"""An article as the index takes it: facet values, links, and the JSON it is shown by."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from services.search.domain.articles import IndexedArticle, Links
from services.search.domain.categories import with_parents
from services.search.domain.question import Facet


def build_indexed_article(
    card: Mapping[str, Any],
    content: Mapping[str, Any],
    links: Links,
    *,
    id: str,  # noqa: A002 - the word of the API and of `IndexedArticle`.
    version: int,
    url: str,
) -> IndexedArticle:
    """Put an article together for the index.

    Args:
        card: the card of the query API. Read: authors, tags (names), categories, publisher,
            language, published_at (RFC 3339), read_minutes.
        content: the rest of the article page. Read: enrichment.tags[].slug and the slugs that were
            merged into it.
        links: how it belongs with other articles.
        id: the article's id.
        version: see `domain.versions`.
        url: the canonical URL, by which `by-url` finds the article.
    """
    published = datetime.fromisoformat(card["published_at"])
    return IndexedArticle(
        id=id,
        version=version,
        url=url,
        published=int(published.timestamp() // 1),
        read_minutes=card["read_minutes"],
        card=card,
        content=content,
        links=links,
        facets=_facets(card, published),
        tag_slugs=_distinct(
            slug
            for tag in content["enrichment"]["tags"]
            for slug in (tag["slug"], *tag.get("aliases", ()))
        ),
    )


def _facets(card: Mapping[str, Any], published: datetime) -> dict[Facet, tuple[str, ...]]:
    return {
        Facet.CATEGORY: _distinct(
            path for given in card["categories"] for path in with_parents(given)
        ),
        Facet.TAG: _distinct(card["tags"]),
        Facet.AUTHOR: _distinct(card["authors"]),
        Facet.PUBLISHER: _distinct([card["publisher"]]),
        Facet.LANGUAGE: _language_with_parents(card["language"] or ""),
        Facet.YEAR: (str(published.astimezone(UTC).year),),
    }


def _language_with_parents(language: str) -> tuple[str, ...]:
    """zh-Hant-TW is also zh-Hant and zh."""
    subtags = [subtag for subtag in language.split("-") if subtag]
    return tuple("-".join(subtags[: depth + 1]) for depth in range(len(subtags)))


def _distinct(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, map(str.strip, values))))
