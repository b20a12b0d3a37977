"""JSON Feed 1 and 1.1 (https://www.jsonfeed.org/version/1.1/)."""

from collections.abc import Mapping
from typing import Any

from services.ingest.adapters.formats import fitting, json_text, media_links
from services.ingest.domain.imports import (
    Document,
    Fault,
    ImportedItem,
    Refused,
    unreadable,
)

_PLAYED = ("video/", "audio/")


def read(document: Document) -> list[ImportedItem]:
    feed = json_text.parse(document.content)
    if not isinstance(feed, dict):
        raise unreadable("document", "is to be a JSON object")
    items = feed.get("items")
    if not is_jsonfeed(feed) or not isinstance(items, list):
        field = "items" if is_jsonfeed(feed) else "version"
        raise unreadable(field, "is not that of a JSON Feed")
    base = document.url or fitting.address(feed.get("feed_url"))
    return [_article(item, feed, base) for item in items]


def is_jsonfeed(value: object) -> bool:
    return isinstance(value, dict) and "jsonfeed.org" in str(value.get("version"))


def _article(item: object, feed: Mapping[str, Any], base: str | None) -> ImportedItem:
    if not isinstance(item, dict):
        return Refused((Fault("items", "an item is to be a JSON object"),))
    identity = item.get("id")
    url = fitting.address(item.get("url"), base)
    url = url or fitting.address(item.get("external_url"), base) or fitting.address(identity)
    if url is None:
        return Refused((Fault("url", "the item has no address"),))
    attachments = [one for one in _objects(item.get("attachments")) if one.get("url")]
    played = [
        (one["url"], one.get("title"))
        for one in attachments
        if str(one.get("mime_type")).startswith(_PLAYED)
    ]
    return fitting.article(
        external_id=identity,
        url=url,
        title=item.get("title"),
        summary=item.get("summary"),
        **media_links.bodies(
            fitting.text(item.get("content_text")), fitting.text(item.get("content_html")), played
        ),
        authors=_authors(item) or _authors(feed),
        categories=item.get("tags") if isinstance(item.get("tags"), list) else [],
        published_at=item.get("date_published"),
        updated_at=item.get("date_modified"),
        language=item.get("language") or feed.get("language"),
        images=[fitting.image(item.get(name), base) for name in ("image", "banner_image")],
        source_name=feed.get("title"),
    )


def _objects(value: object) -> list[Mapping[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _authors(one: Mapping[str, Any]) -> list[object]:
    listed = _objects(one.get("authors")) or _objects([one.get("author")])
    return [author.get("name") for author in listed]
