"""Makes values of other formats fit the article model.

What is optional and does not fit is left out; long lines are cut. What is required and missing is
a fault that names the field of the document.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from html import unescape
from typing import Any
from urllib.parse import quote, urljoin

from dateutil.parser import isoparse
from selectolax.lexbor import LexborHTMLParser

from services.ingest.adapters.html import SelectolaxHtmlReader
from services.ingest.domain.article import (
    BODY_BYTES,
    YEARS,
    is_visible,
    language_tag,
    web_address,
)
from services.ingest.domain.categories import SEPARATOR, category_path
from services.ingest.domain.imports import Fault, ImportedItem, Refused

NAME, TITLE, SUMMARY, ADDRESS = 200, 500, 2000, 2048
AUTHORS, CATEGORIES, KEYWORDS, IMAGES = 50, 50, 100, 100
TITLE_OF_TEXT = 80
"""A title made of the text has so many characters."""
NO_ADDRESS = "https://import.invalid/"
"""Before the publisher's own id, it is the `url` of what has no address on the web."""

_NO_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufeff\ufffe\uffff]")
_MARKUP = re.compile(r"<[a-zA-Z!/][^>]*>|&(?:#\d+|#x[0-9a-fA-F]+|[a-zA-Z][a-zA-Z0-9]*);")
_OFFSET = re.compile(r"([+-]\d\d)(\d\d)$")
_PAGE = re.compile(r"<(?:html|head|body)[\s>]", re.IGNORECASE)
_LARGEST = 100_000


def article(**values: Any) -> ImportedItem:  # noqa: ANN401  (whatever a document holds)
    """The fields of an article out of these values; a `Refused` where a required one is missing.

    `url` is to be absolute. A missing title is the beginning of the text, a missing text the
    summary or the title.
    """
    made: dict[str, Any] = {
        "external_id": _whole_line(values.get("external_id"), NAME),
        "url": address(values.get("url")),
        "title": line(values.get("title"), TITLE),
        "summary": line(values.get("summary"), SUMMARY),
        "body": text(values.get("body")),
        "body_html": html_part(values.get("body_html")),
        "authors": names(values.get("authors") or (), AUTHORS),
        "categories": category_paths(values.get("categories") or ()),
        "keywords": names(values.get("keywords") or (), KEYWORDS),
        "published_at": moment(values.get("published_at")),
        "updated_at": moment(values.get("updated_at")),
        "language": language(values.get("language")),
        "license": line(values.get("license"), TITLE),
        "source_name": line(values.get("source_name"), NAME),
        "place": line(values.get("place"), NAME),
    }
    pictures = distinct_images(values.get("images") or ())
    made["image"], made["media"] = (pictures[0], pictures[1:]) if pictures else (None, [])
    _fill_in(made)
    if faults := _faults(made):
        return Refused(tuple(faults))
    return {name: value for name, value in made.items() if value not in (None, "", [])}


def _fill_in(made: dict[str, Any]) -> None:
    if not made["body"] and not made["body_html"]:
        made["body"] = made["summary"] or made["title"]
    if not made["title"]:
        words = made["body"] or text_of(made["body_html"] or "")
        made["title"] = line(words, TITLE_OF_TEXT)
    if made["summary"] in (made["title"], made["body"]):
        made["summary"] = None


def _faults(made: Mapping[str, Any]) -> list[Fault]:
    faults = []
    if not made["url"]:
        faults.append(Fault("url", "there is no absolute http or https address"))
    if not made["title"]:
        faults.append(Fault("title", "there is neither a title nor a text"))
    too_long = (
        field
        for field in ("body", "body_html")
        if made[field] and len(made[field].encode()) > BODY_BYTES
    )
    return [*faults, *(Fault(field, f"is over {BODY_BYTES} bytes") for field in too_long)]


def text_of(html: str) -> str:
    """What a reader sees of HTML; empty where there is too much of it to be read."""
    try:
        return SelectolaxHtmlReader().read(html, NO_ADDRESS).text
    except ValueError:
        return ""


def text(value: object) -> str | None:
    """Text without characters that are none; None where nothing can be seen."""
    if not isinstance(value, str):
        return None
    clean = _NO_TEXT.sub("", value).strip()
    return clean if is_visible(clean) else None


def html_part(value: object) -> str | None:
    """As `text`; of a whole page its body alone."""
    clean = text(value)
    if clean and _PAGE.search(clean):
        body = LexborHTMLParser(clean).body
        return text(body.inner_html) if body else None
    return clean


