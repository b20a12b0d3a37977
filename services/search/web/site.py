"""What the pages need besides the API's answers: the site's own facts and small formatting."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

RIGHT_TO_LEFT = frozenset(
    {"ar", "arc", "ckb", "dv", "fa", "he", "ku", "ps", "sd", "ug", "ur", "yi"}
)
SAMPLE_IMAGES = "/static/samples/"
Card = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Site:
    """Name and policy of the site; `image_sources` goes into the Content-Security-Policy."""

    name: str = "Dateline"
    tagline: str = "News, with a receipt"
    image_sources: str = "https:"

    @property
    def content_security_policy(self) -> str:
        return (
            "default-src 'none'; style-src 'self'; script-src 'self'; "
            f"img-src 'self' {self.image_sources}; form-action 'self'; "
            "base-uri 'none'; frame-ancestors 'none'"
        )


def direction(language: str | None) -> str:
    return "rtl" if (language or "").partition("-")[0] in RIGHT_TO_LEFT else "ltr"


def image_source(url: str) -> str | None:
    """A URL that the policy lets through as given; the samples' own by path, on whatever host."""
    parts = urlsplit(url)
    if parts.path.startswith(SAMPLE_IMAGES):
        return parts.path
    return url if parts.scheme in ("http", "https") else None


def day(moment: str) -> str:
    """An RFC 3339 moment as a day: 5 March 2026."""
    when = datetime.fromisoformat(moment)
    return f"{when.day} {when:%B %Y}"


def section_url(path: str) -> str:
    return "/section/" + "/".join(quote(part, safe="") for part in path.split(" > "))


def tag_url(slug: str) -> str:
    return f"/tag/{quote(slug, safe='')}"


def article_url(card: Card) -> str:
    return f"/article/{card['id']}"


def search_url(asked: Mapping[str, Any], **changes: Any) -> str:  # noqa: ANN401  (any value)
    """The search page with these changes; an empty value drops the parameter."""
    merged = {**asked, **changes}
    pairs = [(name, value) for name, value in merged.items() if value not in (None, "", [])]
    return f"/search?{urlencode(pairs, doseq=True)}"


def toggled(asked: Mapping[str, Any], facet: str, value: Mapping[str, Any]) -> str:
    """The search page with a facet's value chosen, or dropped when it is; back on page one."""
    chosen = [item for item in asked.get(facet, []) if item != value["filter"]]
    if not value["selected"]:
        chosen.append(value["filter"])
    return search_url(asked, **{facet: chosen, "page": None})


def paragraphs(text: str) -> Sequence[str]:
    return [part for part in (block.strip() for block in text.split("\n\n")) if part]
