"""`GET /v1/search`."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from starlette.background import BackgroundTask

from services.search.api import models
from services.search.api.answers import QueryRoute, answer, linked
from services.search.api.parameters import (
    CARD_FIELDS,
    HISTOGRAM,
    Limit,
    SearchParameters,
    is_wanted,
    read_limit,
    read_names,
    read_search,
)
from services.search.domain.articles import FacetCount, Hit
from services.search.domain.filters import escape_filter
from services.search.domain.folding import fold
from services.search.domain.marks import marked_html
from services.search.domain.question import TextField
from services.search.domain.reading import clean
from services.search.domain.requests import WINDOW, SearchRequest
from services.search.use_cases.count_queries import CountQueries
from services.search.use_cases.find_articles import FindArticles, Found
from services.search.use_cases.histogram import PeriodCount
from services.search.use_cases.read_articles import ReadArticles
from shared.http import PROBLEM_RESPONSES


def create_router(
    find_articles: FindArticles, read_articles: ReadArticles, count_queries: CountQueries
) -> APIRouter:
    """Lists of articles by words, filters and time."""
    router = APIRouter(tags=["search"], route_class=QueryRoute, responses=PROBLEM_RESPONSES)

    @router.get("/v1/search", response_model=models.SearchAnswer)
    async def search(request: Request, given: Annotated[SearchParameters, Query()]) -> Response:
        """Find articles."""
        start = time.perf_counter()
        asked = read_search(given)
        fields = read_names("fields", given.fields, CARD_FIELDS) or CARD_FIELDS
        found = await find_articles(asked)
        cards = await read_articles.with_views([hit.card for hit in found.hits])
        body = {
            "query": {"q": clean(asked.q), "corrected": found.corrected, "relaxed": found.relaxed},
            "total": found.total,
            "page": None if asked.cursor else asked.page,
            "page_size": asked.page_size,
            "pages": _pages(found.listed, asked.page_size),
            "next_cursor": found.next_cursor,
            "took_ms": round((time.perf_counter() - start) * 1000),
            "hits": [
                _hit(hit, card, fields, given) for hit, card in zip(found.hits, cards, strict=True)
            ],
            "facets": _facets(asked, found),
        }
        response = answer(request, body, links=_links(request, asked, found))
        if asked.page == 1 and not asked.cursor:
            response.background = BackgroundTask(
                count_queries,
                found.corrected or asked.q,
                hits=found.total,
                user_agent=request.headers.get("user-agent", ""),
            )
        return response

    @router.get("/v1/popular-queries", response_model=models.PopularQueries)
    async def popular_queries(request: Request, limit: Limit = "10") -> Response:
        """What readers ask most; nobody can tell who asked."""
        popular = await count_queries.popular(read_limit(limit))
        return answer(request, {"items": [{"text": q, "count": n} for q, n in popular]})

    return router


def _pages(listed: int, page_size: int) -> int:
    """Those that can be reached by number."""
    return min(-(-listed // page_size), WINDOW // page_size)


def _hit(
    hit: Hit, card: Mapping[str, Any], fields: Sequence[str], given: SearchParameters
) -> dict[str, Any]:
    shown = {
        "article": {name: card[name] for name in fields},
        "highlight": _highlight(hit) if is_wanted(given.highlight) else None,
        "score": hit.score,
    }
    return shown | ({"explanation": _explanation(hit)} if is_wanted(given.explain) else {})


def _highlight(hit: Hit) -> dict[str, Any]:
    """The title whole, of the body the best excerpts; None where nothing is marked."""
    title = [marked_html(text) for text in hit.marked.get(TextField.TITLE, ())]
    body = [marked_html(text) for text in hit.marked.get(TextField.BODY, ())]
    return {"title": title[0] if title else None, "body": body or None}


def _explanation(hit: Hit) -> dict[str, list[str]]:
    """By field, the words that were found there, as they stand there."""
    return {
        field.value: sorted({fold(word) for text in texts for word in text.marked})
        for field, texts in hit.marked.items()
    }


def _facets(asked: SearchRequest, found: Found) -> dict[str, list[dict[str, Any]]]:
    counted = {facet.value: _facet(counts) for facet, counts in found.facets.items()}
    return counted | ({HISTOGRAM: _histogram(found.histogram)} if asked.histogram else {})


def _facet(counts: Sequence[FacetCount]) -> list[dict[str, Any]]:
    return [
        {
            "value": one.value,
            "filter": escape_filter(one.value),
            "count": one.count,
            "selected": one.selected,
        }
        for one in counts
    ]


def _histogram(counts: Sequence[PeriodCount]) -> list[dict[str, Any]]:
    return [
        {
            "value": one.period.name,
            "published_from": str(one.period.first_day),
            "published_to": str(one.period.last_day),
            "count": one.count,
            "selected": one.selected,
        }
        for one in counts
    ]


def _links(request: Request, asked: SearchRequest, found: Found) -> dict[str, str]:
    """The neighbouring pages; by cursor only forward."""
    links = {"first": linked(request, page=None, cursor=None)}
    last = _pages(found.listed, asked.page_size)
    if asked.cursor:
        if found.next_cursor:
            links["next"] = linked(request, cursor=found.next_cursor)
        return links
    if asked.page < last:
        links["next"] = linked(request, page=asked.page + 1)
    if asked.page > 1:
        links["prev"] = linked(request, page=asked.page - 1)
    return links
