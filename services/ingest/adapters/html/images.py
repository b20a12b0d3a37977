"""The address of an image, also where a page's scripts would load it later."""

import re
from collections.abc import Iterator, Mapping
from typing import Final
from urllib.parse import urljoin, urlsplit

from selectolax.lexbor import LexborNode

Attributes = Mapping[str, str | None]

IMAGES: Final = frozenset({"img", "amp-img", "amp-anim"})
# As the usual scripts for lazy images name them; the true source stands before a placeholder's.
_LAZY: Final = ("data-src", "data-lazy-src", "data-original", "data-original-src", "data-lazy")
_LAZY_SETS: Final = ("data-srcset", "data-lazy-srcset")
_CANDIDATE: Final = re.compile(r"[\s,]*(\S*[^\s,])(?:\s[^,]*)?,?")


def source_of(image: LexborNode, page: str) -> str | None:
    """The first address by which the image can be had, or None."""
    twin = _twin_of(image)
    sources = _sources(twin.attributes, page) if twin else iter(())
    found = next(sources, None) or next(_sources(image.attributes, page), None)
    return found or next(_picture_sources(image, page), None)


def _sources(attributes: Attributes, page: str) -> Iterator[str]:
    for name in _LAZY:
        yield from _usable(attributes.get(name), page)
    for name in _LAZY_SETS:
        yield from _of_set(attributes.get(name), page)
    yield from _usable(attributes.get("src"), page)
    yield from _of_set(attributes.get("srcset"), page)


def _picture_sources(image: LexborNode, page: str) -> Iterator[str]:
    parent = image.parent
    if parent is None or parent.tag != "picture":
        return
    for source in parent.css("source"):
        yield from _sources(source.attributes, page)


def _twin_of(image: LexborNode) -> LexborNode | None:
    """The image that a `noscript` right behind holds for whoever runs no scripts, as we do."""
    beside = image.next
    if beside is None and image.parent is not None and image.parent.tag == "picture":
        beside = image.parent.next
    while beside is not None and beside.is_text_node and not (beside.text_content or "").strip():
        beside = beside.next
    if beside is None or beside.tag != "noscript":
        return None
    return beside.css_first("img")


def _of_set(candidates: str | None, page: str) -> Iterator[str]:
    for found in _CANDIDATE.finditer(candidates or ""):
        yield from _usable(found[1], page)


def _usable(address: str | None, page: str) -> Iterator[str]:
    address = (address or "").strip()
    try:
        parts = urlsplit(urljoin(page, address))
    except ValueError:
        return
    if address and parts.scheme in {"http", "https"} and parts.netloc:
        yield address
