"""What editors decide about an article."""

import asyncio

from fastapi import APIRouter, Request, Response

from services.ingest.api.answers import Accepted, answer
from services.ingest.api.doorkeeper import Doorkeeper
from services.ingest.api.preparation import Preparation
from services.ingest.api.requests import (
    idempotency_of,
    invalid_input,
    only_parameters,
    read_body,
    unavailable,
)
from services.ingest.domain.curation import CurationInput, TagChoices
from services.ingest.domain.keys import Key
from services.ingest.domain.receipts import ArticleState
from services.ingest.ports import Curations, PartUnavailableError, Receipts
from services.ingest.use_cases import CurateArticle
from shared.http import PROBLEM_RESPONSES, FieldError, ProblemError

CURATION_BODY = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/CurationInput"}}},
    }
}
ANSWERS = PROBLEM_RESPONSES | {202: {"model": Accepted, "description": "Accepted and kept."}}
PATH = "/v1/articles/{article_id}/curation"


def curation_routes(
    doorkeeper: Doorkeeper,
    curate: CurateArticle,
    preparation: Preparation,
    curations: Curations,
    receipts: Receipts,
) -> APIRouter:
    router = APIRouter(tags=["editors"], responses=PROBLEM_RESPONSES)

    @router.get(PATH)
    async def get_curation(request: Request, article_id: str) -> CurationInput:
        """What editors decided last; nothing at first."""
        key = await doorkeeper.admit(request, "publish", "edit")
        only_parameters(request)
        try:
            article = await receipts.article(article_id)
            if article is None:
                raise ProblemError(404, "unknown_article", "There is no such article.")
            _may_curate(key, article)
            return await curations.get(article_id)
        except PartUnavailableError as error:
            raise unavailable() from error

    @router.put(PATH, response_model=Accepted, responses=ANSWERS, openapi_extra=CURATION_BODY)
    async def put_curation(request: Request, article_id: str) -> Response:
        """Pin and ban tags and related links: it replaces what was decided before."""
        key = await doorkeeper.admit(request, "publish", "edit")
        only_parameters(request)
        body = await read_body(request)
        curation = await preparation.input(body, CurationInput, TagChoices, what="curation")
        await _refuse_unknown_links(receipts, article_id, curation)
        decision = await curate(
            key.publisher,
            article_id,
            curation,
            of_others="edit" in key.scopes,
            idempotency=idempotency_of(request, body),
            traceparent=request.headers.get("traceparent"),
        )
        return answer(decision)

    return router


def _may_curate(key: Key, article: ArticleState) -> None:
    if article.publisher != key.publisher and "edit" not in key.scopes:
        detail = "This article belongs to another publisher; the scope edit is needed."
        raise ProblemError(403, "foreign_article", detail)


async def _refuse_unknown_links(
    receipts: Receipts, article_id: str, curation: CurationInput
) -> None:
    pinned = curation.related.pin
    try:
        known = await asyncio.gather(*map(receipts.article, pinned))
    except PartUnavailableError as error:
        raise unavailable() from error
    errors = [
        FieldError(field=f"related.pin.{at}", message="there is no such article")
        for at, article in enumerate(known)
        if article is None
    ]
    errors += [
        FieldError(field=f"related.pin.{at}", message="is the article itself")
        for at, pin in enumerate(pinned)
        if pin == article_id
    ]
    if errors:
        raise invalid_input(errors, "curation")
