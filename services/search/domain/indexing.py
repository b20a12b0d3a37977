"""An article as the index takes it: finished terms, facet values and the JSON it is shown by."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from services.search.domain.analysis import GAP, UNSTEMMED, terms, unspaced
from services.search.domain.articles import IndexedArticle
from services.search.domain.categories import with_parents
from services.search.domain.question import Facet

LEAD_WORDS: Final = 30


def build_indexed_article(
    card: Mapping[str, Any],
    content: Mapping[str, Any],
    *,
    id: str,  # noqa: A002 - the word of the API and of `IndexedArticle`.
    version: int,
    url: str,
) -> IndexedArticle:
    """Analyse an article for the index.

    Args:
        card: the card of the query API. Read: title, summary, authors, tags (names), categories,
            publisher, language, published_at (RFC 3339), read_minutes.
        content: the rest of the article page. Read: body (text), enrichment.tags[].slug and the
            slugs that were merged into it.
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
        **_terms(card, content.get("body") or ""),
        words=_vocabulary(card),
        facets=_facets(card, published),
        tag_slugs=_distinct(
            slug
            for tag in _enrichment_tags(content)
            for slug in (tag["slug"], *tag.get("aliases", ()))
        ),
    )


def exact_title(title: list[str]) -> list[str]:
    """A whole title between gaps, so that a phrase from gap to gap is exactly this title."""
    return [GAP, *title, GAP]


def _terms(card: Mapping[str, Any], body: str) -> dict[str, str]:
    """The four term fields. `all_terms` is never empty: every article counts in the statistics."""
    language = card.get("language")
    title = terms(card["title"], language)
    summary = terms(card.get("summary") or "", language)
    text = terms(body, language)
    names = [terms(name, language) for name in (*_list(card, "tags"), *_list(card, "authors"))]
    # A summary derived from the body would count its words twice.
    own_summary = [] if text[: len(summary)] == summary else summary
    fields = [" ".join(field) for field in (title, own_summary, text, *names) if field]
    return {
        "title_terms": " ".join(exact_title(title)),
        "lead_terms": " ".join((own_summary + text)[:LEAD_WORDS]),
        "all_terms": f" {GAP} ".join(fields) or GAP,
        "title_words": " ".join(terms(card["title"], UNSTEMMED)),
    }


def _vocabulary(card: Mapping[str, Any]) -> tuple[str, ...]:
    """Whole words only: pairs of unspaced scripts are no spelling to correct to."""
    shown = (card["title"], card.get("summary") or "", *_list(card, "tags"))
    texts = (*shown, *_list(card, "authors"))
    return _distinct(
        word for text in texts for word in terms(text, UNSTEMMED) if not unspaced(word)
    )


def _facets(card: Mapping[str, Any], published: datetime) -> dict[Facet, tuple[str, ...]]:
    categories = _list(card, "categories")
    return {
        Facet.CATEGORY: _distinct(path for given in categories for path in with_parents(given)),
        Facet.TAG: _distinct(_list(card, "tags")),
        Facet.AUTHOR: _distinct(_list(card, "authors")),
        Facet.PUBLISHER: _distinct([card.get("publisher") or ""]),
        Facet.LANGUAGE: _language_with_parents(card.get("language") or ""),
        Facet.YEAR: (str(published.astimezone(UTC).year),),
    }


def _language_with_parents(language: str) -> tuple[str, ...]:
    """zh-Hant-TW is also zh-Hant and zh."""
    subtags = [subtag for subtag in language.split("-") if subtag]
    return tuple("-".join(subtags[: depth + 1]) for depth in range(len(subtags)))


def _enrichment_tags(content: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return (content.get("enrichment") or {}).get("tags") or []


def _list(card: Mapping[str, Any], field: str) -> list[str]:
    return card.get(field) or []


def _distinct(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, map(str.strip, values))))