def line(value: object, longest: int) -> str | None:
    """One line of plain text, cut between words; markup and character references are resolved."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        return None
    value = value[: 20 * longest]
    plain = text_of(value) if _MARKUP.search(value) else value
    clean = " ".join(_NO_TEXT.sub("", plain).replace("\xad", "").split())
    if not is_visible(clean):
        return None
    return clean if len(clean) <= longest else _cut(clean, longest)


def _cut(words: str, longest: int) -> str:
    start = words[: longest - 1]
    at_word = start.rsplit(" ", 1)[0]
    return f"{at_word if len(at_word) > longest // 2 else start}…"


def _whole_line(value: object, longest: int) -> str | None:
    """As `line`, but nothing that would have to be cut or is markup: an id is whole or none."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        return None
    clean = _NO_TEXT.sub("", value).strip()
    return clean if is_visible(clean) and len(clean) <= longest else None


def names(values: Iterable[object], most: int) -> list[str]:
    """Distinct lines, in order."""
    found = (line(value, NAME) for value in values)
    return list(dict.fromkeys(name for name in found if name))[:most]


def split_names(value: object) -> list[str]:
    """A list as it is; a text at its commas or semicolons."""
    if isinstance(value, str):
        return re.split(r"[;,\n]", unescape(value)) if re.search(r"[;,\n]", value) else [value]
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []


def category_paths(values: Iterable[object]) -> list[str]:
    """Names, or paths given as tuples of names."""
    found: dict[str, None] = {}
    for value in values:
        parts = value if isinstance(value, tuple) else (value,)
        lines = [line(part, NAME) for part in parts]
        try:
            path = category_path(SEPARATOR.join(one for one in lines if one))
        except ValueError:
            continue
        if len(path) <= NAME:
            found[path] = None
    return list(found)[:CATEGORIES]


def moment(value: object) -> str | None:
    """RFC 3339 in UTC out of ISO 8601 or RFC 822; without a zone UTC is assumed."""
    if not isinstance(value, str) or not value.strip():
        return None
    parsed = _parsed(value.strip())
    if parsed is None:
        return None
    try:
        utc = (parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)).astimezone(UTC)
    except (OverflowError, ValueError):
        return None
    return f"{utc:%Y-%m-%dT%H:%M:%SZ}" if YEARS[0] <= utc.year <= YEARS[1] else None


def _parsed(value: str) -> datetime | None:
    for read in (datetime.fromisoformat, _iso_8601, parsedate_to_datetime):
        try:
            return read(value)
        except (ValueError, TypeError, OverflowError, IndexError):
            continue
    return None


def _iso_8601(value: str) -> datetime:
    return isoparse(_OFFSET.sub(r"\1:\2", value.replace(" ", "T", 1).replace(" ", "")))


def language(value: object) -> str | None:
    if not isinstance(value, str) or not value.strip():
        return None
    try:
        return language_tag(value.strip().replace("_", "-"))
    except ValueError:
        return None


def address(value: object, base: str | None = None) -> str | None:
    """An absolute http(s) address, relative ones joined to `base`; None for anything else."""
    if not isinstance(value, str) or not value.strip():
        return None
    try:
        whole = urljoin(base or "", value.strip())
        if " " in whole:
            whole = whole.replace(" ", "%20")
        fits = len(whole) <= ADDRESS and not _NO_TEXT.search(whole)
        return web_address(whole) if fits else None
    except ValueError:
        return None


def own_address(identity: str, base: str | None = None) -> str:
    """An address for what has none: the publisher's own id, below `base` or import.invalid."""
    return urljoin(base or NO_ADDRESS, quote(identity, safe=""))


def image(
    url: object,
    base: str | None = None,
    *,
    caption: object = None,
    credit: object = None,
    width: object = None,
    height: object = None,
) -> dict[str, Any] | None:
    whole = address(url, base)
    if whole is None:
        return None
    made = {
        "url": whole,
        "caption": line(caption, SUMMARY),
        "credit": line(credit, TITLE),
        "width": pixels(width),
        "height": pixels(height),
    }
    return {name: value for name, value in made.items() if value is not None}


def pixels(value: object) -> int | None:
    try:
        number = int(float(str(value).removesuffix("px")))
    except (ValueError, OverflowError):
        return None
    return number if 1 <= number <= _LARGEST else None


def distinct_images(images: Iterable[Mapping[str, Any] | None]) -> list[Mapping[str, Any]]:
    found: dict[str, Mapping[str, Any]] = {}
    for one in images:
        if one:
            found.setdefault(one["url"], one)
    return list(found.values())[:IMAGES]


def looks_like_html(value: str) -> bool:
    return (
        re.search(r"</?(p|div|br|a|ul|ol|h\d|img|em|strong|blockquote|figure)\b", value) is not None
    )
