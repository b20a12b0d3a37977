"""How the templates write what the API answers: addresses, dates, directions."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

RIGHT_TO_LEFT = frozenset(
    {"ar", "arc", "ckb", "dv", "fa", "he", "ku", "ps", "sd", "ug", "ur", "yi"}
)
SAMPLE_IMAGES = "/static/samples/"
Card = Mapping[str, Any]


def direction(language: str | None) -> str:
    return "rtl" if (language or "").partition("-")[0] in RIGHT_TO_LEFT else "ltr"


def sample_image(url: str) -> str | None:
    """The path of one of the samples' own images, on whatever host it is said to be."""
    path = urlsplit(url).path
    return path if path.startswith(SAMPLE_IMAGES) else None


def day(moment: str) -> str:
    """An RFC 3339 moment as a day: 5 March 2026."""
    when = datetime.fromisoformat(moment)
    return f"{when.day} {when:%B} {when.year}"


def month(value: str) -> str:
    """2026-03 as March 2026."""
    when = datetime.fromisoformat(f"{value}-01")
    return f"{when:%B} {when.year}"


def counted(number: int, noun: str) -> str:
    """1 article, 2,000 articles."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def last_part(path: str) -> str:
    return path.rpartition(" > ")[2]


def section_url(path: str) -> str:
    return "/section/" + "/".join(quote(part, safe="") for part in path.split(" > "))


def tag_url(slug: str) -> str:
    return f"/tag/{quote(slug, safe='')}"


def author_url(name: str) -> str:
    return f"/author/{quote(name, safe='')}"


def story_url(story_id: str) -> str:
    return f"/story/{quote(story_id, safe='')}"


def article_url(card: Card) -> str:
    return f"/article/{card['id']}"


def search_url(asked: Mapping[str, Any], **changes: Any) -> str:  # noqa: ANN401  (any value)
    """The search page with these changes; an empty value drops the parameter."""
    return "/search" + query_of({**asked, **changes})


def feed_url(feed: str, asked: Mapping[str, Any]) -> str:
    """A feed of what is asked; the order and the page are the feed's own."""
    return f"/{feed}" + query_of({**asked, "page": None, "sort": None})


def query_of(asked: Mapping[str, Any]) -> str:
    pairs = [(name, value) for name, value in asked.items() if value not in (None, "", [])]
    return f"?{urlencode(pairs, doseq=True)}" if pairs else ""


def toggled(asked: Mapping[str, Any], facet: str, value: Mapping[str, Any]) -> str:
    """The search page with a facet's value chosen, or dropped when it is; back on page one."""
    if value["selected"]:
        # A tag may have been asked for by its slug or by its name.
        chosen = [item for item in asked.get(facet, []) if item != value["filter"]]
        if len(chosen) == len(asked.get(facet, [])):
            chosen = []
    else:
        chosen = [*asked.get(facet, []), value["filter"]]
    return search_url(asked, **{facet: chosen, "page": None})


def dated(asked: Mapping[str, Any], period: Mapping[str, Any]) -> str:
    """The search page within a period of the histogram, or out of it again; back on page one."""
    ends = ("published_from", "published_to")
    chosen = {name: None if period["selected"] else period[name] for name in ends}
    return search_url(asked, **chosen, page=None)


def paragraphs(text: str) -> Sequence[str]:
    return [part for part in (block.strip() for block in text.split("\n\n")) if part]


def filter_of(value: str) -> str:
    """A value as the API takes it: commas separate, a leading minus excludes."""
    escaped = value.replace("\\", "\\\\").replace(",", "\\,")
    return f"\\{escaped}" if escaped.startswith("-") else escaped
