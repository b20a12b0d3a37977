"""Articles as documents, and documents as articles: the fields of `mapping`."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final

from services.search.adapters.opensearch_index.analysis import group_of
from services.search.domain.articles import (
    Edge,
    IndexedArticle,
    Links,
    StoredArticle,
    Tombstone,
)
from services.search.domain.question import Facet

Json = dict[str, Any]

HIGHLIGHTED_CHARACTERS: Final = 100_000
"""Of a body; marking a megabyte takes a tenth of a second."""

# As cards show them.
_CARD = (
    *("id", "title", "summary", "url", "published_at", "updated_at", "revision", "authors"),
    *("publisher", "language", "categories", "tags", "read_minutes", "image"),
)
_CONTENT = (
    *("body", "body_html", "word_count", "time_required", "breadcrumb", "source_name"),
    *("license", "place", "media", "enrichment", "keywords", "record"),
)
_MADE = frozenset(("title", "summary", "language", "tags", "body", "enrichment"))
_KEPT = [name for name in (*_CARD, *_CONTENT) if name not in _MADE]
_FACETS = {Facet.CATEGORY: "category", Facet.LANGUAGE: "language", Facet.YEAR: "year"}
_LINKS = ["story_id", "copy_of", "links", "linked_at"]

CARD_SOURCE: Final = [*(name for name in _CARD if name != "tags"), "tags.name", "story_id"]
"""What a card is made of."""
LIST_SOURCE: Final = [*CARD_SOURCE, *_LINKS, "live", "record"]
"""What a stored article is made of where only cards are asked for."""


def to_document(write: IndexedArticle | Tombstone) -> Json:
    if isinstance(write, Tombstone):
        return {
            "id": write.id,
            "live": False,
            "canonical_url": write.url,
            "story_id": write.id,
            **write.content,
        }
    values = {**write.card, **write.content}
    group = group_of(write.card["language"])
    texts = {
        name: {group: text}
        for name, text in (
            ("title", write.card["title"]),
            ("summary", write.card["summary"]),
            *_parts(write.content["body"]),
        )
        if text is not None
    }
    enrichment = dict(write.content["enrichment"])
    return {
        "live": True,
        **texts,
        **{name: values[name] for name in _KEPT if name in values},
        **{field: write.facets.get(facet, ()) for facet, field in _FACETS.items()},
        "tags": enrichment.pop("tags"),
        "enrichment": enrichment,
        "canonical_url": write.url,
        **_links(write.links),
    }


def _parts(body: str) -> Iterator[tuple[str, str]]:
    """The body, and what is too far from its beginning to be marked; cut at a space if there is."""
    if len(body) <= HIGHLIGHTED_CHARACTERS:
        yield "body", body
        return
    space = body.rfind(" ", HIGHLIGHTED_CHARACTERS // 2, HIGHLIGHTED_CHARACTERS)
    end = space if space > 0 else HIGHLIGHTED_CHARACTERS
    yield "body", body[:end]
    yield "body_rest", body[end:]


def _links(links: Links) -> Json:
    return {
        "story_id": links.story_id,
        "copy_of": links.copy_of,
        "linked_at": links.linked_at,
        "links": [asdict(edge) for edge in links.edges],
        "edge": [edge_term(edge.id, tenths(edge.score)) for edge in links.edges],
    }


MOST_TENTHS: Final = 9


def tenths(score: float) -> int:
    return min(int(score * (MOST_TENTHS + 1)), MOST_TENTHS)


def edge_term(id_: str, tenths_: int) -> str:
    """An edge as it is looked up from its other end."""
    return f"{id_}|{tenths_}"


def stored_article(document: Any) -> StoredArticle:  # noqa: ANN401 - JSON.
    """A document with its whole source, or with that of `LIST_SOURCE`."""
    source = document["_source"]
    live = source["live"]
    return StoredArticle(
        id=document["_id"],
        version=document["_version"],
        withdrawn=not live,
        published=_seconds(source["published_at"]) if live else 0,
        card=card(source) if live else {},
        content=_content(source) if live else {"record": source.get("record")},
        links=Links(
            story_id=source["story_id"],
            copy_of=source.get("copy_of"),
            edges=tuple(Edge(**edge) for edge in source.get("links", ())),
            linked_at=source.get("linked_at", 0),
        ),
    )


def card(source: Mapping[str, Any]) -> Json:
    made = {
        "title": _text(source, "title"),
        "summary": _text(source, "summary"),
        "language": max(source.get("language", ()), key=len, default=None),
        "tags": list(dict.fromkeys(tag["name"] for tag in source.get("tags", ()))),
    }
    return {name: made[name] if name in made else source.get(name) for name in _CARD}


def _content(source: Mapping[str, Any]) -> Json:
    if "body" not in source:
        return {"record": source.get("record")}
    made = {
        "body": (_text(source, "body") or "") + (_text(source, "body_rest") or ""),
        "enrichment": {"tags": source.get("tags", []), **source.get("enrichment", {})},
    }
    return {name: made[name] if name in made else source.get(name) for name in _CONTENT}


def _text(source: Mapping[str, Any], field: str) -> str | None:
    """The text of the one language that it is in."""
    return next(iter(source.get(field, {}).values()), None)


def _seconds(moment: str) -> int:
    return int(datetime.fromisoformat(moment).timestamp())
