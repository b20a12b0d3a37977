"""How articles and related lists become tantivy documents."""

import orjson
from tantivy import Document, Schema, SchemaBuilder

from services.search.domain.analysis import GAP
from services.search.domain.articles import IndexedArticle, RelatedList, Tombstone
from services.search.domain.question import Facet

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
    _add_identity(builder)
    builder.add_unsigned_field("id_order", fast=True, indexed=True)
    builder.add_boolean_field("live", stored=True, indexed=True)
    builder.add_integer_field("published", stored=True, indexed=True, fast=True)
    builder.add_integer_field("read_minutes", stored=True, indexed=True, fast=True)
    builder.add_unsigned_field("newest", indexed=True, fast=True)
    builder.add_unsigned_field("length", indexed=True, fast=True)
    builder.add_bytes_field("card", stored=True)
    builder.add_bytes_field("content", stored=True)
    for name in ("title", "all"):
        builder.add_text_field(name, tokenizer_name="whitespace")
    builder.add_text_field("lead", tokenizer_name="whitespace", index_option="freq")
    builder.add_text_field("title_words", tokenizer_name="whitespace", index_option="basic")
    for name in ("words", "tag_slug", "url"):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    for facet in Facet:
        builder.add_text_field(facet, tokenizer_name="raw", index_option="basic", fast=True)
    return builder.build()


def related_schema() -> Schema:
    builder = SchemaBuilder()
    _add_identity(builder)
    builder.add_bytes_field("links", stored=True)
    builder.add_text_field("story", stored=True, tokenizer_name="raw", index_option="basic")
    return builder.build()


def _add_identity(builder: SchemaBuilder) -> None:
    builder.add_text_field("id", stored=True, fast=True, tokenizer_name="raw", index_option="basic")
    builder.add_integer_field("version", stored=True, fast=True)


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
    document.add_unsigned("newest", newest_key(article.published, article.id))
    document.add_unsigned("length", length_key(article.read_minutes, article.published, article.id))
    document.add_bytes("card", orjson.dumps(article.card))
    document.add_bytes("content", orjson.dumps(article.content))
    document.add_text("title", article.title_terms or GAP)
    document.add_text("lead", article.lead_terms or GAP)
    document.add_text("all", article.all_terms or GAP)
    document.add_text("title_words", article.title_words)
    document.add_text("url", article.url)
    _add_values(document, "words", article.words)
    _add_values(document, "tag_slug", article.tag_slugs)
    for facet, values in article.facets.items():
        _add_values(document, facet, values)
    return document


def _tombstone_document(tombstone: Tombstone) -> Document:
    document = _identified(tombstone.id, tombstone.version)
    document.add_unsigned("id_order", id_bits(tombstone.id))
    document.add_boolean("live", value=False)
    document.add_text("url", tombstone.url)
    document.add_integer("published", 0)
    document.add_bytes("card", b"{}")
    document.add_bytes("content", orjson.dumps(tombstone.content))
    # Both engines count every article in their statistics only if none lacks these fields.
    for name in ("title", "lead", "all"):
        document.add_text(name, GAP)
    return document


def related_document(related: RelatedList) -> Document:
    document = _identified(related.id, related.version)
    document.add_bytes("links", orjson.dumps(related.links))
    if related.story_id:
        document.add_text("story", related.story_id)
    return document


def _identified(id_: str, version: int) -> Document:
    if not 0 < len(id_.encode()) <= MAX_ID_BYTES:
        raise ValueError(f"An id has 1 to {MAX_ID_BYTES} bytes.")
    document = Document()
    document.add_text("id", id_)
    document.add_integer("version", version)
    return document


def _add_values(document: Document, name: str, values: tuple[str, ...]) -> None:
    for value in dict.fromkeys(values):
        document.add_text(name, value)


def _seconds(published: int) -> int:
    return min(max(published + _EPOCH_SHIFT, 0), _MAX_SECONDS)
