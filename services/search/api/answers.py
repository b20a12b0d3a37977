"""How answers leave: entity tags, caching, links, timing; and errors as problems."""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import Callable, Coroutine, Mapping
from typing import Any, ClassVar

import orjson
from fastapi import Request, Response
from fastapi.routing import APIRoute
from starlette.datastructures import QueryParams
from starlette.routing import Match
from starlette.types import Receive, Scope, Send

from services.search.api.parameters import check_parameters, check_path
from services.search.domain.cursor import CursorError
from services.search.domain.filters import ParameterError
from services.search.ports import IndexUnavailableError, StoreUnavailableError
from services.search.use_cases.follow_articles import (
    TooManyFollowersError,
    TooManyOfOneClientError,
)
from services.search.use_cases.read_articles import (
    ArticleNotFoundError,
    ArticleWithdrawnError,
    StoryNotFoundError,
)
from shared.http import FieldError, ProblemError, link_header

CACHE_CONTROL = "max-age=5, stale-while-revalidate=30"
TIME_LIMIT_S = 5.0
RETRY_AFTER_S = 2
VOLATILE = frozenset({"took_ms", "views", "score"})
"""Fields that an entity tag does not speak of."""


Endpoint = Callable[[Request], Coroutine[Any, Any, Response]]


class QueryRoute(APIRoute):
    """A route of the query API: known parameters, a time limit, errors as problems.

    HEAD is answered as GET is, where answers end; the server sends no body then.
    """

    ends: ClassVar = True

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        return super().matches(self._as_get(scope))

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        await super().handle(self._as_get(scope), receive, send)

    def _as_get(self, scope: Scope) -> Scope:
        is_head = self.ends and scope.get("method") == "HEAD"
        return {**scope, "method": "GET"} if is_head else scope

    def check(self, request: Request) -> None:
        """Refuse what the route cannot take before it runs."""
        check_parameters(request, self)

    def get_route_handler(self) -> Endpoint:
        endpoint = super().get_route_handler()

        async def handler(request: Request) -> Response:
            start = time.perf_counter()
            try:
                check_path(request)
                self.check(request)
                async with asyncio.timeout(TIME_LIMIT_S):
                    response = await endpoint(request)
            except Exception as error:
                problem = _problem(error)
                if problem is None:
                    raise
                raise problem from error
            duration_ms = (time.perf_counter() - start) * 1000
            response.headers["Server-Timing"] = f"total;dur={duration_ms:.1f}"
            return response

        return handler


def answer(
    request: Request,
    body: Mapping[str, Any],
    *,
    links: Mapping[str, str] | None = None,
    media_type: str = "application/json",
) -> Response:
    """The body as JSON, or 304 where the caller has it already."""
    tag = entity_tag(body)
    headers = {"ETag": tag, "Cache-Control": CACHE_CONTROL, "Vary": "Accept"}
    headers |= link_header(f'<{url}>; rel="{rel}"' for rel, url in (links or {}).items())
    if _has_already(request, tag):
        return Response(status_code=304, headers=headers)
    return Response(orjson.dumps(body), media_type=media_type, headers=headers)


def entity_tag(body: object) -> str:
    """A weak tag over what the answer says, not over how long it took or who read it."""
    return f'W/"{hashlib.sha256(orjson.dumps(_steady(body))).hexdigest()[:24]}"'


def linked(request: Request, **changes: str | int | None) -> str:
    """This request with other parameters, as a reference relative to the host."""
    pairs = [
        (name, text) for name, text in request.query_params.multi_items() if name not in changes
    ]
    pairs += [(name, str(value)) for name, value in changes.items() if value is not None]
    return f"{request.url.path}?{QueryParams(pairs)}"


def _steady(value: object) -> object:
    if isinstance(value, Mapping):
        return {name: _steady(part) for name, part in value.items() if name not in VOLATILE}
    return [_steady(part) for part in value] if isinstance(value, list | tuple) else value


def _has_already(request: Request, tag: str) -> bool:
    given = request.headers.get("if-none-match", "")
    opaque = tag.removeprefix("W/")
    return any(
        one.strip() == "*" or one.strip().removeprefix("W/") == opaque for one in given.split(",")
    )


def _problem(error: Exception) -> ProblemError | None:
    match error:
        case ParameterError():
            problem = ProblemError(400, "invalid_parameter", f"{error}.", [_field_error(error)])
        case CursorError():
            problem = ProblemError(400, error.code, f"{error}.")
        case ArticleWithdrawnError():
            problem = ProblemError(410, "withdrawn", "The article was withdrawn by its publisher.")
        case StoryNotFoundError():
            problem = ProblemError(404, "not_found", "There is no such story.")
        case ArticleNotFoundError():
            problem = ProblemError(404, "not_found", "There is no such article.")
        case IndexUnavailableError() | TimeoutError():
            problem = _later("index_unavailable", "The index does not answer; try again soon.")
        case StoreUnavailableError():
            problem = _later("store_unavailable", "Redis does not answer; try again soon.")
        case TooManyOfOneClientError():
            headers = {"Retry-After": str(RETRY_AFTER_S)}
            detail = "This client follows as many questions as it may; end one of them first."
            problem = ProblemError(429, "too_many_connections", detail, headers=headers)
        case TooManyFollowersError():
            problem = _later("too_many_followers", "As many are followed as may be; try later.")
        case _:
            return None
    return problem


def _later(code: str, detail: str) -> ProblemError:
    return ProblemError(503, code, detail, headers={"Retry-After": str(RETRY_AFTER_S)})


def _field_error(error: ParameterError) -> FieldError:
    return FieldError(
        field=error.parameter,
        message=error.reason,
        allowed=list(error.allowed) or None,
        nearest=error.nearest,
    )
