"""Single articles, the lists beside them, and the names that a reader may choose from."""

from __future__ import annotations

import re
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from services.search.api import models
from services.search.api.answers import QueryRoute, answer
from services.search.api.parameters import (
    FILTER,
    INCLUDED,
    Limit,
    Many,
    read_category,
    read_hours,
    read_limit,
    read_names,
)
from services.search.domain.filters import ParameterError
from services.search.domain.news_article import news_article
from services.search.domain.ninjs import ninjs
from services.search.domain.readers import Reader
from services.search.domain.reading import within_length
from services.search.use_cases.read_articles import ReadArticles
from services.search.use_cases.read_synonyms import ReadSynonyms
from services.search.use_cases.suggest_names import SuggestNames
from shared.http import PROBLEM_RESPONSES, ProblemError

JSON_LD = "application/ld+json"
NINJS_JSON = "application/ninjs+json"
# No media type is registered for it; agencies use several.
NINJS = re.compile(r"application/(?:[\w.-]+\.)?ninjs\+json")
BESIDE_RELATED = 6
BESIDE_LATEST = 10
MOST_IDS = 100
Include = Annotated[Many, Query(description=f"Lists to add: {', '.join(INCLUDED)}.")]


def create_router(
    read_articles: ReadArticles, suggest_names: SuggestNames, read_synonyms: ReadSynonyms
) -> APIRouter:
    """Everything but the search itself."""
    router = APIRouter(route_class=QueryRoute, responses=PROBLEM_RESPONSES)
    _add_articles(router, read_articles)
    _add_lists(router, read_articles)
    _add_names(router, suggest_names)
    _add_synonyms(router, read_synonyms)
    return router


def _add_articles(router: APIRouter, read_articles: ReadArticles) -> None:
    @router.get(
        "/v1/articles/by-url",
        response_model=models.Article,
        responses=models.OTHER_FORMS,
        tags=["articles"],
    )
    async def by_url(request: Request, url: str = "", include: Include = []) -> Response:  # noqa: B006  (FastAPI copies it)
        """The article at an address, however it is spelled."""
        try:
            found = await read_articles.article_at(url)
        except ValueError as error:
            raise ParameterError("url", str(error)) from error
        return await _article(request, read_articles, found, include)

    @router.get("/v1/articles", response_model=models.Cards, tags=["lists"])
    async def articles(
        request: Request,
        ids: Annotated[Many, Query(description=f"Ids, at most {MOST_IDS}.")] = [],  # noqa: B006  (FastAPI copies it)
    ) -> Response:
        """The cards of these articles, in this order; those that readers cannot see are absent."""
        asked = [id_ for text in ids for id_ in text.split(",") if id_]
        if len(asked) > MOST_IDS:
            raise ParameterError("ids", f"must be at most {MOST_IDS}")
        return answer(request, {"items": await read_articles.cards(asked)})

    @router.get(
        "/v1/articles/{article_id}",
        response_model=models.Article,
        responses=models.OTHER_FORMS,
        tags=["articles"],
    )
    async def article(request: Request, article_id: str, include: Include = []) -> Response:  # noqa: B006  (FastAPI copies it)
        """The whole article; by `Accept` as schema.org's `NewsArticle` or as ninjs 3.0."""
        found = await read_articles.article(article_id)
        return await _article(request, read_articles, found, include)

    @router.get(
        "/v1/articles/{article_id}/related", response_model=models.RelatedCards, tags=["articles"]
    )
    async def related(request: Request, article_id: str, limit: Limit = "6") -> Response:
        """What else to read, best first, with the reason."""
        size = read_limit(limit)
        return answer(request, {"items": await read_articles.related(article_id, size)})

    @router.post("/v1/articles/{article_id}/views", status_code=204, tags=["articles"])
    async def views(request: Request, article_id: str) -> Response:
        """Count a view by this address and user agent: once in a while, without a cookie.

        Bots are left out. A server that asks for its readers forwards `User-Agent` and, from an
        address in `DATELINE_TRUSTED_PROXIES`, `X-Forwarded-For`.
        """
        address = request.client.host if request.client else ""
        reader = Reader.of(address, request.headers.get("user-agent", ""))
        await read_articles.count_view(article_id, reader)
        return Response(status_code=204)


