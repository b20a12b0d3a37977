"""RSS and Atom in all their versions, by feedparser, which forgives what readers forgive."""

from collections.abc import Iterator
from io import BytesIO
from typing import Any

import feedparser

from services.ingest.adapters.formats import fitting, media_links
from services.ingest.adapters.formats.bylines import authors_of
from services.ingest.domain.imports import (
    Document,
    Fault,
    ImportedItem,
    Refused,
    unreadable,
)

_PLAYED = ("video", "audio")

Entry = dict[str, Any]


def read(document: Document) -> list[ImportedItem]:
    feed = _parsed(document)
    if not feed.get("version") and not feed.entries:
        raise unreadable(
            "document", f"is no feed: {feed.get('bozo_exception', 'no element of one')}"
        )
    return [_article(entry, feed.feed, document.url) for entry in feed.entries]


def _parsed(document: Document) -> Any:  # noqa: ANN401  (feedparser is untyped)
    headers = {"content-type": document.content_type or "application/xml"}
    if document.url:
        headers["content-location"] = document.url
    try:
        # What is in there is sanitised by us, when embeds were turned into links.
        return feedparser.parse(
            BytesIO(document.content), response_headers=headers, sanitize_html=False
        )
    except Exception as error:
        # It has no exception of its own: what is broken enough meets any of Python's.
        raise unreadable("document", f"cannot be read as a feed: {error!r}") from error


def _article(entry: Entry, feed: Entry, base: str | None) -> ImportedItem:
    link = _link(entry, base)
    if link is None:
        return Refused((Fault("link", "the entry has no address: no link, no guid that is one"),))
    body, summary = _texts(entry)
    keywords = [one.strip() for one in fitting.split_names(entry.get("media_keywords") or "")]
    played = [(one.get("href"), one.get("title")) for one in _enclosures(entry, *_PLAYED)]
    return fitting.article(
        external_id=entry.get("id"),
        url=link,
        title=_plain(entry.get("title_detail")) or entry.get("title"),
        summary=summary,
        **media_links.bodies(body.get("body"), body.get("body_html"), played),
        authors=_authors(entry),
        categories=[name for name in _tags(entry) if name not in keywords],
        keywords=keywords,
        published_at=_moment(entry, "published")
        or _moment(entry, "created")
        or _moment(entry, "updated"),
        updated_at=_moment(entry, "updated"),
        language=_language(entry) or feed.get("language"),
        images=_images(entry, base),
        license=_plain(entry.get("rights_detail")) or entry.get("license"),
        source_name=entry.get("source", {}).get("title") or _plain(feed.get("title_detail")),
    )


def _link(entry: Entry, base: str | None) -> str | None:
    alternates = (
        one.get("href") for one in entry.get("links", ()) if one.get("rel") in {"alternate", None}
    )
    enclosures = (one.get("href") for one in entry.get("enclosures", ()))
    candidates = (
        *(entry.get("feedburner_origlink"), entry.get("link"), *alternates, entry.get("id")),
        *enclosures,
    )
    for one in candidates:
        if whole := fitting.address(one, base if one and one != entry.get("id") else None):
            return whole
    return None


def _texts(entry: Entry) -> tuple[dict[str, str], str | None]:
    """The body, and the summary where there is a body besides."""
    contents = [one for one in entry.get("content", ()) if fitting.text(one.get("value"))]
    if contents:
        html = next((one for one in contents if _is_html(one)), contents[0])
        return _body(html), _plain(entry.get("summary_detail")) or entry.get("summary")
    detail = entry.get("summary_detail") or {"value": entry.get("summary") or ""}
    return (_body(detail) if fitting.text(detail.get("value")) else {}), None


def _body(content: Entry) -> dict[str, str]:
    return {"body_html" if _is_html(content) else "body": content["value"]}


def _is_html(content: Entry) -> bool:
    return "html" in (content.get("type") or "") or fitting.looks_like_html(content["value"])


def _plain(detail: Entry | None) -> str | None:
    return fitting.line(detail.get("value"), fitting.SUMMARY) if detail else None


def _authors(entry: Entry) -> list[str]:
    named = [one.get("name") for one in entry.get("authors", ()) if one.get("name")]
    if named:
        return [name for line in named for name in authors_of(line)]
    return authors_of(entry.get("author") or "") if "@" not in entry.get("author", "@") else []


def _tags(entry: Entry) -> Iterator[str]:
    return (tag.get("label") or tag.get("term") or "" for tag in entry.get("tags", ()))


def _moment(entry: Entry, name: str) -> str | None:
    """As feedparser read it, else as we do; the former knows more forms, the latter has limits."""
    # Its own `get` gives the one date for the other.
    parsed = dict.get(entry, f"{name}_parsed")
    if parsed:
        year, month, day, hour, minute, second = parsed[:6]
        return fitting.moment(f"{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
    return fitting.moment(dict.get(entry, name))


def _language(entry: Entry) -> str | None:
    details = (*entry.get("content", ()), entry.get("title_detail") or {})
    return next((one["language"] for one in details if one.get("language")), None)


def _enclosures(entry: Entry, *kinds: str) -> Iterator[Entry]:
    for one in (*entry.get("enclosures", ()), *_media(entry)):
        kind = one.get("medium") or (one.get("type") or "").partition("/")[0]
        if kind in kinds:
            yield one


def _media(entry: Entry) -> Iterator[Entry]:
    for one in entry.get("media_content", ()):
        yield {**one, "href": one.get("url")}


def _images(entry: Entry, base: str | None) -> list[dict[str, Any] | None]:
    credit = next((one.get("content") for one in entry.get("media_credit", ())), None)
    found = [
        fitting.image(
            one.get("href"), base, credit=credit, width=one.get("width"), height=one.get("height")
        )
        for one in _enclosures(entry, "image")
    ]
    if not any(found):
        found = [fitting.image(one.get("url"), base) for one in entry.get("media_thumbnail", ())]
    if not any(found) and isinstance(entry.get("image"), dict):
        found = [fitting.image(entry["image"].get("href"), base)]
    return found
