"""Publish, correct, withdraw and look at articles."""

import re

from fastapi import APIRouter, Request, Response

from services.ingest.api.answers import Accepted, ArticleAnswer, ArticlesAnswer, answer
from services.ingest.api.doorkeeper import Doorkeeper
from services.ingest.api.preparation import Origin, Preparation
from services.ingest.api.requests import (
    idempotency_of,
    only_parameters,
    read_body,
    unavailable,
    whole_number,
)
from services.ingest.domain.article import REVISION_LIMIT
from services.ingest.domain.decisions import Decision, Idempotency
from services.ingest.domain.keys import SCOPES, Key
from services.ingest.domain.receipts import STATES, State
from services.ingest.ports import PartUnavailableError, Receipts
from services.ingest.use_cases import PublishArticles, WithdrawArticle
from shared.http import PROBLEM_RESPONSES, FieldError, ProblemError
from shared.identity import ARTICLE_ID
from shared.telemetry import ACCEPTED, Metrics, correlation_id

PAGE_SIZE = 100
ARTICLE_BODY = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/ArticleInput"}}},
    }
}
ANSWERS = PROBLEM_RESPONSES | {202: {"model": Accepted, "description": "Accepted and kept."}}


def article_routes(
    doorkeeper: Doorkeeper,
    publish: PublishArticles,
    withdraw: WithdrawArticle,
    preparation: Preparation,
    metrics: Metrics,
) -> APIRouter:
    router = APIRouter(prefix="/v1/articles", tags=["articles"], responses=PROBLEM_RESPONSES)

    async def publish_from(request: Request, key: Key, article_id: str | None) -> Response:
        if refused := publish.refusal():
            return _counted(refused)
        body = await read_body(request)
        origin = Origin(
            key.publisher,
            article_id,
            request.headers.get("traceparent"),
            correlation_id.get(),
            idempotency_of(request, body),
        )
        return _counted(await publish(await preparation.command(body, origin)))

    def _counted(decision: Decision) -> Response:
        metrics.count(ACCEPTED, outcome=decision.outcome)
        return answer(decision)

    @router.post("", response_model=Accepted, responses=ANSWERS, openapi_extra=ARTICLE_BODY)
    async def post_article(request: Request) -> Response:
        """Publish an article, or a new revision of it: 202 once it is kept, 200 if nothing new."""
        key = await doorkeeper.admit(request, "publish")
        only_parameters(request)
        return await publish_from(request, key, None)

    @router.put(
        "/{article_id}", response_model=Accepted, responses=ANSWERS, openapi_extra=ARTICLE_BODY
    )
    async def put_article(request: Request, article_id: str) -> Response:
        """Correct an article: the body replaces all of it."""
        key = await doorkeeper.admit(request, "publish")
        only_parameters(request)
        return await publish_from(request, key, article_id)

    @router.delete("/{article_id}", response_model=Accepted, responses=ANSWERS)
    async def delete_article(
        request: Request, article_id: str, revision: str | None = None
    ) -> Response:
        """Withdraw an article at its revision, or at a higher one."""
        key = await doorkeeper.admit(request, "publish")
        only_parameters(request, "revision")
        number = whole_number({"revision": revision} if revision else {}, "revision", 1, HIGHEST)
        body = await read_body(request)
        idempotency: Idempotency | None = idempotency_of(request, body)
        trace = request.headers.get("traceparent")
        return _counted(await withdraw(key.publisher, article_id, number, idempotency, trace))

    return router


HIGHEST = REVISION_LIMIT - 1


def listing_routes(doorkeeper: Doorkeeper, receipts: Receipts) -> APIRouter:
    router = APIRouter(prefix="/v1/articles", tags=["articles"], responses=PROBLEM_RESPONSES)

    @router.get("")
    async def list_articles(
        request: Request, state: str | None = None, cursor: str = ""
    ) -> ArticlesAnswer:
        """The publisher's own articles, by id."""
        key = await doorkeeper.admit(request, *SCOPES)
        only_parameters(request, "state", "cursor")
        try:
            found, after = await receipts.articles(
                key.publisher, after=_cursor(cursor), state=_state(state), limit=PAGE_SIZE
            )
        except PartUnavailableError as error:
            raise unavailable() from error
        return ArticlesAnswer(items=[ArticleAnswer.of(one) for one in found], next_cursor=after)

    @router.get("/{article_id}")
    async def get_article(request: Request, article_id: str) -> ArticleAnswer:
        """One of the publisher's own articles."""
        key = await doorkeeper.admit(request, *SCOPES)
        only_parameters(request)
        try:
            article = await receipts.article(article_id)
        except PartUnavailableError as error:
            raise unavailable() from error
        if article is None or article.publisher != key.publisher:
            raise ProblemError(404, "unknown_article", "You have no such article.")
        return ArticleAnswer.of(article)

    return router


def _cursor(text: str) -> str:
    if text and not re.fullmatch(ARTICLE_ID, text):
        error = FieldError(field="cursor", message="must be a next_cursor of this list")
        raise ProblemError(400, "bad_parameter", "cursor: not one of this list.", [error])
    return text


def _state(text: str | None) -> State | None:
    for state in STATES:
        if text == state:
            return state
    if text is None:
        return None
    error = FieldError(field="state", message="unknown state", allowed=list(STATES))
    raise ProblemError(400, "bad_parameter", f"state: one of {', '.join(STATES)}.", [error])
