"""What editors decide about tags; the articles that have them follow within minutes."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from services.ingest.api.answers import REFUSALS
from services.ingest.api.doorkeeper import Doorkeeper
from services.ingest.api.preparation import Preparation
from services.ingest.api.requests import (
    RETRY_AFTER,
    idempotency_of,
    invalid_input,
    only_parameters,
    read_body,
    unavailable,
)
from services.ingest.domain.tags import Merge, NewName, TagDecision
from services.ingest.ports import PartUnavailableError, Tags
from services.ingest.use_cases import Editor, MergeTags, RenameTag
from shared.http import PROBLEM_RESPONSES, FieldError, ProblemError


class TagAnswer(BaseModel):
    """The tag as it is called from now on."""

    slug: str
    name: str


ANSWERS = PROBLEM_RESPONSES | {
    202: {"model": TagAnswer, "description": "Accepted; articles follow within minutes."},
    308: {"description": "Merged into the tag at this address."},
}


def tag_routes(doorkeeper: Doorkeeper, preparation: Preparation, tags: Tags) -> APIRouter:
    router = APIRouter(prefix="/v1/tags", tags=["editors"], responses=PROBLEM_RESPONSES)
    rename, merge = RenameTag(tags), MergeTags(tags)

    @router.patch("/{slug}", responses=ANSWERS, openapi_extra=_of("NewName"))
    async def patch_tag(request: Request, slug: str) -> Response:
        """Call a tag otherwise; its slug stays."""
        key = await doorkeeper.admit(request, "edit")
        only_parameters(request)
        body = await read_body(request)
        new = await preparation.input(body, NewName, what="tag")
        by = Editor(key.publisher, idempotency_of(request, body))
        try:
            decision = await rename(by, slug, new.name, request.headers.get("traceparent"))
            return await _answer(tags, decision, "")
        except PartUnavailableError as error:
            raise unavailable() from error

    @router.post("/{slug}/merge", responses=ANSWERS, openapi_extra=_of("Merge"))
    async def merge_tags(request: Request, slug: str) -> Response:
        """Show a tag as another one from now on; the answer is the tag that stays."""
        key = await doorkeeper.admit(request, "edit")
        only_parameters(request)
        body = await read_body(request)
        wanted = await preparation.input(body, Merge, what="tag")
        by = Editor(key.publisher, idempotency_of(request, body))
        try:
            decision = await merge(by, slug, wanted.into, request.headers.get("traceparent"))
            return await _answer(tags, decision, "/merge")
        except PartUnavailableError as error:
            raise unavailable() from error

    return router


def _of(model: str) -> dict[str, object]:
    content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{model}"}}}
    return {"requestBody": {"required": True, "content": content}}


async def _answer(tags: Tags, decision: TagDecision, door: str) -> Response:
    answer = TagAnswer(slug=decision.slug, name=decision.name).model_dump()
    match decision.outcome:
        case "accepted":
            return JSONResponse(answer, 202)
        case "merged":
            return JSONResponse(answer, 308, {"Location": f"/v1/tags/{decision.slug}{door}"})
        case "unknown":
            raise await _unknown(tags, decision.slug)
        case "unknown_target":
            nearest = await tags.nearest(decision.slug)
            error = FieldError(field="into", message="there is no such tag", nearest=nearest)
            raise invalid_input([error], "tag")
        case "itself":
            error = FieldError(field="into", message="is the tag itself")
            raise invalid_input([error], "tag")
        case "recovering":
            raise ProblemError(*REFUSALS["recovering"], headers=RETRY_AFTER)
        case "other_request" | "running":
            raise ProblemError(*REFUSALS[decision.outcome])


async def _unknown(tags: Tags, slug: str) -> ProblemError:
    nearest = await tags.nearest(slug)
    error = FieldError(field="slug", message="there is no such tag", nearest=nearest)
    return ProblemError(404, "unknown_tag", "No article has this tag.", [error])
