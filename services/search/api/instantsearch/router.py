"""The endpoints of the dialect."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

import orjson
from fastapi import APIRouter, Request, Response

from services.search.api.answers import Endpoint, QueryRoute
from services.search.api.instantsearch import models
from services.search.api.instantsearch.answers import facet_answer, list_answer
from services.search.api.instantsearch.parameters import (
    FacetQuery,
    ListQuery,
    check_together,
    flattened,
    read_facet,
    read_list,
)
from services.search.api.parameters import CARD_FIELDS
from services.search.domain.filters import ParameterError
from services.search.use_cases.find_articles import FindArticles
from services.search.use_cases.read_articles import ReadArticles
from shared.http import PROBLEM_JSON, PROBLEM_RESPONSES, ProblemError

MOST_BYTES: Final = 256 * 1024
MOST_QUERIES: Final = 50

Json = dict[str, Any]
_QUERIES: Final[Json] = {
    "title": "Queries",
    "type": "object",
    "required": ["requests"],
    "properties": {
        "requests": {
            "type": "array",
            "maxItems": MOST_QUERIES,
            "items": models.IndexQuery.model_json_schema(),
        }
    },
}


class DialectRoute(QueryRoute):
    """Unknown parameters are none of our business, and problems say `message` too."""

    def check(self, request: Request) -> None:
        """The clients put their keys and their own name into the query string."""

    def get_route_handler(self) -> Endpoint:
        endpoint = super().get_route_handler()

        async def handler(request: Request) -> Response:
            try:
                return await endpoint(request)
            except ProblemError as error:
                problem = error.problem(request.url.path).model_dump(mode="json")
                content = orjson.dumps({**problem, "message": error.detail})
                return Response(content, error.status, error.headers, PROBLEM_JSON)

        return handler


def create_router(find_articles: FindArticles, read_articles: ReadArticles) -> APIRouter:
    """Algolia's search protocol, as far as its clients need it."""
    router = APIRouter(
        prefix="/1/indexes",
        tags=["instantsearch"],
        route_class=DialectRoute,
        responses=PROBLEM_RESPONSES,
    )
    answering = _Answering(find_articles, read_articles)

    @router.post("/*/queries", openapi_extra=_body(_QUERIES), response_model=models.Results)
    async def queries(request: Request) -> Response:
        """Several searches at once."""
        given = (await _read(request)).get("requests")
        if not isinstance(given, list) or not all(isinstance(one, dict) for one in given):
            raise ParameterError("requests", "must be a list of objects")
        if len(given) > MOST_QUERIES:
            raise ParameterError("requests", f"must be {MOST_QUERIES} at most")
        asked = [_one_of_several(one) for one in given]
        check_together(asked)
        return _json({"results": await asyncio.gather(*map(answering, asked))})

    @router.post(
        "/{index}/query",
        openapi_extra=_body(models.SearchParameters.model_json_schema()),
        response_model=models.ListResult,
    )
    async def query(request: Request, index: str) -> Response:
        """One search."""
        asked = read_list(index, flattened(await _read(request)), CARD_FIELDS)
        return _json(await answering(asked))

    @router.post(
        "/{index}/facets/{facet}/query",
        openapi_extra=_body(models.FacetParameters.model_json_schema()),
        response_model=models.FacetResult,
    )
    async def facet_query(request: Request, index: str, facet: str) -> Response:
        """Values of a facet that go on as `facetQuery` begins."""
        asked = read_facet(index, facet, flattened(await _read(request)))
        return _json(await answering(asked))

    return router


class _Answering:
    """Questions of the dialect, put to the use cases."""

    def __init__(self, find_articles: FindArticles, read_articles: ReadArticles) -> None:
        self._find = find_articles
        self._read = read_articles

    async def __call__(self, query: ListQuery | FacetQuery) -> Json:
        start = time.perf_counter()
        found = await self._find(query.request)
        if isinstance(query, FacetQuery):
            took = timedelta(seconds=time.perf_counter() - start)
            counts = found.facets[query.facet]
            return await asyncio.to_thread(facet_answer, query, counts, took)
        cards = await self._read.with_views([hit.card for hit in found.hits])
        took = timedelta(seconds=time.perf_counter() - start)
        # A thousand hits are marked here, of whole bodies: not on the event loop; likewise above.
        return await asyncio.to_thread(list_answer, query, found, cards, took)


def _one_of_several(given: Mapping[str, Any]) -> ListQuery | FacetQuery:
    index, facet = given.get("indexName"), given.get("facet")
    if not isinstance(index, str):
        raise ParameterError("indexName", "must be a string")
    if given.get("type") != "facet":
        return read_list(index, flattened(given), CARD_FIELDS)
    if not isinstance(facet, str):
        raise ParameterError("facet", "must be a string")
    return read_facet(index, facet, flattened(given))


def _json(body: Json) -> Response:
    return Response(orjson.dumps(body), media_type="application/json")


async def _read(request: Request) -> Json:
    """The body as an object, whatever its type is called: browsers send `text/plain`."""
    content = b""
    async for piece in request.stream():
        content += piece
        if len(content) > MOST_BYTES:
            raise ProblemError(413, "too_large", f"A question has at most {MOST_BYTES} bytes.")
    try:
        given = orjson.loads(content or b"{}")
    except ValueError as error:
        raise ProblemError(400, "unreadable", f"The body is no JSON: {error}.") from None
    if not isinstance(given, dict):
        raise ProblemError(400, "unreadable", "The body must be a JSON object.")
    return given


def _body(schema: Json) -> Json:
    """The document's description of a body that is read by hand."""
    return {"requestBody": {"content": {"application/json": {"schema": schema}}}}
