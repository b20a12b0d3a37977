"""The HTTP habits of all three services: problem details, request ids, health, metrics."""

import logging
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Any
from uuid import uuid4

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema
from starlette.exceptions import HTTPException
from starlette.routing import Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.event_loop import monitor_event_loop
from shared.names import nearest
from shared.telemetry import REQUESTS, Metrics, correlation_id
from shared.version import VERSION

log = logging.getLogger(__name__)

PROBLEM_JSON = "application/problem+json"
TITLES = {
    400: "Bad request",
    401: "Not authorised",
    403: "Forbidden",
    404: "Not found",
    405: "Method not allowed",
    409: "Conflict",
    410: "Gone",
    413: "Content too large",
    415: "Unsupported media type",
    422: "Content not acceptable",
    429: "Too many requests",
    500: "Internal error",
    501: "Not built yet",
    503: "Unavailable",
}
METHODS = ("DELETE", "GET", "HEAD", "PATCH", "POST", "PUT")
REQUEST_ID_LENGTH = 128

ReadyCheck = Callable[[], Awaitable[Mapping[str, str | None]]]
"""Each part that is needed, with what is wrong with it, or None."""


class FieldError(BaseModel):
    """What is wrong with one field: where, why, what is allowed, and the nearest right name."""

    field: str
    message: str
    allowed: list[str] | None = None
    nearest: str | None = None


class Problem(BaseModel):
    """RFC 9457 problem details."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    instance: str
    code: str
    errors: list[FieldError] = []


class ProblemError(Exception):
    """Raised anywhere below an endpoint; becomes the problem answer."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        errors: Sequence[FieldError] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail
        self.errors = list(errors)
        self.headers = dict(headers or {})

    def __reduce__(self) -> tuple[type["ProblemError"], tuple[Any, ...]]:
        # A worker process that raises it hands it on pickled.
        return type(self), (self.status, self.code, self.detail, self.errors, self.headers)

    def problem(self, instance: str) -> Problem:
        return Problem(
            title=TITLES.get(self.status, "Error"),
            status=self.status,
            detail=self.detail,
            instance=instance,
            code=self.code,
            errors=self.errors,
        )


def problem_response(error: ProblemError, instance: str) -> JSONResponse:
    return JSONResponse(
        error.problem(instance).model_dump(mode="json"),
        status_code=error.status,
        media_type=PROBLEM_JSON,
        headers=error.headers,
    )


