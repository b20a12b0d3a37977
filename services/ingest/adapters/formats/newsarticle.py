"""schema.org's `NewsArticle` and its kin as JSON-LD (https://schema.org/NewsArticle)."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from services.ingest.adapters.formats import fitting, json_text, media_links
from services.ingest.adapters.formats.bylines import authors_of
from services.ingest.domain.imports import Document, ImportedItem, unreadable

KINDS = frozenset(
    {
        *("Article", "NewsArticle", "AnalysisNewsArticle", "AskPublicNewsArticle"),
        *("BackgroundNewsArticle", "OpinionNewsArticle", "ReportageNewsArticle"),
        *("ReviewNewsArticle", "AdvertiserContentArticle", "Report", "SatiricalArticle"),
        *("ScholarlyArticle", "MedicalScholarlyArticle", "TechArticle", "APIReference"),
        *("SocialMediaPosting", "BlogPosting", "LiveBlogPosting", "DiscussionForumPosting"),
        *("Review", "CriticReview", "Recipe", "NewsMediaArticle"),
    }
)
"""What counts as an article; `Review` and `Recipe` only where they have a headline."""
_PLACES = ("mainEntity", "mainEntityOfPage", "@graph", "itemListElement", "item")
_DEPTH = 6

Thing = Mapping[str, Any]


def read(document: Document) -> list[ImportedItem]:
    value = json_text.parse(document.content)
    found = list(things(value))
    if not found and any(things(value, is_wanted=is_of_a_kind)):
        raise unreadable("headline", "is missing, and articleBody too")
    if not found:
        raise unreadable("@type", "there is no NewsArticle, nor another kind of article")
    return [fitting.article(**fields(one, document.url)) for one in found]


def is_of_a_kind(thing: Thing) -> bool:
    types = (str(kind) for kind in _listed(thing.get("@type")))
    return not KINDS.isdisjoint(re.split(r"[/:#]", kind)[-1] for kind in types)


def is_article(thing: Thing) -> bool:
    return is_of_a_kind(thing) and bool(thing.get("headline") or thing.get("articleBody"))


def things(
    value: object, depth: int = 0, *, is_wanted: Callable[[Thing], bool] = is_article
) -> Iterator[Thing]:
    """The articles in a JSON-LD value, wherever it is usual to put them."""
    if depth > _DEPTH:
        return
    if isinstance(value, list):
        for one in value:
            yield from things(one, depth + 1, is_wanted=is_wanted)
    elif isinstance(value, dict):
        if is_wanted(value):
            yield value
            return
        for name in _PLACES:
            yield from things(value.get(name), depth + 1, is_wanted=is_wanted)


def fields(thing: Thing, base: str | None) -> dict[str, Any]:
    """Everything but what only a page can add."""
    url = url_of(thing, base)
    body = _text(thing.get("articleBody") or thing.get("text"))
    html = body if body and fitting.looks_like_html(body) else None
    played = [
        (video.get("embedUrl") or video.get("contentUrl") or video.get("url"), video.get("name"))
        for name in ("video", "audio")
        for video in _objects(thing.get(name))
    ]
    identity = _identity(thing)
    return {
        "external_id": identity,
        "url": url or (fitting.own_address(identity, base) if identity else None),
        "title": _text(thing.get("headline")) or _text(thing.get("name")),
        "summary": _text(thing.get("description")),
        **media_links.bodies(None if html else body, html, played),
        "authors": authors(thing),
        "categories": _names(thing.get("articleSection")),
        "keywords": keywords(thing),
        "published_at": _text(thing.get("datePublished")) or _text(thing.get("dateCreated")),
        "updated_at": _text(thing.get("dateModified")),
        "language": next(iter(_names(thing.get("inLanguage"))), None),
        "images": images(thing, base),
        "license": _text(thing.get("license")) or _text(thing.get("copyrightNotice")),
        "source_name": next(iter(_names(thing.get("publisher"))), None),
        "place": _place(thing),
    }


def url_of(thing: Thing, base: str | None) -> str | None:
    page = thing.get("mainEntityOfPage")
    page = page.get("@id") or page.get("url") if isinstance(page, dict) else page
    candidates = (thing.get("url"), page, thing.get("@id"))
    found = (fitting.address(one, base) for one in candidates if _is_address(one))
    return next(filter(None, found), None) or fitting.address(base)


def _is_address(value: object) -> bool:
    """`@id` is often a mere name such as `#article`."""
    return (
        isinstance(value, str)
        and value.startswith(("http://", "https://", "/"))
        and "#" not in value
    )


def _identity(thing: Thing) -> str | None:
    identifier = thing.get("identifier")
    if isinstance(identifier, dict):
        identifier = identifier.get("value")
    return str(identifier) if isinstance(identifier, str | int) and identifier != "" else None


def authors(thing: Thing) -> list[str]:
    given = _names(thing.get("author")) or _names(thing.get("creator"))
    lines = [one for one in given if not one.startswith(("http://", "https://")) and "@" not in one]
    return [name for line in lines for name in (authors_of(line) if len(lines) == 1 else [line])]


def keywords(thing: Thing) -> list[str]:
    given = thing.get("keywords")
    if isinstance(given, str):
        return fitting.split_names(given)
    listed = [one for name in _names(given) for one in fitting.split_names(name)]
    # Yoast and others write type:value pairs for machines among them.
    return [*listed, *_names(thing.get("about"))]


def images(thing: Thing, base: str | None) -> list[dict[str, Any] | None]:
    found: list[dict[str, Any] | None] = []
    for one in _listed(thing.get("image")):
        if isinstance(one, str):
            found.append(fitting.image(one, base))
        elif isinstance(one, dict):
            found.append(
                fitting.image(
                    one.get("url") or one.get("contentUrl"),
                    base,
                    caption=_text(one.get("caption")) or _text(one.get("description")),
                    credit=_text(one.get("creditText")) or _text(one.get("copyrightHolder")),
                    width=_size(one.get("width")),
                    height=_size(one.get("height")),
                )
            )
    return found


def _size(value: object) -> object:
    return value.get("value") if isinstance(value, dict) else value


def _place(thing: Thing) -> str | None:
    dateline = _text(thing.get("dateline"))
    located = [*_names(thing.get("locationCreated")), *_names(thing.get("contentLocation"))]
    return dateline or next(iter(located), None)


def _text(value: object) -> str | None:
    if isinstance(value, list):
        value = next((one for one in value if one), None)
    if isinstance(value, dict):
        value = value.get("@value") or value.get("name") or value.get("url") or value.get("@id")
    return fitting.text(value)


def _names(value: object) -> list[str]:
    return [name for one in _listed(value) if (name := _text(one))]


def _listed(value: object) -> list[Any]:
    if value is None or value == "":
        return []
    return value if isinstance(value, list) else [value]


def _objects(value: object) -> list[Thing]:
    return [one for one in _listed(value) if isinstance(one, dict)]
