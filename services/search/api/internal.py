"""What enrich and operators read of stored articles, embargoed ones included; nobody else may."""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable

from fastapi import APIRouter, Request, Response
from redis.exceptions import RedisError

from services.search.use_cases.read_articles import ArticleNotFoundError, ArticleWithdrawnError
from services.search.use_cases.read_originals import ReadOriginals
from shared.events import encode
from shared.http import ProblemError
from shared.messaging.outages import is_outage

Key = Callable[[], Awaitable[str]]
PAGE = 500


def create_router(read_originals: ReadOriginals, key: Key) -> APIRouter:
    """Doors of our own services: the gateway does not pass them on, and they ask for a key."""
    router = APIRouter(prefix="/internal", include_in_schema=False)

    async def admit(request: Request) -> None:
        given = request.headers.get("authorization", "").removeprefix("Bearer ")
        try:
            expected = await key()
        except (RedisError, OSError) as error:
            if not is_outage(error):
                raise
            raise ProblemError(503, "unavailable", "Redis is out of reach.") from error
        if not hmac.compare_digest(given.encode(), expected.encode()):
            raise ProblemError(401, "unknown_key", "This door is for Dateline's own services.")

    @router.get("/articles/{article_id}")
    async def article(request: Request, article_id: str) -> Response:
        """The article with its enrichment, as the event that had it stored."""
        await admit(request)
        try:
            envelope = await read_originals.article(article_id)
        except ArticleNotFoundError as error:
            raise ProblemError(404, "not_found", "There is no such article.") from error
        except ArticleWithdrawnError as error:
            raise ProblemError(410, "gone", "It was withdrawn.") from error
        return Response(encode(envelope), media_type="application/json")

    @router.get("/articles")
    async def articles(request: Request, after: str = "") -> dict[str, object]:
        """All articles by id, a page at a time, with what a selection may ask for."""
        await admit(request)
        items, last = await read_originals.listing(after or None, PAGE)
        return {"items": items, "next": last}

    return router
