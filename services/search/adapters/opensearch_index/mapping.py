"""How articles and related lists become OpenSearch documents, and the indices that take them."""

from typing import Any

from services.search.adapters.opensearch_index.connection import Connection
from services.search.domain.analysis import GAP
from services.search.domain.articles import IndexedArticle, RelatedList, Tombstone
from services.search.domain.question import Facet
from services.search.domain.schema import stamp

FORMAT = "v1"
"""Part of every index name."""

# Words to search by, not to show: a document's source holds what is read back.
_NOT_IN_SOURCE = ["title", "lead", "all", "title_words", "words", "url", "tag_slug", *Facet]

_TERMS = {"type": "text", "analyzer": "whitespace"}
_KEYWORD = {"type": "keyword"}
# Facets of each search would otherwise build these first after a refresh.
_FACET = {"type": "keyword", "eager_global_ordinals": True}
_KEPT_ONLY = {"type": "object", "enabled": False}

ARTICLE_MAPPINGS = {
    "dynamic": "strict",
    "_source": {"excludes": _NOT_IN_SOURCE},
    "properties": {
        "id": _KEYWORD,
        "live": {"type": "boolean"},
        "published": {"type": "long"},
        "read_minutes": {"type": "long"},
        "title": _TERMS,
        "lead": _TERMS,
        "all": _TERMS,
        "title_words": {**_TERMS, "index_options": "docs", "norms": False},
        "words": _KEYWORD,
        "url": _KEYWORD,
        "tag_slug": _KEYWORD,
        "card": _KEPT_ONLY,
        "content": _KEPT_ONLY,
        **dict.fromkeys(map(str, Facet), _FACET),
    },
}
RELATED_MAPPINGS = {
    "dynamic": "strict",
    "properties": {"id": _KEYWORD, "links": _KEPT_ONLY, "story": _KEYWORD},
}


STAMP = stamp(ARTICLE_MAPPINGS, RELATED_MAPPINGS)
"""Borne by every index of this release, under `_meta`."""


async def put_template(
    connection: Connection, alias: str, mappings: dict[str, Any], shards: int
) -> None:
    """What the next index of this alias is made by."""
    template = {
        "index_patterns": [f"{alias}-{FORMAT}-*"],
        "template": {
            "settings": {
                "index": {
                    "number_of_shards": shards,
                    "auto_expand_replicas": "0-1",  # None on a single node, which stays green.
                },
            },
            "mappings": {**mappings, "_meta": STAMP},
        },
    }
    await connection.call("PUT", f"/_index_template/{alias}-{FORMAT}", template)


def article_document(article: IndexedArticle | Tombstone) -> dict[str, Any]:
    if isinstance(article, Tombstone):
        return _tombstone_document(article)
    return {
        "id": article.id,
        "live": True,
        "published": article.published,
        "read_minutes": article.read_minutes,
        "title": article.title_terms or GAP,
        "lead": article.lead_terms or GAP,
        "all": article.all_terms or GAP,
        "title_words": article.title_words,
        "words": article.words,
        "url": article.url,
        "tag_slug": article.tag_slugs,
        "card": article.card,
        "content": article.content,
        **{str(facet): values for facet, values in article.facets.items()},
    }


def _tombstone_document(tombstone: Tombstone) -> dict[str, Any]:
    # Both engines count every article in their statistics only if none lacks the term fields.
    return {
        "id": tombstone.id,
        "live": False,
        "url": tombstone.url,
        "published": 0,
        "card": {},
        "content": tombstone.content,
        **dict.fromkeys(("title", "lead", "all"), GAP),
    }


def related_document(related: RelatedList) -> dict[str, Any]:
    # `links` is an array; an object field that is not enabled keeps it as it is.
    return {"id": related.id, "links": related.links, "story": related.story_id}
