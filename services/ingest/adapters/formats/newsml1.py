"""NewsML 1: a component for each language version, with its lines, texts and pictures below it."""

from collections.abc import Iterator
from typing import Any

from services.ingest.adapters.formats import fitting, nitf, xml_tree
from services.ingest.adapters.formats.bylines import authors_of
from services.ingest.adapters.formats.xml_tree import Element, first, local, text_at, texts_at
from services.ingest.domain.imports import ImportedItem, unreadable

_BODY_ROLES = {"body", "main", "text", ""}


def articles(root: Element, base: str | None) -> list[ImportedItem]:
    items = list(xml_tree.descendants(root, "NewsItem"))
    found = [_article(item, story, base) for item in items for story in _stories(item)]
    if not found:
        raise unreadable("NewsML", "holds no NewsItem with a HeadLine")
    return found


def _stories(item: Element) -> Iterator[Element]:
    """The outermost components that have a headline."""
    waiting = list(xml_tree.children(item, "NewsComponent"))
    while waiting:
        component = waiting.pop(0)
        if text_at(component, "NewsLines", "HeadLine"):
            yield component
        else:
            waiting += xml_tree.children(component, "NewsComponent")


def _article(item: Element, story: Element, base: str | None) -> ImportedItem:
    identifier = first(item, "Identification", "NewsIdentifier")
    urn = text_at(identifier, "PublicIdentifier") or text_at(identifier, "NewsItemId")
    language = _language(story) or _language(first(item, "NewsComponent"))
    lines = first(story, "NewsLines")
    management = first(item, "NewsManagement")
    return fitting.article(
        external_id=urn,
        url=fitting.address(urn) or (fitting.own_address(urn, base) if urn else base),
        title=text_at(lines, "HeadLine"),
        summary=text_at(lines, "SubHeadLine"),
        **_bodies(story),
        authors=[
            one for line in texts_at(story, "NewsLines", "ByLine") for one in authors_of(line)
        ],
        keywords=_keywords(item, lines),
        published_at=text_at(management, "FirstCreated"),
        updated_at=text_at(management, "ThisRevisionCreated"),
        language=language,
        images=[_image(one) for one in xml_tree.descendants(story, "ContentItem")],
        license=text_at(item, "NewsComponent", "NewsLines", "CopyrightLine"),
        source_name=_party(item),
        place=text_at(lines, "DateLine"),
    )


def _language(component: Element | None) -> str | None:
    found = first(component, "DescriptiveMetadata", "Language")
    return None if found is None else found.get("FormalName")


def _party(item: Element) -> str | None:
    parties = xml_tree.children(item, "NewsComponent", "AdministrativeMetadata", "Source", "Party")
    return next((one.get("FormalName") for one in parties), None)


def _keywords(item: Element, lines: Element | None) -> list[str]:
    stated = texts_at(lines, "KeywordLine") if lines is not None else []
    kinds = (one for one in xml_tree.descendants(item, "Metadata"))
    named = [
        value.get("Value") or ""
        for one in kinds
        if "keyword" in (_formal(first(one, "MetadataType")) or "").lower()
        for value in xml_tree.children(one, "Property")
    ]
    return [name for line in stated for name in fitting.split_names(line)] + named


def _formal(element: Element | None) -> str | None:
    return None if element is None else element.get("FormalName")


def _bodies(story: Element) -> dict[str, Any]:
    """The first text whose role is that of a body, as HTML where it is markup."""
    for component in [story, *xml_tree.descendants(story, "NewsComponent")]:
        role = (_formal(first(component, "Role")) or "").lower()
        if role not in _BODY_ROLES:
            continue
        for content in xml_tree.children(component, "ContentItem", "DataContent"):
            if made := _content(content):
                return made
    return {}


def _content(content: Element) -> dict[str, Any] | None:
    markup = next((one for one in content if local(one)), None)
    if markup is None:
        text = fitting.text("".join(map(str, content.itertext())))
        return {"body": text} if text else None
    if local(markup) == "nitf":
        return {"body_html": nitf.fields(markup)["body_html"]}
    body = first(markup, "body") if local(markup) == "html" else content
    html = xml_tree.markup_of(body if body is not None else markup)
    return {"body_html": html} if html else None


def _image(item: Element) -> dict[str, Any] | None:
    kind = first(item, "MimeType")
    if kind is None or not (kind.get("FormalName") or "").startswith("image/"):
        return None
    sizes = {
        one.get("FormalName"): one.get("Value")
        for one in xml_tree.children(item, "Characteristics", "Property")
    }
    return fitting.image(
        item.get("Href"), width=sizes.get("PixelWidth"), height=sizes.get("PixelHeight")
    )
