"""One document in a known format: read into articles, which are then decided on as a batch."""

import json
from collections.abc import AsyncIterator, Callable, Mapping
from functools import partial

from fastapi import APIRouter, Request, Response

from services.ingest.api.answers import BatchAnswer, BatchItem, refusal
from services.ingest.api.batch import Batches, RawItem, Reading, answered
from services.ingest.api.doorkeeper import Doorkeeper
from services.ingest.api.requests import (
    invalid_article,
    only_parameters,
    read_body,
    refuse_compressed,
)
from services.ingest.domain.article import web_address
from services.ingest.domain.imports import (
    FORMATS,
    ITEMS,
    Document,
    Fault,
    ImportedItem,
    Refused,
    UnreadableDocumentError,
)
from services.ingest.ports import IdempotentBatches
from shared.http import PROBLEM_RESPONSES, FieldError, ProblemError
from shared.names import nearest
from shared.workers import Workers, WorkersBusyError, WorkStoppedError

ReadDocument = Callable[[Document, str | None], list[ImportedItem]]
"""Raises `UnreadableDocumentError`. It runs in another process, so it must be picklable."""

_BUSY = "Too many documents wait to be read; nothing was accepted."
_PARAMETERS = [
    {
        "name": "format",
        "in": "query",
        "description": "The format, where Content-Type does not say it and it is not recognised.",
        "schema": {"type": "string", "enum": list(FORMATS)},
    },
    {
        "name": "url",
        "in": "query",
        "description": "The address of a page, or the base of relative addresses.",
        "schema": {"type": "string", "format": "uri"},
    },
]
IMPORT_BODY = {
    "parameters": _PARAMETERS,
    "requestBody": {
        "required": True,
        "content": {"*/*": {"schema": {"type": "string", "format": "binary"}}},
    },
}


def import_routes(
    doorkeeper: Doorkeeper,
    batches: Batches,
    documents: "Documents",
    idempotency: IdempotentBatches,
) -> APIRouter:
    router = APIRouter(prefix="/v1", tags=["articles"], responses=PROBLEM_RESPONSES)

    @router.post("/import", response_model=BatchAnswer, openapi_extra=IMPORT_BODY)
    async def post_import(request: Request) -> Response:
        """Publish the articles of one document: a verdict for each, as of a batch."""
        key = await doorkeeper.admit(request, "publish")
        parameters = only_parameters(request, "format", "url")
        format_name, url = _format_of(parameters), _url_of(parameters)
        refuse_compressed(request)
        if refused := batches.refusal():
            raise refusal(refused)
        reading = Reading()

        async def verdicts() -> AsyncIterator[list[BatchItem]]:
            body = await read_body(request)
            reading.digest.update(body)
            document = Document(body, request.headers.get("content-type", ""), url)
            items = await documents.read(document, format_name)
            async for some in batches.verdicts_on(items, request, key.publisher):
                yield some

        return await answered(request, key.publisher, verdicts(), reading, idempotency)

    return router


class Documents:
    """Reads documents in a process of its own, which can be stopped."""

    def __init__(self, read: ReadDocument, workers: Workers) -> None:
        self._read = read
        self._workers = workers

    async def read(self, document: Document, format_name: str | None) -> list[RawItem]:
        """The articles as JSON, or their problems; the document's problem is raised."""
        work = partial(_read_items, self._read, document, format_name)
        try:
            return await self._workers.read_document(work, len(document.content))
        except UnreadableDocumentError as error:
            raise _problem(error.faults) from error
        except WorkStoppedError as error:
            raise _problem([Fault("document", str(error))]) from error
        except WorkersBusyError as error:
            raise ProblemError(503, "overloaded", _BUSY, headers={"Retry-After": "5"}) from error


def _read_items(read: ReadDocument, document: Document, format_name: str | None) -> list[RawItem]:
    items = read(document, format_name)
    if len(items) > ITEMS:
        raise UnreadableDocumentError(Fault("document", f"has over {ITEMS} articles"))
    return [
        invalid_article(_errors(one.faults))
        if isinstance(one, Refused)
        else json.dumps(one).encode()
        for one in items
    ]


def _problem(faults: "tuple[Fault, ...] | list[Fault]") -> ProblemError:
    """What is wrong with a field is 422; what is no document of its format is 400."""
    errors = _errors(faults)
    if all(fault.field == "format" for fault in faults):
        return ProblemError(415, "unknown_format", f"The document {faults[0].message}.", errors)
    names = ", ".join(dict.fromkeys(fault.field for fault in faults))
    if all(fault.field == "document" for fault in faults):
        detail = f"The document {faults[0].message}."
        return ProblemError(400, "unreadable_document", detail, errors)
    return ProblemError(422, "invalid_document", f"Not acceptable: {names}.", errors)


def _errors(faults: "tuple[Fault, ...] | list[Fault]") -> list[FieldError]:
    return [FieldError(field=fault.field, message=fault.message) for fault in faults]


def _format_of(parameters: Mapping[str, str]) -> str | None:
    name = parameters.get("format")
    if name is None or name in FORMATS:
        return name
    error = FieldError(
        field="format",
        message="unknown format",
        allowed=list(FORMATS),
        nearest=nearest(name, FORMATS),
    )
    raise ProblemError(400, "bad_parameter", "format: unknown format.", [error])


def _url_of(parameters: Mapping[str, str]) -> str | None:
    url = parameters.get("url")
    if url is None:
        return None
    try:
        return web_address(url)
    except ValueError as error:
        field = FieldError(field="url", message=str(error))
        raise ProblemError(400, "bad_parameter", f"url: {error}.", [field]) from error
