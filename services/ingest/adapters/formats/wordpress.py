"""WordPress posts as its REST API gives them: `/wp-json/wp/v2/posts?_embed`."""

from collections.abc import Mapping
from html import unescape
from typing import Any

from services.ingest.adapters.formats import fitting, json_text
from services.ingest.domain.imports import (
    Document,
    Fault,
    ImportedItem,
    Refused,
    unreadable,
)

PUBLISHED = {"publish", "future"}

Post = Mapping[str, Any]


def read(document: Document) -> list[ImportedItem]:
    value = json_text.parse(document.content)
    posts = value if isinstance(value, list) else [value]
    if not is_wordpress(posts):
        raise unreadable("document", "is no post of the WordPress REST API, nor a list of them")
    terms = _terms(posts)
    return [_article(post, terms) for post in posts]


def is_wordpress(value: object) -> bool:
    """Posts have a number, a link, and a title and content of an object each."""
    if isinstance(value, list):
        return bool(value) and is_wordpress(value[0])
    return (
        isinstance(value, dict)
        and isinstance(value.get("id"), int)
        and isinstance(value.get("title"), dict)
        and isinstance(value.get("content"), dict)
    )


def _terms(posts: list[Any]) -> dict[int, Post]:
    """All embedded categories, by number: a path may need one that another post has."""
    found = {}
    for post in posts:
        for term in _embedded_terms(post):
            if isinstance(term.get("id"), int):
                found[term["id"]] = term
    return found


def _embedded_terms(post: Post) -> list[Post]:
    groups = _embedded(post, "wp:term")
    return [term for group in groups if isinstance(group, list) for term in _objects(group)]


def _embedded(post: object, name: str) -> list[Any]:
    embedded = post.get("_embedded") if isinstance(post, dict) else None
    found = embedded.get(name) if isinstance(embedded, dict) else None
    return found if isinstance(found, list) else []


def _objects(values: list[Any]) -> list[Post]:
    return [one for one in values if isinstance(one, dict)]


def _article(post: object, terms: Mapping[int, Post]) -> ImportedItem:
    if not is_wordpress(post) or not isinstance(post, dict):
        return Refused((Fault("id", "is no post: its id, title or content is missing"),))
    content = post["content"]
    if content.get("protected"):
        return Refused((Fault("content.protected", "the post needs a password"),))
    status = post.get("status", "publish")
    if status not in PUBLISHED:
        return Refused((Fault("status", f"is {str(status)[: fitting.NAME]}, not publish"),))
    own = _embedded_terms(post)
    return fitting.article(
        external_id=_rendered(post.get("guid")) or post.get("link"),
        url=post.get("link"),
        title=_rendered(post["title"]),
        summary=_summary(post),
        body_html=_rendered(content),
        authors=[author.get("name") for author in _objects(_embedded(post, "author"))],
        categories=[_path(term, terms) for term in own if term.get("taxonomy") == "category"],
        keywords=[term.get("name") for term in own if term.get("taxonomy") == "post_tag"],
        published_at=_utc(post, "date"),
        updated_at=_utc(post, "modified"),
        language=post.get("lang"),
        images=[_image(one) for one in _objects(_embedded(post, "wp:featuredmedia"))],
    )


def _rendered(field: object) -> str | None:
    """`raw` is there only for who may edit; `rendered` is what readers see."""
    found = field.get("rendered") if isinstance(field, dict) else field
    return found if isinstance(found, str) else None


def _summary(post: Post) -> str | None:
    """What an editor wrote; WordPress itself cuts the text to `[…]`."""
    summary = fitting.line(_rendered(post.get("excerpt")), fitting.SUMMARY)
    return None if summary and summary.endswith(("[…]", "[...]")) else summary


def _utc(post: Post, name: str) -> str | None:
    moment = post.get(f"{name}_gmt")
    return fitting.moment(moment) or fitting.moment(post.get(name))


def _path(term: Post, terms: Mapping[int, Post]) -> tuple[str, ...]:
    """The names from the top; parents that are not in the document are left out."""
    names: list[str] = []
    seen: set[object] = set()
    one: Post | None = term
    while one is not None and one.get("id") not in seen:
        seen.add(one.get("id"))
        names.append(unescape(str(one.get("name") or "")).replace(">", "›"))
        parent = one.get("parent")
        one = terms.get(parent) if isinstance(parent, int) else _parent_by_link(one, terms)
    return tuple(reversed(names))


def _parent_by_link(term: Post, terms: Mapping[int, Post]) -> Post | None:
    """`…/category/news/economy/` lies below `…/category/news/`."""
    link = str(term.get("link") or "").rstrip("/")
    above = link.rpartition("/")[0]
    same = (one for one in terms.values() if one.get("taxonomy") == term.get("taxonomy"))
    return next((one for one in same if str(one.get("link") or "").rstrip("/") == above), None)


def _image(media: Post) -> dict[str, Any] | None:
    details = media.get("media_details")
    sizes = details if isinstance(details, dict) else {}
    return fitting.image(
        media.get("source_url"),
        caption=_rendered(media.get("caption")) or media.get("alt_text"),
        width=sizes.get("width"),
        height=sizes.get("height"),
    )