PROBLEM_RESPONSES: dict[int | str, dict[str, Any]] = {
    "default": {
        "description": "A problem, as of RFC 9457.",
        "content": {PROBLEM_JSON: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
}


def install(
    app: FastAPI,
    *,
    service: str,
    metrics: Metrics,
    ready: ReadyCheck,
    notes: Callable[[], Mapping[str, str]] = dict,
) -> None:
    """Give an application its problem answers, request ids, health and metrics.

    `notes` is what an operator should know of a service that is ready all the same.
    """
    app.add_middleware(RequestLog, metrics=metrics)
    monitor_event_loop(app, metrics)
    _install_problems(app)
    _describe_problems(app)

    @app.get("/health/live", tags=["operations"])
    async def live() -> dict[str, str]:
        """The process runs."""
        return {"status": "live", "service": service, "version": VERSION}

    @app.get("/health/ready", tags=["operations"])
    async def readiness(response: Response) -> dict[str, Any]:
        """Every part it needs answers, the subscribers included; 503 names what does not."""
        parts = await ready()
        wrong = {name: reason for name, reason in parts.items() if reason}
        response.status_code = 503 if wrong else 200
        return {
            "status": "unready" if wrong else "ready",
            "service": service,
            "parts": {name: reason or "ok" for name, reason in parts.items()},
            "notes": dict(notes()),
        }

    @app.get("/metrics", tags=["operations"], response_class=Response)
    async def prometheus() -> Response:
        return Response(metrics.render(), media_type="text/plain; version=0.0.4; charset=utf-8")


def _install_problems(app: FastAPI) -> None:
    @app.exception_handler(ProblemError)
    async def on_problem(request: Request, error: ProblemError) -> Response:
        return problem_response(error, request.url.path)

    @app.exception_handler(HTTPException)
    async def on_http(request: Request, error: HTTPException) -> Response:
        return problem_response(address_problem(request, error), request.url.path)

    @app.exception_handler(RequestValidationError)
    async def on_invalid(request: Request, error: RequestValidationError) -> Response:
        errors = [
            FieldError(field=".".join(map(str, item["loc"])), message=item["msg"])
            for item in error.errors()
        ]
        problem = ProblemError(422, "invalid_request", "The request has invalid fields.", errors)
        return problem_response(problem, request.url.path)

    @app.exception_handler(Exception)
    async def on_error(request: Request, error: Exception) -> Response:
        log.error("unexpected error", exc_info=error)
        problem = ProblemError(500, "internal_error", "Something went wrong here; it is logged.")
        return problem_response(problem, request.url.path)


def address_problem(request: Request, error: HTTPException) -> ProblemError:
    """What is wrong with an address that no endpoint has, or with its method."""
    path, status, headers = request.url.path, error.status_code, error.headers
    code, detail, errors = TITLES.get(status, "error").lower().replace(" ", "_"), error.detail, []
    if status == HTTPStatus.NOT_FOUND:
        listed = f"{request.app.docs_url or request.app.openapi_url} lists what there is."
        detail = f"There is nothing at {path}; {listed}"
        meant = nearest(path, request.app.openapi()["paths"])
        errors = [FieldError(field="path", message="unknown address", nearest=meant)]
    elif status == HTTPStatus.METHOD_NOT_ALLOWED:
        # Of mounted files nothing else is read.
        allowed = _methods_at(request) or ["GET", "HEAD"]
        headers = {"Allow": ", ".join(allowed)}
        detail = f"{request.method} is not answered at {path}."
        errors = [FieldError(field="method", message="not answered here", allowed=allowed)]
    return ProblemError(status, code, str(detail), errors, headers)


def _methods_at(request: Request) -> list[str]:
    """Of all routes of an address: Starlette names those of the first alone."""
    routes = request.app.routes
    return [
        method
        for method in METHODS
        if any(
            route.matches({**request.scope, "method": method})[0] is Match.FULL for route in routes
        )
    ]


def _describe_problems(app: FastAPI) -> None:
    """Give the document the schemas that `PROBLEM_RESPONSES` refers to."""
    describe = app.openapi

    def openapi() -> dict[str, Any]:
        document = describe()
        schemas = document.setdefault("components", {}).setdefault("schemas", {})
        # The document is kept, and every unknown address is looked up in it.
        if Problem.__name__ not in schemas:
            _, problem = models_json_schema(
                [(Problem, "serialization")], ref_template="#/components/schemas/{model}"
            )
            schemas.update(problem["$defs"])
        return document

    app.openapi = openapi  # type: ignore[method-assign]  # As FastAPI's own guide does.


class RequestLog:
    """Gives each request its id and correlation id, measures it, and names it in the answer."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = _request_id(scope)
        token = correlation_id.set(request_id)
        start = time.perf_counter()
        status = 500

        async def send_named(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [
                    *message["headers"],
                    (b"x-request-id", request_id.encode()),
                ]
            await send(message)

        try:
            await self._app(scope, receive, send_named)
        finally:
            correlation_id.reset(token)
            route = getattr(scope.get("route"), "path", "unmatched")
            self._metrics.observe(
                REQUESTS,
                time.perf_counter() - start,
                route=route,
                method=scope["method"],
                status=str(status),
            )


def _request_id(scope: Scope) -> str:
    """The caller's `X-Request-Id` where it is short and plain, else a new one."""
    for name, value in scope["headers"]:
        if name == b"x-request-id":
            text = value.decode("latin-1")
            plain = text.replace("-", "").replace("_", "").replace(".", "")
            if len(text) <= REQUEST_ID_LENGTH and plain.isascii() and plain.isalnum():
                return str(text)
    return uuid4().hex
