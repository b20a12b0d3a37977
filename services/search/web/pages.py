"""The pages of the reading site, each made of a few questions to the query API."""

import asyncio
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from services.search.web import formatting
from services.search.web.api_client import ApiClient, ApiError
from services.search.web.formatting import filter_of
from services.search.web.site import Site

STATIC = Path(__file__).with_name("static")
FACETS = ("category", "tag", "author", "publisher", "language", "year")
ASKED = ("q", *FACETS, "published_from", "published_to", "sort", "page", "typos")
SECTIONS_ON_HOME, ON_TOP, IN_A_BLOCK = 6, 7, 4
ALSO_LIKE, READ_NEXT, NEW_ARTICLES, MOST_READ = 5, 8, 10, 5
RELATED = 20
NEWEST = NEW_ARTICLES + ALSO_LIKE + READ_NEXT + 1
PAGE_SIZE = 20
VALUES = 12
MAX_QUESTION = 8_000
"""Characters of the question in an address, escaped."""
JSON_LD = "application/ld+json"
Card = Mapping[str, Any]

PROBLEMS = {
    400: ("We could not read that question", "Try fewer or other words, or an earlier page."),
    414: ("That question is too long", "Try fewer words and filters."),
    404: (
        "Nothing is here",
        "The address may be mistyped or old, or the article is not published yet.",
    ),
    410: (
        "This article was withdrawn",
        "Its publisher took it back. It is gone from our lists, from search and from our feeds.",
    ),
    503: (
        "We will be right back",
        "The archive is not answering just now. Nothing is lost; please try again in a moment.",
    ),
}


