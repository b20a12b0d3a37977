"""What search writes in other formats is read again as the same article."""

import json
from typing import Any

from services.ingest.adapters.formats import registry
from services.ingest.domain.imports import Document, Refused
from services.search.domain.news_article import news_article
from services.search.domain.ninjs import ninjs

ARTICLE: dict[str, Any] = {
    "id": "0123456789abcdefghijklmnop",
    "url": "https://paper.example/lamp",
    "title": "The lamp changes hands",
    "summary": "A keeper goes home.",
    "body": "After forty winters the keeper goes home.\n\nA machine takes over.",
    "body_html": "<p>After forty winters the keeper goes home.</p><p>A machine takes over.</p>",
    "authors": ["Anna Ek", "Bo Lie"],
    "categories": ["News > Culture"],
    "published_at": "2026-05-01T06:30:00Z",
    "updated_at": "2026-05-02T10:00:00Z",
    "language": "en-GB",
    "image": {"url": "https://paper.example/lamp.jpg", "caption": "The lamp", "credit": "A. Ek"},
    "media": [{"url": "https://paper.example/pier.jpg", "caption": "The pier"}],
    "license": "CC BY 4.0",
    "source_name": "Harbour Press",
    "place": "Cape Sol",
    "publisher": "demo",
    "revision": 3,
    "word_count": 11,
    "time_required": "PT1M",
    "tags": ["Lighthouses"],
    "enrichment": {
        "tags": [{"name": "Lighthouses", "slug": "lighthouses", "kind": "topic", "score": 0.9}]
    },
}
KEPT = {
    *("url", "title", "summary", "authors", "categories", "published_at", "updated_at"),
    *("language", "license", "source_name", "place", "body"),
}


def read(name: str, document: dict[str, Any]) -> dict[str, Any]:
    (item,) = registry.read(Document(json.dumps(document).encode()), name)
    assert not isinstance(item, Refused), item
    return dict(item)


def test_ninjs_goes_out_and_comes_in_as_the_same_article() -> None:
    item = read("ninjs", ninjs(ARTICLE))

    assert {name: item[name] for name in KEPT} == {name: ARTICLE[name] for name in KEPT}
    assert item["body_html"] == ARTICLE["body_html"]
    assert item["keywords"] == ["Lighthouses"]
    assert item["image"] == ARTICLE["image"]
    assert item["media"] == ARTICLE["media"]


def test_a_news_article_goes_out_and_comes_in_as_the_same_article() -> None:
    item = read("newsarticle", news_article(ARTICLE))

    assert {name: item[name] for name in KEPT} == {name: ARTICLE[name] for name in KEPT}
    assert item["keywords"] == ["Lighthouses"]
    assert item["image"] == ARTICLE["image"]
