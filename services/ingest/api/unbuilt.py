"""Doors that are announced and answer 501 until they are built."""

import re

from fastapi import APIRouter, Request

from services.ingest.api.doorkeeper import Doorkeeper
from services.ingest.domain.keys import SCOPES
from shared.http import PROBLEM_RESPONSES, ProblemError

UNBUILT = (
    ("GET", "/v1/feeds"),
    ("POST", "/v1/feeds"),
    ("DELETE", "/v1/feeds/{feed_id}"),
)

_IN_PATH = {"in": "path", "required": True, "schema": {"type": "string"}}


def unbuilt_routes(doorkeeper: Doorkeeper) -> APIRouter:
    router = APIRouter(tags=["not built yet"], responses=PROBLEM_RESPONSES)

    async def unbuilt(request: Request) -> None:
        """Not built yet: always 501."""
        await doorkeeper.admit(request, *SCOPES)
        raise ProblemError(501, "not_built", "This is not built yet.")

    for method, path in UNBUILT:
        named = [{**_IN_PATH, "name": name} for name in re.findall(r"{(\w+)}", path)]
        extra = {"parameters": named} if named else None
        router.add_api_route(path, unbuilt, methods=[method], status_code=501, openapi_extra=extra)
    return router
