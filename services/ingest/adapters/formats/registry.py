"""Which reader a document is for: by name, by media type, else by how it begins."""

import re
from collections.abc import Callable, Mapping

from services.ingest.adapters.formats import (
    feeds,
    html_page,
    json_text,
    jsonfeed,
    newsarticle,
    newsmlg2,
    ninjs,
    nitf,
    wordpress,
    wxr,
)
from services.ingest.domain.imports import FORMATS, Document, ImportedItem, unreadable

Reader = Callable[[Document], list[ImportedItem]]

READERS: Mapping[str, Reader] = {
    "ninjs": ninjs.read,
    "newsarticle": newsarticle.read,
    "html": html_page.read,
    "rss": feeds.read,
    "atom": feeds.read,
    "jsonfeed": jsonfeed.read,
    "wordpress": wordpress.read,
    "wxr": wxr.read,
    "newsmlg2": newsmlg2.read,
    "nitf": nitf.read,
}

MEDIA_TYPES = {
    "application/ninjs+json": "ninjs",
    "application/vnd.iptc.ninjs+json": "ninjs",
    "application/ld+json": "newsarticle",
    "text/html": "html",
    "application/xhtml+xml": "html",
    "application/rss+xml": "rss",
    "application/rdf+xml": "rss",
    "application/atom+xml": "atom",
    "application/feed+json": "jsonfeed",
    "application/vnd.iptc.g2.newsitem+xml": "newsmlg2",
    "application/vnd.iptc.g2.newsmessage+xml": "newsmlg2",
    "application/vnd.iptc.g2.packageitem+xml": "newsmlg2",
    "text/vnd.iptc.g2.newsitem+xml": "newsmlg2",
    "text/vnd.iptc.newsml": "newsmlg2",
    "text/vnd.iptc.nitf": "nitf",
    "application/nitf+xml": "nitf",
}
"""Types that say which format it is; of the others the content is looked at."""

_START_BYTES = 4096
_ROOT = re.compile(rb"<(?![?!])(?:[\w.-]+:)?([A-Za-z][\w.-]*)")
_ROOTS = {
    b"rss": "rss",
    b"rdf": "rss",
    b"channel": "rss",
    b"feed": "atom",
    b"entry": "atom",
    b"html": "html",
    b"nitf": "nitf",
    b"newsml": "newsmlg2",
    b"newsitem": "newsmlg2",
    b"newsmessage": "newsmlg2",
    b"packageitem": "newsmlg2",
}


def read(document: Document, format_name: str | None = None) -> list[ImportedItem]:
    """The articles of a document. Raises `UnreadableDocumentError`."""
    name = format_name or format_of(document)
    return READERS[name](document)


def format_of(document: Document) -> str:
    """Raises `UnreadableDocumentError` where no format is recognised."""
    media_type = document.content_type.partition(";")[0].strip().lower()
    known = MEDIA_TYPES.get(media_type)
    # An export is declared as the RSS that it extends.
    if known and not (known == "rss" and _is_wxr(document.content)):
        return known
    found = _of_content(document.content)
    if found is None:
        message = f"is none of the known formats: {', '.join(FORMATS)}; name one by ?format="
        raise unreadable("format", message)
    return found


def _of_content(content: bytes) -> str | None:
    start = content[:_START_BYTES].lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith((b"{", b"[")):
        return _of_json(content)
    if start.startswith((b"\xff\xfe", b"\xfe\xff", b"<\x00", b"\x00<")):
        start = content[:_START_BYTES].decode("utf-16", "ignore").encode()
    if start[:9].lower() == b"<!doctype" and b"html" in start[:40].lower():
        return "html"
    root = _ROOT.search(re.sub(rb"<!--.*?-->", b"", start, flags=re.DOTALL))
    if root is None:
        return None
    name = _ROOTS.get(root[1].lower())
    if name == "rss" and _is_wxr(content):
        return "wxr"
    return name or ("html" if b"<body" in content[: 64 * _START_BYTES].lower() else None)


def _is_wxr(content: bytes) -> bool:
    return b"wordpress.org/export/" in content[:_START_BYTES] or b"<wp:wxr_version>" in content


def _of_json(content: bytes) -> str | None:
    value = json_text.parse(content)
    if jsonfeed.is_jsonfeed(value):
        return "jsonfeed"
    if wordpress.is_wordpress(value):
        return "wordpress"
    if next(newsarticle.things(value), None):
        return "newsarticle"
    return "ninjs" if ninjs.is_ninjs(value) else None
