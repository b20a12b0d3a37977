"""What leaves the site for other programs: RSS, Atom, JSON Feed, a sitemap, robots.txt.

A feed takes the parameters of the search page, so that any query, section, tag or author has one.
"""

import asyncio
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from html import escape
from typing import Any

import orjson
from fastapi import APIRouter, Request
from fastapi.responses import Response
from jinja2 import Environment, PackageLoader, StrictUndefined

from services.search.web import formatting
from services.search.web.api_client import ApiClient
from services.search.web.pages import FACETS, asked_of
from services.search.web.site import Site
from shared.http import link_header

Card = Mapping[str, Any]

GET = ["GET", "HEAD"]
ITEMS = 50
SITEMAP_ARTICLES, SITEMAP_PAGE = 1000, 100
NEWS_DAYS = 2
"""Search engines take an article for news for so long; older ones stand in the sitemap without."""
MEDIA_TYPES = {
    "feed.xml": "application/rss+xml",
    "feed.atom": "application/atom+xml",
    "feed.json": "application/feed+json",
}
TEMPLATES = {"feed.xml": "rss.xml", "feed.atom": "atom.xml"}
CACHE_CONTROL = "max-age=60, stale-while-revalidate=300"
# https://www.w3.org/TR/xml/#charsets: no XML may have any other character, escaped or not.
_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# Google's two exceptions from "an ISO 639 code": Chinese by how it is written.
_CHINESE = frozenset({"zh", "cmn", "chi", "zho"})
_TRADITIONAL = frozenset({"hant", "tw", "hk", "mo"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A feed before it is written; addresses are absolute, `updated` is RFC 3339."""

    title: str
    description: str
    address: str
    page: str
    base: str
    hub: str | None
    updated: str | None
    items: list[Card]


class Feeds:
    """Asks the API and writes the answers."""

    def __init__(self, api: ApiClient, site: Site) -> None:
        self._api = api
        self._site = site
        self._templates = Environment(
            loader=PackageLoader("services.search.web"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            finalize=_as_xml,
        )
        self._templates.globals |= {
            "site": site,
            "web": formatting,
            "rfc822": _rfc822,
            "name_of": _name_of,
            "absolute": _absolute,
            "news_language": _news_language,
            "as_html": _as_html,
        }

    async def feed(self, request: Request, kind: str) -> Response:
        """The newest articles that match, as `kind` of `MEDIA_TYPES`."""
        feed = await self._feed(request, kind)
        if kind == "feed.json":
            body = orjson.dumps(_json_feed(feed))
        else:
            body = await self._rendered(TEMPLATES[kind], feed=feed)
        response = _conditional(request, body, MEDIA_TYPES[kind])
        links = [f'<{feed.address}>; rel="self"']
        hub = [f'<{feed.hub}>; rel="hub"'] if feed.hub else []
        response.headers.update(link_header([*links, *hub]) or link_header(hub))
        return response

    async def sitemap(self, request: Request) -> Response:
        """The newest thousand, where their pages here are canonical; of two days as news."""
        items: list[Card] = []
        listed = SITEMAP_ARTICLES if self._site.canonical == "site" else 0
        for page in range(1, listed // SITEMAP_PAGE + 1):
            found = await self._api.get(
                "/v1/search",
                sort="newest",
                page=page,
                page_size=SITEMAP_PAGE,
                fields="id,title,language,published_at,updated_at",
                highlight="false",
            )
            items += [hit["article"] for hit in found["hits"]]
            if page >= found["pages"]:
                break
        since = datetime.now(UTC) - timedelta(days=NEWS_DAYS)
        body = await self._rendered(
            "sitemap.xml",
            base=self._base(request),
            items=items,
            news_since=f"{since:%Y-%m-%dT%H:%M:%SZ}",
        )
        return _conditional(request, body, "application/xml")

    def robots(self, request: Request) -> Response:
        text = f"User-agent: *\nDisallow: /search\n\nSitemap: {self._base(request)}/sitemap.xml\n"
        return _conditional(request, text.encode(), "text/plain; charset=utf-8")

    async def _feed(self, request: Request, kind: str) -> Feed:
        asked = {
            name: value for name, value in asked_of(request).items() if name not in {"page", "sort"}
        }
        filtered = [facet for facet in FACETS if facet in asked]
        found = await self._api.get(
            "/v1/search",
            **asked,
            sort="newest",
            page_size=ITEMS,
            highlight="false",
            facets=",".join(filtered),
            facet_size=1,
        )
        items = [hit["article"] for hit in found["hits"]]
        chosen = [
            one["value"] for facet in filtered for one in found["facets"][facet] if one["selected"]
        ]
        about = ", ".join(filter(None, [asked.get("q"), *chosen]))
        base = self._base(request)
        return Feed(
            title=f"{self._site.name}: {about}" if about else self._site.name,
            description=self._site.tagline or self._site.name,
            address=base + formatting.feed_url(kind, asked),
            page=base + (formatting.search_url(asked) if asked else "/"),
            base=base,
            hub=self._site.hub,
            updated=max((one["updated_at"] or one["published_at"] for one in items), default=None),
            items=items,
        )

    def _base(self, request: Request) -> str:
        return self._site.base(str(request.base_url))

    async def _rendered(self, template: str, **values: Any) -> bytes:  # noqa: ANN401  (a template's values)
        """Not on the event loop: a thousand articles take a while."""
        text = await asyncio.to_thread(self._templates.get_template(template).render, values)
        return text.encode()


def create_router(api: ApiClient, site: Site) -> APIRouter:
    """Feeds ignore parameters they do not know, as pages do."""
    router = APIRouter(include_in_schema=False)
    feeds = Feeds(api, site)

    @router.api_route("/feed.xml", methods=GET)
    async def rss(request: Request) -> Response:
        return await feeds.feed(request, "feed.xml")

    @router.api_route("/feed.atom", methods=GET)
    async def atom(request: Request) -> Response:
        return await feeds.feed(request, "feed.atom")

    @router.api_route("/feed.json", methods=GET)
    async def json_feed(request: Request) -> Response:
        return await feeds.feed(request, "feed.json")

    @router.api_route("/sitemap.xml", methods=GET)
    async def sitemap(request: Request) -> Response:
        return await feeds.sitemap(request)

    @router.api_route("/robots.txt", methods=GET)
    async def robots(request: Request) -> Response:
        return feeds.robots(request)

    return router


def _json_feed(feed: Feed) -> dict[str, Any]:
    """https://www.jsonfeed.org/version/1.1/."""
    made = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "description": feed.description,
        "home_page_url": feed.page,
        "feed_url": feed.address,
        "hubs": [{"type": "WebSub", "url": feed.hub}] if feed.hub else None,
    }
    items = [_json_item(feed, item) for item in feed.items]
    return {**{name: value for name, value in made.items() if value}, "items": items}


def _json_item(feed: Feed, item: Card) -> dict[str, Any]:
    image = item["image"] or {}
    made = {
        "id": _name_of(item),
        "url": feed.base + formatting.article_url(item),
        "external_url": item["url"],
        "title": item["title"],
        # One of content_text and content_html must be there.
        "content_text": item["summary"] or item["title"],
        "summary": item["summary"],
        "image": _absolute(feed, image["url"]) if image.get("url") else None,
        "date_published": item["published_at"],
        "date_modified": item["updated_at"],
        "authors": [{"name": name} for name in item["authors"]],
        "tags": [*item["categories"], *item["tags"]],
        "language": item["language"],
    }
    return {name: value for name, value in made.items() if value}


def _conditional(request: Request, body: bytes, media_type: str) -> Response:
    """The body, or 304 where the caller has it already."""
    tag = f'W/"{hashlib.sha256(body).hexdigest()[:24]}"'
    headers = {"ETag": tag, "Cache-Control": CACHE_CONTROL, "X-Content-Type-Options": "nosniff"}
    if tag.removeprefix("W/") in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=media_type, headers=headers)


def _name_of(item: Card) -> str:
    """The same on every host, so that a reader program does not show an article twice."""
    return f"urn:dateline:article:{item['id']}"


def _absolute(feed: Feed, url: str) -> str:
    sample = formatting.sample_image(url)
    return feed.base + sample if sample else url


def _rfc822(moment: str) -> str:
    return format_datetime(datetime.fromisoformat(moment).astimezone(UTC), usegmt=True)


def _news_language(language: str | None) -> str:
    """A code as Google's page on news sitemaps asks for it."""
    primary, *rest = (language or "en").lower().split("-")
    if primary not in _CHINESE:
        return primary
    if "hans" in rest:
        return "zh-cn"
    return "zh-cn" if _TRADITIONAL.isdisjoint(rest) else "zh-tw"


def _as_html(text: str) -> str:
    """Plain text as the HTML that a description is taken for; XML escapes it once more."""
    return escape(text, quote=False)


def _as_xml(value: Any) -> Any:  # noqa: ANN401  (whatever a template writes)
    return _NO_XML.sub("", value) if isinstance(value, str) else value
