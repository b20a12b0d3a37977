"""The pages of the reading site, each made of one or two questions to the query API."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx
from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import HTMLResponse, Response
from fastapi.staticfiles import StaticFiles
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from services.search.web import site as formatting
from services.search.web.site import Site

STATIC = Path(__file__).with_name("static")
FACETS = ("category", "tag", "author", "language", "year")
MULTIPLE = frozenset(FACETS)
ASKED = (
    "q",
    "category",
    "tag",
    "author",
    "publisher",
    "language",
    "year",
    "published_from",
    "published_to",
    "sort",
    "page",
    "typos",
)
SECTIONS_ON_HOME = 6
RELATED, LATEST = 5, 10

TITLES = {
    400: ("We could not read that question", "Try fewer or other words."),
    404: ("Nothing is here", "The address may be old, or the article is not published yet."),
    410: ("This article was withdrawn", "Its publisher took it back."),
    503: ("We will be right back", "The archive is not answering just now. Please try again soon."),
}


class ApiError(Exception):
    """The API answered with a problem; `status` decides which page says so."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class Pages:
    """Asks the API and renders the answers."""

    def __init__(self, app: FastAPI, site: Site) -> None:
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        self._api = httpx.AsyncClient(transport=transport, base_url="http://site.internal")
        self._site = site
        self._templates = Environment(
            loader=PackageLoader("services.search.web"),
            autoescape=select_autoescape(),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.globals |= {"site": site, "web": formatting}

    async def home(self) -> Response:
        latest, sections = await asyncio.gather(
            self._get("/v1/latest", limit=LATEST + 4), self._sections()
        )
        shown = sections[:SECTIONS_ON_HOME]
        lists = await asyncio.gather(
            *(self._get("/v1/latest", category=_filter(one["path"]), limit=4) for one in shown)
        )
        blocks = [(section, answer["items"]) for section, answer in zip(shown, lists, strict=True)]
        return self._page("home.html", sections=sections, latest=latest["items"], blocks=blocks)

    async def section(self, path: str, page: str) -> Response:
        name = " > ".join(path.split("/"))
        found, sections = await asyncio.gather(
            self._get("/v1/search", category=_filter(name), page=page, page_size=20),
            self._sections(),
        )
        if not found["total"]:
            raise ApiError(404)
        parts = name.split(" > ")
        crumbs = [(part, " > ".join(parts[: end + 1])) for end, part in enumerate(parts)]
        children = _children(sections, name)
        return self._page(
            "section.html", sections=sections, name=name, found=found, crumbs=crumbs,
            children=children,
        )  # fmt: skip

    async def tag(self, slug: str, page: str) -> Response:
        found, sections = await asyncio.gather(
            self._get("/v1/search", tag=_filter(slug), page=page, page_size=20), self._sections()
        )
        if not found["total"]:
            raise ApiError(404)
        name = self._tag_name(found, slug)
        return self._page("tag.html", sections=sections, name=name, slug=slug, found=found)

    @staticmethod
    def _tag_name(found: Mapping[str, Any], slug: str) -> str:
        """The name as readers know it: the tag that all hits share."""
        names = [set(hit["article"]["tags"]) for hit in found["hits"]]
        shared = set.intersection(*names) if names else set()
        plain = slug.replace("-", " ").casefold()
        return next((name for name in sorted(shared) if name.casefold() == plain), slug)

    async def article(self, article_id: str) -> Response:
        article, sections = await asyncio.gather(
            self._get(f"/v1/articles/{article_id}", include="related,latest"), self._sections()
        )
        return self._page(
            "article.html",
            sections=sections,
            article=article,
            related=article.get("related", [])[:RELATED],
            latest=[one for one in article.get("latest", []) if one["id"] != article["id"]],
        )

    async def search(self, request: Request) -> Response:
        asked: dict[str, Any] = {}
        for name in ASKED:
            values = [value for value in request.query_params.getlist(name) if value]
            if values:
                asked[name] = values if name in MULTIPLE else values[-1]
        found, sections = await asyncio.gather(
            self._get(
                "/v1/search", **asked, facets=",".join(FACETS), facet_size=12, highlight="true"
            ),
            self._sections(),
        )
        return self._page("search.html", sections=sections, asked=asked, found=found, facets=FACETS)

    async def problem(self, status: int) -> Response:
        title, text = TITLES.get(status, TITLES[503])
        try:
            sections = await self._sections()
        except ApiError:
            sections = []
        return self._page("problem.html", status=status, sections=sections, title=title, text=text)

    async def _sections(self) -> list[dict[str, Any]]:
        return list((await self._get("/v1/categories"))["items"])

    async def _get(self, path: str, **params: Any) -> dict[str, Any]:  # noqa: ANN401  (any value)
        answer = await self._api.get(path, params=params)
        if answer.status_code != httpx.codes.OK:
            raise ApiError(answer.status_code)
        body: dict[str, Any] = answer.json()
        return body

    def _page(self, template: str, *, status: int = 200, **values: Any) -> Response:  # noqa: ANN401  (a template's values)
        html = self._templates.get_template(template).render(**{"asked": {}, **values})
        headers = {
            "Content-Security-Policy": self._site.content_security_policy,
            "Referrer-Policy": "strict-origin-when-cross-origin",
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "max-age=5, stale-while-revalidate=30",
        }
        return HTMLResponse(html, status_code=status, headers=headers)


def create_router(app: FastAPI, site: Site | None = None) -> APIRouter:
    """The routes of the pages and their static files; they ask `app` like any frontend does."""
    router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
    pages = Pages(app, site or Site())

    @router.get("/")
    async def home() -> Response:
        return await pages.home()

    @router.get("/section/{path:path}")
    async def section(path: str, page: str = "1") -> Response:
        return await pages.section(path, page)

    @router.get("/tag/{slug}")
    async def tag(slug: str, page: str = "1") -> Response:
        return await pages.tag(slug, page)

    @router.get("/article/{article_id}")
    async def article(article_id: str) -> Response:
        return await pages.article(article_id)

    @router.get("/search")
    async def search(request: Request) -> Response:
        return await pages.search(request)

    @app.exception_handler(ApiError)
    async def on_problem(_: Request, error: ApiError) -> Response:
        return await pages.problem(error.status)

    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    return router


def _filter(value: str) -> str:
    """A value as the API takes it: commas separate, a leading minus excludes."""
    escaped = value.replace("\\", "\\\\").replace(",", "\\,")
    return f"\\{escaped}" if escaped.startswith("-") else escaped


def _children(sections: list[dict[str, Any]], path: str) -> list[dict[str, Any]]:
    for section in sections:
        if section["path"] == path:
            return list(section["children"])
        if path.startswith(section["path"] + " > "):
            return _children(section["children"], path)
    return []