class Pages:
    """Asks the API and renders the answers."""

    def __init__(self, api: ApiClient, site: Site) -> None:
        self._api = api
        self._site = site
        self._templates = Environment(
            loader=PackageLoader("services.search.web"),
            autoescape=select_autoescape(),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.globals |= {"site": site, "web": formatting, "asset": _asset()}
        self._templates.globals["image_source"] = self._image_source

    async def home(self) -> Response:
        latest, most_read, sections = await asyncio.gather(
            self._newest(NEW_ARTICLES),
            self._api.get("/v1/most-viewed", window="7d", limit=MOST_READ),
            self._sections(),
        )
        shown = [section for section in sections if section["count"]][:SECTIONS_ON_HOME]
        lists = await asyncio.gather(
            *(self._newest(ON_TOP + IN_A_BLOCK, category=filter_of(one["path"])) for one in shown)
        )
        top = latest[:ON_TOP]
        return await self._page(
            "home.html",
            sections=sections,
            top=top,
            latest=latest,
            most_read=most_read["items"],
            blocks=_blocks(shown, lists, top),
        )

    async def section(self, path: str, page: str) -> Response:
        name = " > ".join(path.split("/"))
        found, latest, sections = await self._listed(page, category=filter_of(name))
        known = any(section["path"] == name for section in sections)
        if not found["total"] and not known:
            raise ApiError(404)
        parts = name.split(" > ")
        crumbs = [(part, " > ".join(parts[: end + 1])) for end, part in enumerate(parts)]
        return await self._page(
            "section.html",
            sections=sections,
            name=name,
            found=found,
            latest=latest,
            here=parts[0],
            crumbs=crumbs,
            children=_children(sections, name),
            filters={"category": filter_of(name)},
        )

    async def tag(self, slug: str, page: str) -> Response:
        about = await self._api.get_or_none(f"/v1/tags/{quote(slug, safe='')}")
        if about and slug in about["aliases"]:
            return RedirectResponse(formatting.tag_url(about["slug"]), 308)
        found, latest, sections = await self._listed(
            page, tag=filter_of(slug), facets="tag", facet_size=1
        )
        if not found["total"]:
            raise ApiError(404)
        chosen = [one["value"] for one in found["facets"]["tag"] if one["selected"]]
        return await self._page(
            "listing.html",
            sections=sections,
            title=chosen[0] if chosen else slug,
            what="with this tag",
            found=found,
            latest=latest,
            address=formatting.tag_url(slug),
            filters={"tag": filter_of(slug)},
        )

    async def author(self, name: str, page: str) -> Response:
        found, latest, sections = await self._listed(page, author=filter_of(name))
        if not found["total"]:
            raise ApiError(404)
        return await self._page(
            "listing.html",
            sections=sections,
            title=name,
            what="by this author",
            found=found,
            latest=latest,
            address=formatting.author_url(name),
            filters={"author": filter_of(name)},
        )

    async def story(self, story_id: str) -> Response:
        story, sections = await asyncio.gather(
            self._api.get(_story_address(story_id)), self._sections()
        )
        if not story["items"]:
            raise ApiError(404)
        return await self._page("story.html", sections=sections, cards=story["items"])

    async def article(self, article_id: str, base: str) -> Response:
        """The page of one article; `base` is where the reader reaches the site."""
        address = f"/v1/articles/{quote(article_id, safe='')}"
        article, related, latest, described, sections = await asyncio.gather(
            self._api.get(address),
            self._api.get(f"{address}/related", limit=RELATED),
            self._newest(NEWEST),
            self._api.get(address, accept=JSON_LD),
            self._sections(),
        )
        described.pop("articleBody", None)  # It stands on the page already.
        ours = base + formatting.article_url(article)
        canonical = ours if self._site.canonical == "site" else article["url"]
        described["mainEntityOfPage"] = canonical
        return await self._page(
            "article.html",
            sections=sections,
            article=article,
            described=described,
            canonical=canonical,
            base=base,
            lists=await self._lists(article, related["items"], latest),
            story=await self._story_of(article),
        )

    async def search(self, request: Request) -> Response:
        asked = asked_of(request)
        found, sections = await asyncio.gather(
            self._api.get(
                "/v1/search",
                **asked,
                facets=",".join((*FACETS, "published_at")),
                facet_size=VALUES,
                highlight="true",
            ),
            self._sections(),
        )
        instead = [] if found["hits"] else await self._newest(ALSO_LIKE)
        return await self._page(
            "search.html",
            sections=sections,
            asked=asked,
            found=found,
            facets=FACETS,
            latest=instead,
        )

    async def problem(self, status: int, headers: Mapping[str, str] | None = None) -> Response:
        title, text = PROBLEMS.get(status, PROBLEMS[503])
        try:
            sections = await self._sections()
            latest = await self._newest(ALSO_LIKE)
        except ApiError:
            sections, latest = [], []
        page = await self._page(
            "problem.html", status=status, sections=sections, title=title, text=text, latest=latest
        )
        page.headers.update({"Cache-Control": "no-store", **(headers or {})})
        return page

    async def _lists(
        self, article: Mapping[str, Any], related: list[Card], latest: list[Card]
    ) -> dict[str, list[Card]]:
        """The lists beside an article; its section goes on where too little is related."""
        beside = list(related)
        if len(beside) < ALSO_LIKE + READ_NEXT and article["categories"]:
            section = article["categories"][0]
            more = await self._newest(RELATED, category=filter_of(section))
            reason = f"Also in {formatting.last_part(section)}"
            beside += [{**card, "reason": reason} for card in more]
        newest = _distinct(latest, without={article["id"]})
        # What stands beside the article already comes last.
        rest = newest[NEW_ARTICLES:] + newest[:NEW_ARTICLES]
        beside += [{**card, "reason": "Among the newest"} for card in rest]
        beside = _distinct(beside, without={article["id"]})
        return {
            "also_like": beside[:ALSO_LIKE],
            "read_next": beside[ALSO_LIKE : ALSO_LIKE + READ_NEXT],
            "latest": newest[:NEW_ARTICLES],
        }

    async def _story_of(self, article: Mapping[str, Any]) -> str | None:
        """The id of a story of several articles."""
        story_id: str | None = article["enrichment"]["story_id"]
        if not story_id:
            return None
        story = await self._api.get_or_none(_story_address(story_id))
        return story_id if story and len(story["items"]) > 1 else None

    async def _listed(
        self,
        page: str,
        **asked: Any,  # noqa: ANN401  (any value)
    ) -> tuple[dict[str, Any], list[Card], list[dict[str, Any]]]:
        found, latest, sections = await asyncio.gather(
            self._api.get("/v1/search", sort="newest", page=page, page_size=PAGE_SIZE, **asked),
            self._newest(NEW_ARTICLES),
            self._sections(),
        )
        return found, latest, sections

    async def _newest(self, limit: int, **filters: str) -> list[Card]:
        answer = await self._api.get("/v1/latest", limit=limit, **filters)
        cards: list[Card] = answer["items"]
        return cards

    async def _sections(self) -> list[dict[str, Any]]:
        """Top categories: those of the settings in their order, else the largest first."""
        known = {one["path"]: one for one in (await self._api.get("/v1/categories"))["items"]}
        if not self._site.sections:
            return list(known.values())
        return [known.get(path) or _empty_section(path) for path in self._site.sections]

    def _image_source(self, url: str) -> str | None:
        return formatting.sample_image(url) or (url if self._site.allows_image(url) else None)

    async def _page(self, template: str, *, status: int = 200, **values: Any) -> Response:  # noqa: ANN401  (a template's values)
        # Not on the event loop: a long list or body takes a while.
        html = await asyncio.to_thread(
            self._templates.get_template(template).render,
            {"asked": {}, "here": "", "status": status, **values},
        )
        headers = {
            "Content-Security-Policy": self._site.content_security_policy,
            "Referrer-Policy": "strict-origin-when-cross-origin",
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "max-age=5, stale-while-revalidate=30",
        }
        return HTMLResponse(html, status_code=status, headers=headers)


def asked_of(request: Request) -> dict[str, Any]:
    """The parameters of a search that a reader's address has; what we do not know is left out.

    Every filter of a page leads on to the whole question: a long one would make a very large page.

    Raises:
        ApiError: the question is too long.
    """
    asked: dict[str, Any] = {}
    for name in ASKED:
        values = [value for value in request.query_params.getlist(name) if value]
        if values:
            asked[name] = values if name in FACETS else values[-1]
    if len(formatting.query_of(asked)) > MAX_QUESTION:
        raise ApiError(414)
    return asked


def _asset() -> Mapping[str, str]:
    """Addresses of our own files that change with what is in them, so that they keep for long."""
    return {
        name: f"/static/{name}?v={hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:10]}"
        for name in ("site.css", "site.js", "icon.svg")
    }


def _blocks(
    sections: Iterable[Mapping[str, Any]], lists: Iterable[list[Card]], top: list[Card]
) -> Iterator[tuple[Mapping[str, Any], list[Card]]]:
    """Each section with articles that do not stand on the page yet, where it has others."""
    seen = {card["id"] for card in top}
    for section, cards in zip(sections, lists, strict=True):
        chosen = (_distinct(cards, without=seen) or cards)[:IN_A_BLOCK]
        seen |= {card["id"] for card in chosen}
        yield section, chosen


def _story_address(story_id: str) -> str:
    return f"/v1/stories/{quote(story_id, safe='')}"


def _distinct(cards: Iterable[Card], *, without: set[str]) -> list[Card]:
    by_id: dict[str, Card] = {}
    for card in cards:
        by_id.setdefault(card["id"], card)
    return [card for card_id, card in by_id.items() if card_id not in without]


def _empty_section(path: str) -> dict[str, Any]:
    return {"name": formatting.last_part(path), "path": path, "count": 0, "children": []}


def _children(sections: list[dict[str, Any]], path: str) -> list[dict[str, Any]]:
    for section in sections:
        if section["path"] == path:
            return list(section["children"])
        if path.startswith(section["path"] + " > "):
            return _children(section["children"], path)
    return []
