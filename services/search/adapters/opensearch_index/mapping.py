"""The indices: one of articles, one of the names that suggestions offer."""

from typing import Any, Final

from services.search.adapters.opensearch_index import analysis
from services.search.adapters.opensearch_index.analysis import ASKED, FOLDED, JOINED, UNKNOWN
from services.search.adapters.opensearch_index.connection import Connection
from services.search.domain.question import Facet, Number
from services.search.domain.schema import stamp

FORMAT: Final = "v2"
"""Part of every index name."""

FACET_FIELDS: Final = {
    Facet.CATEGORY: "category",
    Facet.TAG: "tags.name",
    Facet.AUTHOR: "authors",
    Facet.PUBLISHER: "publisher",
    Facet.LANGUAGE: "language",
    Facet.YEAR: "year",
}
ANY_CASE: Final = "any_case"
"""Of a facet, the field that has its values in small letters."""
NUMBER_FIELDS: Final = {Number.READ_MINUTES: "read_minutes", Number.PUBLISHED: "published_at"}

# In UTF-16 units, of at most three bytes each: Lucene takes no term of over 32,766 bytes.
_LONGEST_VALUE = 8_000
_DATE = {"type": "date", "format": "strict_date_optional_time||epoch_second"}
_KEYWORD = {"type": "keyword", "ignore_above": _LONGEST_VALUE}
_ANY_CASE = {**_KEYWORD, "normalizer": "lowercase", "doc_values": False}
# Questions with facets would otherwise build these first after a refresh.
_FACET = {**_KEYWORD, "eager_global_ordinals": True, "fields": {ANY_CASE: _ANY_CASE}}
_LOOKED_UP = {**_KEYWORD, "doc_values": False}
_KEPT_ONLY = {"type": "object", "enabled": False}
_SHOWN_ONLY = {"type": "keyword", "index": False, "doc_values": False}
_NEUTRAL = {"type": "text", "analyzer": FOLDED, "search_analyzer": FOLDED + ASKED}
_NAMED = {**_FACET, "copy_to": ["text"], "fields": {ANY_CASE: _ANY_CASE, "text": _NEUTRAL}}


def _by_language(copied_to: list[str], **more: object) -> dict[str, Any]:
    """One field for each group of languages, of which a text fills one."""
    fields: dict[str, Any] = {}
    for group in analysis.GROUPS:
        fields[group] = {"type": "text", "analyzer": group, "copy_to": copied_to, **more}
    fields[UNKNOWN]["search_analyzer"] = UNKNOWN + ASKED
    return {"properties": fields}


ARTICLE_MAPPINGS: Final[dict[str, Any]] = {
    "dynamic": "strict",
    "properties": {
        "id": _KEYWORD,
        "live": {"type": "boolean"},
        "title": _by_language(["headline", "text", "joined"]),
        "summary": _by_language(["text", "joined"]),
        # Marks are made from stored offsets: a third faster than by analysing again.
        "body": _by_language(["text", "joined"], index_options="offsets"),
        "body_rest": _by_language(["text", "joined"]),
        "text": _NEUTRAL,
        "headline": _NEUTRAL,
        "joined": {
            "type": "text",
            "analyzer": JOINED,
            "search_analyzer": JOINED + ASKED,
            "index_options": "docs",
            "norms": False,
        },
        "authors": _NAMED,
        "tags": {
            "properties": {
                "name": _NAMED,
                "slug": _KEYWORD,
                "aliases": _KEYWORD,
                "kind": _KEYWORD,
                "score": {"type": "float", "index": False},
                "reason": _SHOWN_ONLY,
                "renamed": {"type": "boolean"},
                "id": _KEYWORD,
                "parents": _KEYWORD,
            }
        },
        **dict.fromkeys(("category", "publisher", "language", "year"), _FACET),
        "published_at": _DATE,
        "updated_at": _DATE,
        "read_minutes": {"type": "integer"},
        "word_count": {"type": "integer"},
        "revision": {"type": "long"},
        "story_id": _KEYWORD,
        "copy_of": _KEYWORD,
        "linked_at": {"type": "long"},
        "edge": _LOOKED_UP,
        "canonical_url": _LOOKED_UP,
        "keywords": _KEYWORD,
        "place": _KEYWORD,
        "source_name": _KEYWORD,
        "license": _KEYWORD,
        **dict.fromkeys(
            ("url", "categories", "body_html", "time_required", "breadcrumb"), _SHOWN_ONLY
        ),
        **dict.fromkeys(("image", "media", "enrichment", "links", "record"), _KEPT_ONLY),
    },
}
NAME_MAPPINGS: Final[dict[str, Any]] = {
    "dynamic": "strict",
    "properties": {
        "name": {**_KEYWORD, "copy_to": ["words"]},
        "kind": _KEYWORD,
        "count": {"type": "long"},
        "words": {**_NEUTRAL, "index_options": "docs", "norms": False},
    },
}
ARTICLE_SETTINGS: Final[dict[str, Any]] = {
    "analysis": analysis.settings(),
    "refresh_interval": "1s",  # Said, not left out: otherwise an idle index shows nothing new.
    "query.default_field": ["text"],
}
NAME_SETTINGS: Final[dict[str, Any]] = {
    "analysis": analysis.neutral_settings(),
    "refresh_interval": "1s",
    "sort.field": ["count", "name"],
    "sort.order": ["desc", "asc"],
}

STAMP: Final = stamp(ARTICLE_MAPPINGS, NAME_MAPPINGS, ARTICLE_SETTINGS, NAME_SETTINGS)
"""Borne by every index of this release, under `_meta`."""


async def put_templates(connection: Connection, prefix: str, *, shards: int, replicas: str) -> None:
    """What the next indices are made by.

    Args:
        connection: to the cluster.
        prefix: before the names of the indices.
        shards: of the articles; names have one.
        replicas: a number, or a range such as 0-1 that follows the number of nodes.
    """
    copies = _fixed(int(replicas)) if replicas.isdecimal() else {"auto_expand_replicas": replicas}
    for alias, settings, mappings, parts in (
        (f"{prefix}articles", ARTICLE_SETTINGS, ARTICLE_MAPPINGS, shards),
        (f"{prefix}articles-names", NAME_SETTINGS, NAME_MAPPINGS, 1),
    ):
        template = {
            "index_patterns": [f"{alias}-{FORMAT}-*"],
            "template": {
                "settings": {"index": {**settings, **copies, "number_of_shards": parts}},
                "mappings": {**mappings, "_meta": STAMP},
            },
        }
        await connection.call("PUT", f"/_index_template/{alias}-{FORMAT}", template)


def _fixed(replicas: int) -> dict[str, object]:
    return {"number_of_replicas": replicas, "auto_expand_replicas": False}
