"""NITF 3 (https://iptc.org/standards/nitf/): one news story in XML."""

from collections.abc import Iterator
from html import escape
from typing import Any

from services.ingest.adapters.formats import fitting, media_links, xml_tree
from services.ingest.adapters.formats.bylines import authors_of
from services.ingest.adapters.formats.xml_tree import Element, first, local, text_at, texts_at
from services.ingest.domain.imports import (
    Document,
    ImportedItem,
    UnreadableDocumentError,
    unreadable,
)

_AS_HTML = {
    **{name: name for name in ("p", "ol", "ul", "li", "dl", "dt", "dd", "br", "hr", "pre", "a")},
    **{name: name for name in ("table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td")},
    **{name: name for name in ("em", "sub", "sup", "q")},
    "hl1": "h2",
    "hl2": "h2",
    "bq": "blockquote",
    "fn": "small",
    "datasource": "p",
    "credit": "p",
    "media-caption": "figcaption",
    "lang": "span",
    "block": "div",
    "tagline": "p",
}
_VOID = {"br", "hr"}
_LEFT_OUT = {"media-reference", "media-metadata", "media-object", "media-producer", "note"}
_PLAYED = ("video", "audio")


def read(document: Document) -> list[ImportedItem]:
    root = xml_tree.parse(document.content)
    story = root if local(root) == "nitf" else next(xml_tree.descendants(root, "nitf"), None)
    if story is None:
        raise unreadable(local(root) or "document", "is not a nitf element")
    return [article(story, document.url)]


def html_of(text: str) -> str | None:
    """The body of a NITF text that stands in another format; None where it is none."""
    try:
        root = xml_tree.parse(text.encode())
    except UnreadableDocumentError:
        return None
    return "".join(_html(root)) or None


def article(story: Element, base: str | None, **known: Any) -> ImportedItem:  # noqa: ANN401
    """The article of a `nitf` element; `known` is what stands around it and wins."""
    found = fields(story)
    found |= {name: value for name, value in known.items() if value}
    identity = found["external_id"]
    if not found.get("url"):
        found["url"] = base or (fitting.own_address(identity) if identity else None)
    media = found.pop("media")
    found |= media_links.bodies(None, found["body_html"], media)
    return fitting.article(**found)


def fields(story: Element) -> dict[str, Any]:
    head, body = first(story, "head"), first(story, "body")
    data = first(head, "docdata")
    body_head = first(body, "body.head")
    content = first(body, "body.content")
    end = first(body, "body.end")
    return {
        "external_id": _attribute(data, "doc-id", "id-string"),
        "title": text_at(body_head, "hedline", "hl1") or text_at(head, "title"),
        "summary": text_at(body_head, "abstract"),
        "body_html": "".join((*_html(content), *_html(end))),
        "authors": _authors(body_head),
        "keywords": _keywords(data),
        "published_at": _attribute(data, "date.release", "norm")
        or _attribute(data, "date.issue", "norm"),
        "updated_at": _attribute(data, "date.issue", "norm"),
        "language": story.get("{http://www.w3.org/XML/1998/namespace}lang"),
        "license": _copyright(data),
        "source_name": text_at(body_head, "distributor") or _attribute(data, "doc-id", "regsrc"),
        "place": text_at(body_head, "dateline", "location"),
        "images": [_image(one) for one in _media(content) if one.get("media-type") == "image"],
        "media": [
            (_source(one), text_at(one, "media-caption"))
            for one in _media(content)
            if one.get("media-type") in _PLAYED
        ],
    }


def _attribute(element: Element | None, path: str, name: str) -> str | None:
    found = first(element, path)
    return None if found is None else found.get(name)


def _copyright(data: Element | None) -> str | None:
    found = first(data, "doc.copyright")
    if found is None:
        return None
    return " ".join(filter(None, ("©", found.get("year"), found.get("holder"))))


def _authors(body_head: Element | None) -> list[str]:
    if body_head is None:
        return []
    lines = list(xml_tree.children(body_head, "byline"))
    people = [name for one in lines for name in texts_at(one, "person")]
    return people or [name for one in lines for name in authors_of(xml_tree.all_text(one))]


def _keywords(data: Element | None) -> list[str]:
    keys = xml_tree.children(data, "key-list", "keyword") if data is not None else ()
    content = first(data, "identified-content")
    about = list(content) if content is not None else []
    return [
        *(key.get("key") or "" for key in keys),
        *(one.get("value") or xml_tree.all_text(one) or "" for one in about),
    ]


def _media(content: Element | None) -> Iterator[Element]:
    return iter(()) if content is None else xml_tree.descendants(content, "media")


def _source(media: Element) -> str | None:
    return _attribute(media, "media-reference", "source")


def _image(media: Element) -> dict[str, Any] | None:
    reference = first(media, "media-reference")
    if reference is None:
        return None
    return fitting.image(
        reference.get("source"),
        caption=text_at(media, "media-caption"),
        credit=text_at(media, "media-producer") or reference.get("source-credit"),
        width=reference.get("width"),
        height=reference.get("height"),
    )


def _html(element: Element | None) -> Iterator[str]:
    """The content of an element in the words of HTML; unknown elements leave their text."""
    if element is None:
        return
    yield escape(element.text or "", quote=False)
    for child in element:
        name = local(child)
        if name == "media":
            yield from _figure(child)
        elif name and name not in _LEFT_OUT:
            yield from _tagged(child, _AS_HTML.get(name))
        yield escape(child.tail or "", quote=False)


def _tagged(element: Element, tag: str | None) -> Iterator[str]:
    if tag is None:
        yield from _html(element)
    elif tag in _VOID:
        yield f"<{tag}>"
    else:
        href = element.get("href") if tag == "a" else None
        yield f'<a href="{escape(href)}">' if href else f"<{tag}>"
        yield from _html(element)
        yield f"</{tag}>"


def _figure(media: Element) -> Iterator[str]:
    if media.get("media-type") != "image" or not (source := _source(media)):
        return
    caption = text_at(media, "media-caption") or ""
    yield f'<figure><img src="{escape(source)}"><figcaption>{escape(caption)}</figcaption></figure>'