def _add_lists(router: APIRouter, read_articles: ReadArticles) -> None:
    @router.get("/v1/latest", response_model=models.Cards, tags=["lists"])
    async def latest(
        request: Request,
        category: Annotated[Many, Query(description=FILTER)] = [],  # noqa: B006  (FastAPI copies it)
        limit: Limit = "10",
    ) -> Response:
        """The newest articles."""
        include, exclude = read_category(category)
        items = await read_articles.latest(read_limit(limit), include, exclude)
        return answer(request, {"items": items})

    @router.get("/v1/most-viewed", response_model=models.Cards, tags=["lists"])
    async def most_viewed(
        request: Request,
        window: Annotated[str, Query(description="A span from 1h to 7d.")] = "24h",
        limit: Limit = "10",
    ) -> Response:
        """What was read most in the last hours."""
        items = await read_articles.most_viewed(read_hours(window), read_limit(limit))
        return answer(request, {"items": items})

    @router.get("/v1/stories/{story_id}", response_model=models.Cards, tags=["lists"])
    async def story(request: Request, story_id: str) -> Response:
        """The articles about one event, oldest first."""
        return answer(request, {"items": await read_articles.story(story_id)})


def _add_names(router: APIRouter, suggest_names: SuggestNames) -> None:
    @router.get("/v1/suggest", response_model=models.Suggestions, tags=["names"])
    async def suggest(request: Request, q: str = "", limit: Limit = "8") -> Response:
        """Titles and names that go on as `q` begins."""
        items = await suggest_names.suggest(within_length(q), read_limit(limit))
        return answer(request, {"items": [asdict(item) for item in items]})

    @router.get("/v1/tags", response_model=models.Tags, tags=["names"])
    async def tags(request: Request, q: str = "", limit: Limit = "20") -> Response:
        """Tags, the most frequent first; with `q`, those whose names go on as it begins."""
        items = await suggest_names.tags(within_length(q), read_limit(limit))
        return answer(request, {"items": [asdict(item) for item in items]})

    @router.get("/v1/tags/{slug}", response_model=models.TagName, tags=["names"])
    async def tag(request: Request, slug: str) -> Response:
        """One tag by its slug, or by a slug that editors merged into it."""
        found = await suggest_names.tag(slug)
        if found is None:
            raise ProblemError(404, "not_found", "No article has this tag.")
        return answer(request, found)

    @router.get("/v1/categories", response_model=models.Categories, tags=["names"])
    async def categories(request: Request) -> Response:
        """All categories as a tree; a parent counts its children's articles, each once."""
        nodes = await suggest_names.categories()
        return answer(request, {"items": [asdict(node) for node in nodes]})


def _add_synonyms(router: APIRouter, read_synonyms: ReadSynonyms) -> None:
    @router.get("/v1/synonyms", response_model=models.Synonyms, tags=["names"])
    async def synonyms(request: Request) -> Response:
        """Sets of words that editors hold equal; ingest takes them by `PUT /v1/synonyms`."""
        return answer(request, {"sets": read_synonyms.listing()})


async def _article(
    request: Request, read_articles: ReadArticles, found: dict[str, Any], include: list[str]
) -> Response:
    accepted = request.headers.get("accept", "")
    if JSON_LD in accepted:
        return answer(request, news_article(found), media_type=JSON_LD)
    if NINJS.search(accepted):
        return answer(request, ninjs(found), media_type=NINJS_JSON)
    wanted = read_names("include", include, INCLUDED)
    if "related" in wanted:
        found["related"] = await read_articles.related(found["id"], BESIDE_RELATED)
    if "latest" in wanted:
        found["latest"] = await read_articles.latest(BESIDE_LATEST)
    return answer(request, found)
