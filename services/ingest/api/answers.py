"""The shapes of the answers, and the problem that each refusal is."""

import math
from datetime import datetime
from typing import Any

from fastapi.responses import JSONResponse
from pydantic import BaseModel

from services.ingest.api.requests import unavailable
from services.ingest.domain.decisions import SETTLED, Decision, Outcome
from services.ingest.domain.receipts import ArticleState, Receipt, State
from shared.http import FieldError, Problem, ProblemError


class Accepted(BaseModel):
    """The current revision and its receipt; `unchanged` or `superseded` where nothing changed."""

    id: str
    revision: int
    receipt: str | None
    unchanged: bool | None = None
    superseded: bool | None = None


class BatchItem(BaseModel):
    index: int
    status: int
    id: str | None = None
    revision: int | None = None
    receipt: str | None = None
    unchanged: bool | None = None
    superseded: bool | None = None
    problem: Problem | None = None


class BatchAnswer(BaseModel):
    items: list[BatchItem]


class StepAnswer(BaseModel):
    state: State
    at: datetime
    detail: str | None


class ReceiptAnswer(BaseModel):
    receipt: str
    id: str
    revision: int
    state: State
    steps: list[StepAnswer]

    @classmethod
    def of(cls, receipt: Receipt) -> "ReceiptAnswer":
        steps = [StepAnswer(state=s.state, at=s.at, detail=s.detail) for s in receipt.steps]
        return cls(
            receipt=receipt.receipt,
            id=receipt.id,
            revision=receipt.revision,
            state=receipt.state,
            steps=steps,
        )


class ArticleAnswer(BaseModel):
    id: str
    external_id: str | None
    url: str
    revision: int
    state: State
    receipt: str | None

    @classmethod
    def of(cls, article: ArticleState) -> "ArticleAnswer":
        return cls(
            id=article.id,
            external_id=article.external_id,
            url=article.url,
            revision=article.revision,
            state=article.state,
            receipt=article.receipt,
        )


class ArticlesAnswer(BaseModel):
    items: list[ArticleAnswer]
    next_cursor: str | None


REFUSALS: dict[Outcome, tuple[int, str, str]] = {
    "conflict": (409, "revision_conflict", "This revision has other content; state a higher one."),
    "exhausted": (409, "revisions_exhausted", "This article has no revision number left."),
    "unknown": (404, "unknown_article", "There is no such article."),
    "withdrawn": (
        409,
        "withdrawn_article",
        "This article is withdrawn: nothing of it is shown.",
    ),
    "foreign": (403, "foreign_article", "This article belongs to another publisher."),
    "other_request": (422, "idempotency_key_reused", "This key stands for another request."),
    "running": (409, "idempotency_key_running", "The first request of this key is running."),
    "limited": (429, "rate_limited", "Too many articles a second from this publisher."),
    "overloaded": (503, "overloaded", "Too much waits to be processed; nothing was accepted."),
    "failed": (500, "internal_error", "Something went wrong here; it is logged."),
    "recovering": (503, "recovering", "Records are being restored from the index; ask again."),
}


def refusal(decision: Decision) -> ProblemError:
    if decision.outcome == "other_identity":
        detail = "The body names another article than the address."
        errors = [
            FieldError(field=field, message="is the identity of another article")
            for field in ("external_id", "url")
        ]
        return ProblemError(422, "other_identity", detail, errors)
    seconds = str(max(1, math.ceil(decision.wait_s)))
    if decision.outcome not in REFUSALS:
        return unavailable(seconds)
    status, code, detail = REFUSALS[decision.outcome]
    waits = status in {429, 503} or decision.outcome == "running"
    return ProblemError(status, code, detail, headers={"Retry-After": seconds} if waits else None)


def settled(decision: Decision) -> dict[str, Any]:
    """The fields of an answer to a settled decision."""
    return Accepted(
        id=decision.id,
        revision=decision.revision,
        receipt=decision.receipt or None,
        unchanged=decision.outcome == "unchanged" or None,
        superseded=decision.outcome == "superseded" or None,
    ).model_dump(exclude_none=True)


def answer(decision: Decision) -> JSONResponse:
    """202 or 200; a refusal is raised as its problem."""
    if decision.outcome not in SETTLED:
        raise refusal(decision)
    accepted = decision.outcome == "accepted"
    headers = {"Location": f"/v1/receipts/{decision.receipt}"} if accepted else None
    return JSONResponse(settled(decision), 202 if accepted else 200, headers)
