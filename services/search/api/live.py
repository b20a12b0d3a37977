"""`GET /v1/live`: new articles that match, as server-sent events."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Header, Query, Request
from fastapi.responses import StreamingResponse
from fastapi.sse import format_sse_event

from services.search.api.answers import QueryRoute
from services.search.api.doorkeeper import client_of
from services.search.api.parameters import FilterParameters, read_filters
from services.search.domain.filters import ParameterError
from services.search.domain.positions import is_position
from services.search.use_cases.follow_articles import FollowArticles, Told
from shared.http import PROBLEM_RESPONSES

KEEP_ALIVE_S = 15.0
RETRY_MS = 2000
MEDIA_TYPE = "text/event-stream"
EVENT_STREAM: dict[int | str, dict[str, Any]] = {
    200: {"content": {MEDIA_TYPE: {"schema": {"type": "string"}}}}
}
HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
LastEventId = Annotated[
    str | None, Header(description="`id` of the last event known; sent by browsers on their own.")
]


class _EndlessRoute(QueryRoute):
    ends = False


def create_router(follow_articles: FollowArticles) -> APIRouter:
    """One endpoint, of answers that do not end."""
    router = APIRouter(tags=["search"], route_class=_EndlessRoute, responses=PROBLEM_RESPONSES)

    @router.get("/v1/live", response_class=StreamingResponse, responses=EVENT_STREAM)
    async def live(
        request: Request,
        given: Annotated[FilterParameters, Query()],
        last_event_id: LastEventId = None,
    ) -> StreamingResponse:
        """Follow a question: an event `article` with the card of each new article that matches.

        All words must be there, as they are typed. An event `missed` says that the list should be
        read again: what came since `Last-Event-ID` is not all known any more.
        """
        if last_event_id and not is_position(last_event_id):
            raise ParameterError("Last-Event-ID", "is no id of an event")
        following = follow_articles.following(
            read_filters(given), last_event_id or None, client=client_of(request)
        )
        events = _events(following)
        # What is wrong is said before the answer begins.
        await anext(events)
        return StreamingResponse(events, media_type=MEDIA_TYPE, headers=HEADERS)

    return router


async def _events(
    following: AbstractAsyncContextManager[Callable[[float], AsyncIterator[Told]]],
) -> AsyncIterator[bytes]:
    async with following as follow:
        yield b""
        yield format_sse_event(retry=RETRY_MS)
        async for told in follow(KEEP_ALIVE_S):
            yield _event(told)


def _event(told: Told) -> bytes:
    if told.card is not None:
        data = orjson.dumps(told.card).decode()
        return format_sse_event(event="article", data_str=data, id=told.position)
    if told.missed:
        return format_sse_event(event="missed", data_str="{}", id=told.position)
    return format_sse_event(comment="here", id=told.position)
