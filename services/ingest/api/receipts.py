"""What became of an accepted revision."""

import asyncio
import time

from fastapi import APIRouter, Request

from services.ingest.api.answers import ReceiptAnswer
from services.ingest.api.doorkeeper import Doorkeeper
from services.ingest.api.requests import only_parameters, unavailable, whole_number
from services.ingest.domain.keys import SCOPES
from services.ingest.domain.receipts import FINAL, Receipt
from services.ingest.ports import PartUnavailableError, Receipts
from shared.http import PROBLEM_RESPONSES, FieldError, ProblemError

WAIT_S = 5
LONGEST_WAIT_S = 30
POLL_S = 0.1


def receipt_routes(doorkeeper: Doorkeeper, receipts: Receipts) -> APIRouter:
    router = APIRouter(prefix="/v1/receipts", tags=["receipts"], responses=PROBLEM_RESPONSES)

    async def own(receipt_id: str, publisher: str) -> Receipt:
        try:
            receipt = await receipts.get(receipt_id)
        except PartUnavailableError as error:
            raise unavailable() from error
        if receipt is None or receipt.publisher != publisher:
            raise ProblemError(404, "unknown_receipt", "You have no such receipt.")
        return receipt

    @router.get("/{receipt}")
    async def get_receipt(
        request: Request,
        receipt: str,
        wait: str | None = None,
        timeout: str | None = None,  # noqa: ASYNC109, ARG001 - names the parameter of the address
    ) -> ReceiptAnswer:
        """The state reached; with `wait=searchable` once it is final, or at the time-out."""
        key = await doorkeeper.admit(request, *SCOPES)
        parameters = only_parameters(request, "wait", "timeout")
        seconds = whole_number(parameters, "timeout", 0, LONGEST_WAIT_S)
        if wait not in {None, "searchable"}:
            error = FieldError(field="wait", message="unknown state", allowed=["searchable"])
            raise ProblemError(400, "bad_parameter", "wait: only searchable.", [error])
        deadline = time.monotonic() + (WAIT_S if seconds is None else seconds)
        found = await own(receipt, key.publisher)
        while wait and found.state not in FINAL and time.monotonic() < deadline:
            await asyncio.sleep(POLL_S)
            found = await own(receipt, key.publisher)
        return ReceiptAnswer.of(found)

    return router
