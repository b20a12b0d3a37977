"""XML of strangers: no external entities, no network, no declared entities, bounded depth."""

import html
import re
from collections.abc import Iterator
from typing import Any, TypeAlias

from lxml import etree

from services.ingest.adapters.formats import fitting
from services.ingest.domain.imports import unreadable

Element: TypeAlias = etree._Element  # noqa: SLF001  (lxml gives the type no other name)

_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_REFERENCE = re.compile(rb"&([A-Za-z][A-Za-z0-9]{1,31});")
_ENTITY = re.compile(rb"<!ENTITY", re.IGNORECASE)
_OF_XML = {b"amp", b"lt", b"gt", b"quot", b"apos"}
_WIDE = (b"\xff\xfe", b"\xfe\xff", b"\x00", b"<\x00")
"""How UTF-16 and UTF-32 begin; their bytes are not ASCII's."""


def parse(content: bytes) -> Element:
    """The root element. Raises `UnreadableDocumentError`, with the line where it breaks."""
    if not content.startswith(_WIDE):
        content = _REFERENCE.sub(_as_number, _CONTROL.sub(b"", content)).lstrip()
        if _ENTITY.search(content):
            raise unreadable("document", "declares entities (<!ENTITY), which are not read")
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise unreadable("document", f"is not well-formed XML: {error}") from error
    dtd: Any = root.getroottree().docinfo.internalDTD
    if dtd is not None and any(True for _ in dtd.iterentities()):
        raise unreadable("document", "declares entities (<!ENTITY), which are not read")
    return root


def _as_number(found: re.Match[bytes]) -> bytes:
    """Names of characters are HTML's; XML knows five of them."""
    name = found[1]
    characters = html.entities.html5.get(f"{name.decode()};")
    if name in _OF_XML or characters is None:
        return found[0]
    return "".join(f"&#{ord(one)};" for one in characters).encode()


def local(element: Element) -> str:
    """The name without its namespace; empty for what is no element."""
    tag: object = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def children(element: Element, *path: str) -> Iterator[Element]:
    """The elements at this path of local names, whatever their namespace."""
    if not path:
        yield element
        return
    for child in element:
        if local(child) == path[0]:
            yield from children(child, *path[1:])


def descendants(element: Element, *local_names: str) -> Iterator[Element]:
    return (one for one in element.iter() if local(one) in local_names)


def first(element: Element | None, *path: str) -> Element | None:
    return None if element is None else next(children(element, *path), None)


def text_at(element: Element | None, *path: str) -> str | None:
    """All text below the first such element, on one line."""
    found = first(element, *path)
    return None if found is None else all_text(found)


def texts_at(element: Element, *path: str) -> list[str]:
    return [found for one in children(element, *path) if (found := all_text(one))]


def all_text(element: Element) -> str | None:
    return fitting.text(" ".join("".join(map(str, element.itertext())).split()))


def markup_of(element: Element, *, inner: bool = True) -> str:
    """The element as HTML without namespaces; its attributes stay."""
    copied = etree.fromstring(etree.tostring(element, with_tail=False))
    for one in copied.iter():
        if isinstance(one.tag, str):
            one.tag = local(one)
    etree.cleanup_namespaces(copied)
    written = etree.tostring(copied, encoding="unicode", method="html", with_tail=False)
    if not inner:
        return written
    return re.sub(r"^<[^>]*>|</[^<>]*>$", "", written.strip())
