"""WXR, the export of WordPress: RSS with posts, attachments, authors and categories."""

from collections.abc import Mapping
from typing import Any

from services.ingest.adapters.formats import fitting, xml_tree
from services.ingest.adapters.formats.wordpress import PUBLISHED
from services.ingest.adapters.formats.xml_tree import Element, children, first, text_at
from services.ingest.domain.imports import (
    Document,
    Fault,
    ImportedItem,
    Refused,
    unreadable,
)

_NO_DATE = "0000-00-00 00:00:00"
_CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"


def read(document: Document) -> list[ImportedItem]:
    root = xml_tree.parse(document.content)
    channel = first(root, "channel")
    if channel is None or text_at(channel, "wxr_version") is None:
        raise unreadable("wp:wxr_version", "is missing: this is no export of WordPress")
    items = list(children(channel, "item"))
    posts = [one for one in items if text_at(one, "post_type") == "post"]
    site = _Site(channel, items)
    return [_closed(post) or site.article(post) for post in posts]


def _closed(post: Element) -> Refused | None:
    """What WordPress itself shows to nobody, or to few."""
    status = text_at(post, "status") or "publish"
    if status not in PUBLISHED:
        return Refused((Fault("wp:status", f"is {status}, not publish"),))
    if text_at(post, "post_password"):
        return Refused((Fault("wp:post_password", "the post needs a password"),))
    return None


class _Site:
    """What posts refer to: authors by login, categories by slug, attachments by number."""

    def __init__(self, channel: Element, items: list[Element]) -> None:
        self._language = text_at(channel, "language")
        self._authors = {
            text_at(one, "author_login"): text_at(one, "author_display_name")
            for one in children(channel, "author")
        }
        self._categories: Mapping[str | None, tuple[str, str | None]] = {
            text_at(one, "category_nicename"): (
                text_at(one, "cat_name") or "",
                text_at(one, "category_parent"),
            )
            for one in children(channel, "category")
        }
        self._attachments = {
            text_at(one, "post_id"): one
            for one in items
            if text_at(one, "post_type") == "attachment"
        }

    def article(self, post: Element) -> ImportedItem:
        categories, keywords = self._terms(post)
        login = text_at(post, "creator")
        content = next((one.text for one in post if one.tag == _CONTENT), None)
        excerpt = next(
            (one.text for one in post if str(one.tag).endswith("/excerpt/}encoded")), None
        )
        return fitting.article(
            external_id=text_at(post, "guid") or text_at(post, "link"),
            url=text_at(post, "link"),
            title=text_at(post, "title"),
            summary=excerpt,
            body_html=with_paragraphs(content or ""),
            authors=[self._authors.get(login) or login],
            categories=categories,
            keywords=keywords,
            published_at=_moment(post, "post_date"),
            updated_at=_moment(post, "post_modified"),
            language=self._language,
            images=[self._image(post)],
        )

    def _terms(self, post: Element) -> tuple[list[tuple[str, ...]], list[str | None]]:
        categories, keywords = [], []
        for one in children(post, "category"):
            if one.get("domain") == "category":
                categories.append(self._path(one.get("nicename"), xml_tree.all_text(one)))
            elif one.get("domain") == "post_tag":
                keywords.append(xml_tree.all_text(one))
        return categories, keywords

    def _path(self, slug: str | None, name: str | None) -> tuple[str, ...]:
        names = [name or ""]
        seen = {slug}
        parent = self._categories.get(slug, ("", None))[1]
        while parent in self._categories and parent not in seen:
            seen.add(parent)
            name, above = self._categories[parent]
            names.append(name)
            parent = above
        return tuple(reversed(names))

    def _image(self, post: Element) -> dict[str, Any] | None:
        for meta in children(post, "postmeta"):
            if text_at(meta, "meta_key") == "_thumbnail_id":
                found = self._attachments.get(text_at(meta, "meta_value"))
                if found is not None:
                    caption = next(
                        (o.text for o in found if str(o.tag).endswith("/excerpt/}encoded")), None
                    )
                    return fitting.image(text_at(found, "attachment_url"), caption=caption)
        return None


def _moment(post: Element, name: str) -> str | None:
    for field in (f"{name}_gmt", name):
        moment = text_at(post, field)
        if moment and moment != _NO_DATE:
            return fitting.moment(moment)
    return None


def with_paragraphs(content: str) -> str:
    """WordPress keeps classic posts without `<p>`: blank lines are paragraphs when shown."""
    if "<p" in content or "<!-- wp:" in content:
        return content
    blocks = (block.strip() for block in content.replace("\r\n", "\n").split("\n\n"))
    return "\n".join(f"<p>{block}</p>" for block in blocks if block)
