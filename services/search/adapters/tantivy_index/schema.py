"""How articles become tantivy documents."""

from collections.abc import Iterable, Mapping
from typing import Any

import orjson
from tantivy import Document, Schema, SchemaBuilder

from services.search.adapters.tantivy_index.texts import text_fields
from services.search.domain.articles import IndexedArticle, Links, Tombstone
from services.search.domain.cards import RECORD
from services.search.domain.folding import fold
from services.search.domain.question import Facet, TextField

FORMAT = 4
"""Rises with what is stored under a name, or how; fields the engine compares by itself."""
STORED = ("card", "record", "content", "links")

# tantivy stores an id over 65,530 bytes but never finds it; OpenSearch refuses ids over 512.
MAX_ID_BYTES = 512

# Packed sort keys, because tantivy sorts by one number and settles ties at random:
#   newest = seconds (34 bits) | leading bits of the id, inverted (29);  descending = newest first
#   length = minutes (11) | seconds, inverted (34) | leading bits of the id (19);  ascending
_EPOCH_SHIFT = 1 << 33  # 1697 becomes 0 and 2242 the largest number of 34 bits.
_MAX_SECONDS = (1 << 34) - 1
_MAX_MINUTES = (1 << 11) - 1


def id_bits(id_: str, bits: int = 64) -> int:
    """The leading bits of an id, in the order of the ids themselves."""
    return int.from_bytes(id_.encode()[:8].ljust(8, b"\0")) >> (64 - bits)


def newest_key(published: int, id_: str) -> int:
    return _seconds(published) << 29 | ((1 << 29) - 1 - id_bits(id_, 29))


def length_key(read_minutes: int, published: int, id_: str) -> int:
    seconds = _MAX_SECONDS - _seconds(published)
    return min(read_minutes, _MAX_MINUTES) << 53 | seconds << 19 | id_bits(id_, 19)


def article_schema() -> Schema:
    builder = SchemaBuilder()
    builder.add_text_field("id", stored=True, fast=True, tokenizer_name="raw", index_option="basic")
    builder.add_integer_field("version", stored=True, fast=True)
    builder.add_unsigned_field("id_order", fast=True, indexed=True)
    builder.add_boolean_field("live", stored=True, indexed=True)
    builder.add_integer_field("published", stored=True, indexed=True, fast=True)
    builder.add_integer_field("read_minutes", stored=True, indexed=True, fast=True)
    builder.add_integer_field("linked_at", indexed=True, fast=True)
    builder.add_unsigned_field("newest", indexed=True, fast=True)
    builder.add_unsigned_field("length", indexed=True, fast=True)
    for name in STORED:
        builder.add_bytes_field(name, stored=True)
    builder.add_text_field(
        "story", stored=True, fast=True, tokenizer_name="raw", index_option="basic"
    )
    positioned = ("title", "lead", "all", "exact", "headline")
    for name in (*positioned, *(f"in_{field}" for field in TextField)):
        builder.add_text_field(name, tokenizer_name="whitespace")
    for name in ("joined", "characters"):
        builder.add_text_field(name, tokenizer_name="whitespace", index_option="basic")
    for name in ("tag_slug", "url", "edge", *(f"{facet}_folded" for facet in Facet)):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    for facet in Facet:
        builder.add_text_field(facet, tokenizer_name="raw", index_option="basic", fast=True)
    return builder.build()


def article_document(article: IndexedArticle | Tombstone) -> Document:
    """The document of an article; of a withdrawn one, no more than keeps it withdrawn.

    Raises:
        ValueError, TypeError, OverflowError: no such document can be kept.
    """
    if isinstance(article, Tombstone):
        return _tombstone_document(article)
    document = _identified(article.id, article.version)
    document.add_unsigned("id_order", id_bits(article.id))
    document.add_boolean("live", value=True)
    document.add_integer("published", article.published)
    document.add_integer("read_minutes", article.read_minutes)
    document.add_integer("linked_at", article.links.linked_at)
    document.add_unsigned("newest", newest_key(article.published, article.id))
    document.add_unsigned("length", length_key(article.read_minutes, article.published, article.id))
    _add_stored(document, article.card, article.content, article.links)
    document.add_text("url", article.url)
    for name, text in text_fields(article.card, article.content.get("body") or "").items():
        document.add_text(name, text)
    _add_values(document, "edge", [edge.id for edge in article.links.edges])
    _add_values(document, "tag_slug", article.tag_slugs)
    for facet, values in article.facets.items():
        _add_values(document, facet, values)
        folded = (*values, *article.tag_slugs) if facet is Facet.TAG else values
        _add_values(document, f"{facet}_folded", map(fold, folded))
    return document


def _tombstone_document(tombstone: Tombstone) -> Document:
    document = _identified(tombstone.id, tombstone.version)
    document.add_unsigned("id_order", id_bits(tombstone.id))
    document.add_boolean("live", value=False)
    document.add_text("url", tombstone.url)
    document.add_integer("published", 0)
    _add_stored(document, {}, tombstone.content, Links(story_id=tombstone.id))
    return document


def _add_stored(
    document: Document, card: Mapping[str, Any], content: Mapping[str, Any], links: Links
) -> None:
    """What is read back; the record apart from the rest, which lists do without."""
    document.add_bytes("card", orjson.dumps(card))
    document.add_bytes("record", orjson.dumps(content.get(RECORD, {})))
    rest = {name: value for name, value in content.items() if name != RECORD}
    document.add_bytes("content", orjson.dumps(rest))
    document.add_bytes("links", orjson.dumps(links))
    document.add_text("story", links.story_id)


def _identified(id_: str, version: int) -> Document:
    if not 0 < len(id_.encode()) <= MAX_ID_BYTES:
        raise ValueError(f"An id has 1 to {MAX_ID_BYTES} bytes.")
    document = Document()
    document.add_text("id", id_)
    document.add_integer("version", version)
    return document


def _add_values(document: Document, name: str, values: Iterable[str]) -> None:
    for value in dict.fromkeys(values):
        document.add_text(name, value)


def _seconds(published: int) -> int:
    return min(max(published + _EPOCH_SHIFT, 0), _MAX_SECONDS)
