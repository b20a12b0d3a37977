"""NewsML-G2 (https://iptc.org/standards/newsml-g2/), and NewsML 1, which came before it.

A message may hold several items: a text is an article with the pictures that its package or its
own content names; a picture, video or audio alone is an article of its caption.
"""

from typing import Any

from services.ingest.adapters.formats import fitting, media_links, newsml1, nitf, xml_tree
from services.ingest.adapters.formats.bylines import authors_of
from services.ingest.adapters.formats.xml_tree import Element, first, local, text_at, texts_at
from services.ingest.domain.imports import (
    Document,
    Fault,
    ImportedItem,
    Refused,
    unreadable,
)

_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_PLAYED = ("video", "audio")


def read(document: Document) -> list[ImportedItem]:
    root = xml_tree.parse(document.content)
    if local(root) == "NewsML":
        return newsml1.articles(root, document.url)
    items = list(xml_tree.descendants(root, "newsItem"))
    if not items:
        raise unreadable(local(root) or "document", "holds no newsItem")
    found = [_item(item, document.url) for item in items]
    return _without_pictures_of_texts(items, found)


def _without_pictures_of_texts(
    items: list[Element], found: list[ImportedItem]
) -> list[ImportedItem]:
    """A message with one text and its pictures is one article."""
    texts = [place for place, item in enumerate(items) if _kind(item) not in {"picture", "graphic"}]
    if len(texts) != 1 or isinstance(text := found[texts[0]], Refused):
        return found
    pictures = [
        one["image"]
        for place, one in enumerate(found)
        if place not in texts and not isinstance(one, Refused) and "image" in one
    ]
    own = [text["image"]] if "image" in text else []
    images = fitting.distinct_images([*own, *text.get("media", []), *pictures])
    if not images:
        return [text]
    return [{**text, "image": images[0], **({"media": images[1:]} if images[1:] else {})}]


def _kind(item: Element) -> str:
    """`text`, `picture`, `video`, …, out of `ninat:text`; a text where nothing is said."""
    code = first(item, "itemMeta", "itemClass")
    return (code.get("qcode") or "text").rpartition(":")[2] if code is not None else "text"


def _item(item: Element, base: str | None) -> ImportedItem:
    status = _code(first(item, "itemMeta", "pubStatus"))
    if status in {"canceled", "withheld"}:
        message = f"is {status}: nothing is published; withdraw what was by DELETE"
        return Refused((Fault("itemMeta.pubStatus", message),))
    guid = item.get("guid")
    if not guid:
        return Refused((Fault("newsItem.guid", "is required"),))
    return fitting.article(**_fields(item, guid, base))


def _code(element: Element | None) -> str | None:
    return None if element is None else (element.get("qcode") or "").rpartition(":")[2].lower()


def _fields(item: Element, guid: str, base: str | None) -> dict[str, Any]:
    about, meta = first(item, "contentMeta"), first(item, "itemMeta")
    content = _content(item, base)
    link = fitting.address(guid) or _page(meta) or fitting.own_address(guid, base)
    headline = text_at(about, "headline") or text_at(meta, "title")
    found = {
        "external_id": guid,
        "url": link,
        "title": headline or text_at(about, "slugline"),
        "summary": text_at(about, "description"),
        "authors": _authors(about),
        "categories": [],
        "keywords": _keywords(about),
        "published_at": text_at(meta, "embargoed")
        or text_at(meta, "firstCreated")
        or text_at(about, "contentCreated")
        or text_at(meta, "versionCreated"),
        "updated_at": text_at(meta, "versionCreated"),
        "language": _language(item, about),
        "license": text_at(item, "rightsInfo", "usageTerms")
        or text_at(item, "rightsInfo", "copyrightNotice"),
        "source_name": _name(first(about, "infoSource")) or _name(first(meta, "provider")),
        "place": text_at(about, "dateline") or _name(first(about, "located")),
    }
    known = {name: value for name, value in content.items() if value}
    return {**known, **{name: value for name, value in found.items() if value}}


def _page(meta: Element | None) -> str | None:
    links = xml_tree.children(meta, "link") if meta is not None else ()
    return next((whole for one in links if (whole := fitting.address(one.get("href")))), None)


def _language(item: Element, about: Element | None) -> str | None:
    stated = first(about, "language")
    return stated.get("tag") if stated is not None else item.get(_LANG)


def _name(element: Element | None) -> str | None:
    """A party, place or subject by its name, else its literal."""
    if element is None:
        return None
    return text_at(element, "name") or element.get("literal") or xml_tree.all_text(element)


def _authors(about: Element | None) -> list[str]:
    if about is None:
        return []
    people = [name for one in xml_tree.children(about, "creator") if (name := _name(one))]
    return people or [name for line in texts_at(about, "by") for name in authors_of(line)]


def _keywords(about: Element | None) -> list[str]:
    if about is None:
        return []
    subjects = [name for one in xml_tree.children(about, "subject") if (name := _name(one))]
    return [*texts_at(about, "keyword"), *subjects]


def _content(item: Element, base: str | None) -> dict[str, Any]:
    """What the content set holds: texts of its own, and media elsewhere."""
    content = first(item, "contentSet")
    if content is None:
        return {}
    found: dict[str, Any] = {}
    for one in xml_tree.children(content, "inlineXML"):
        found |= _inline(one)
    plain = text_at_lines(first(content, "inlineData"))
    if plain and not found.get("body_html"):
        name = "body_html" if fitting.looks_like_html(plain) else "body"
        found[name] = plain
    kind = _kind(item)
    remote = list(xml_tree.children(content, "remoteContent"))
    if kind in {"picture", "graphic"}:
        widest = sorted(remote, key=lambda one: -int(fitting.pixels(one.get("width")) or 0))
        images = (_image(one, item, base) for one in widest)
        found["images"] = [*found.get("images", ()), *filter(None, images)][:1]
    media = [(one.get("href"), None) for one in remote if _is_played(one, kind)][:1]
    media += found.pop("media", [])
    return {**found, **media_links.bodies(found.get("body"), found.get("body_html"), media)}


def text_at_lines(element: Element | None) -> str | None:
    """All text with its lines."""
    return None if element is None else fitting.text("".join(map(str, element.itertext())))


def _inline(element: Element) -> dict[str, Any]:
    for story in xml_tree.descendants(element, "nitf"):
        return nitf.fields(story)
    for page in xml_tree.descendants(element, "html"):
        body = first(page, "body")
        return {"body_html": xml_tree.markup_of(body if body is not None else page)}
    return {"body_html": xml_tree.markup_of(element)}


def _is_played(remote: Element, kind: str) -> bool:
    return (remote.get("contenttype") or kind).partition("/")[0] in _PLAYED


def _image(remote: Element, item: Element, base: str | None) -> dict[str, Any] | None:
    about = first(item, "contentMeta")
    return fitting.image(
        remote.get("href"),
        base,
        caption=text_at(about, "description"),
        credit=text_at(about, "creditline") or text_at(about, "by"),
        width=remote.get("width"),
        height=remote.get("height"),
    )
