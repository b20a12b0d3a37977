"""Many articles at once: read in pieces, decided in chunks, answered in pieces."""

import asyncio
import hashlib
import json
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TypeVar

from fastapi import APIRouter, Request, Response
from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope, Send

from services.ingest.api.answers import BatchAnswer, BatchItem, refusal, settled
from services.ingest.api.batch_items import ItemReader, item_reader
from services.ingest.api.doorkeeper import Doorkeeper
from services.ingest.api.preparation import Origin, Preparation
from services.ingest.api.refusals import Refusals
from services.ingest.api.requests import (
    RETRY_AFTER,
    body_pieces,
    fingerprint_of,
    idempotency_key_of,
    idempotency_of_item,
    only_parameters,
    refuse_compressed,
    unavailable,
)
from services.ingest.domain.decisions import SETTLED, Command, Decision, Idempotency
from services.ingest.ports import IdempotentBatches, Ledger, PartUnavailableError
from services.ingest.use_cases import PublishArticles
from shared.http import NAME_LENGTH, PROBLEM_RESPONSES, ProblemError, shorten
from shared.telemetry import ACCEPTED, Metrics, correlation_id

ITEMS = 10_000
BATCH_BYTES = 64 * 2**20
CHUNK = 100
CHUNK_BYTES = 2 * 2**20
"""A chunk of large items is decided before it has `CHUNK` of them: they and their events are held
in memory until then."""
SLICE_BYTES = 4 * 2**10
"""Read at a time: brackets alone take a microsecond each, and others wait meanwhile."""
LISTED_ERRORS = 1_000
"""Of all items together; the answer to thousands of bad items would be many times the batch."""
PATIENCE_S = 0.2
"""A chunk that does not fill is decided after this time: a slow sender is answered too."""
EARLY_BYTES = 48 * 2**10
"""Answered while the body still comes. A client that sends all before it reads anything would
otherwise wait for us, and we for it."""

ACCEPTED_STATUS = 202
SERVER_ERROR = 500
TOO_MANY = 429

BATCH_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "array",
                    "maxItems": ITEMS,
                    "items": {"$ref": "#/components/schemas/ArticleInput"},
                }
            },
            "application/x-ndjson": {"schema": {"type": "string"}},
        },
    }
}

RawItem = bytes | ProblemError
"""An article as JSON, or why there is none."""
Item = TypeVar("Item")


@dataclass
class Reading:
    """How far the body of a request was read: its digest so far, and whether it broke off."""

    digest: "hashlib._Hash" = field(default_factory=hashlib.sha256)
    broken: bool = False


class Batches:
    """Turns the items of a request into verdicts."""

    def __init__(
        self,
        ledger: Ledger,
        publish: PublishArticles,
        preparation: Preparation,
        metrics: Metrics,
        refusals: Refusals,
        *,
        chunk: int = CHUNK,
    ) -> None:
        self._ledger = ledger
        self._publish = publish
        self._preparation = preparation
        self._metrics = metrics
        self._refusals = refusals
        self._chunk = chunk

    def refusal(self) -> Decision | None:
        """The decision on any batch, while nothing is taken in."""
        return self._publish.refusal()

    async def verdicts(
        self, request: Request, publisher: str, reading: Reading
    ) -> AsyncIterator[list[BatchItem]]:
        """Verdicts in order, some at a time; `reading` follows the body."""
        index = 0
        waiting: list[bytes] = []
        held = 0
        since = time.monotonic()
        problem: ProblemError | None = None
        items = _items(request, reading)
        while problem is None:
            try:
                new = await anext(items)
                waiting += new
                held += sum(map(len, new))
                if index + len(waiting) > ITEMS:
                    del waiting[ITEMS - index :]
                    raise ProblemError(413, "too_large", f"A batch has up to {ITEMS} items.")  # noqa: TRY301
            except StopAsyncIteration:
                break
            except ProblemError as error:
                problem = error
                reading.broken = True
            while len(waiting) >= self._chunk or (
                waiting and (held >= CHUNK_BYTES or time.monotonic() > since + PATIENCE_S)
            ):
                chunk, waiting = waiting[: self._chunk], waiting[self._chunk :]
                held = sum(map(len, waiting))
                yield await self._decide(publisher, chunk, index, request)
                index, since = index + len(chunk), time.monotonic()
        for chunk in _chunks(waiting, self._chunk):
            yield await self._decide(publisher, chunk, index, request)
            index += len(chunk)
        if problem:
            yield [self._refused(index, problem, request)]

    async def verdicts_on(
        self, items: list[RawItem], request: Request, publisher: str
    ) -> AsyncIterator[list[BatchItem]]:
        """Verdicts on articles that were read out of a document."""
        index = 0
        for chunk in _chunks(items, self._chunk):
            yield await self._decide(publisher, chunk, index, request)
            index += len(chunk)

    async def _decide(
        self, publisher: str, chunk: Sequence[RawItem], start: int, request: Request
    ) -> list[BatchItem]:
        read = [
            await self._read(publisher, raw, index, request)
            for index, raw in enumerate(chunk, start)
        ]
        commands = [one for one in read if isinstance(one, Command)]
        try:
            await asyncio.sleep(await self._ledger.reserve(publisher, len(chunk)))
            decisions = iter(await self._publish.many(commands) if commands else [])
        except PartUnavailableError:
            decisions = iter([Decision("unavailable", one.id) for one in commands])
        return [
            self._verdict(index, next(decisions), request)
            if isinstance(one, Command)
            else self._refused(index, one, request)
            for index, one in enumerate(read, start)
        ]

    async def _read(
        self, publisher: str, raw: RawItem, index: int, request: Request
    ) -> Command | ProblemError:
        if isinstance(raw, ProblemError):
            return raw
        origin = Origin(
            publisher,
            traceparent=request.headers.get("traceparent"),
            correlation_id=correlation_id.get(),
            idempotency=idempotency_of_item(request, raw, index),
            rated=False,
        )
        try:
            return await self._preparation.command(raw, origin)
        except ProblemError as problem:
            return problem

    def _verdict(self, index: int, decision: Decision, request: Request) -> BatchItem:
        self._metrics.count(ACCEPTED, outcome=decision.outcome)
        if decision.outcome not in SETTLED:
            return self._refused(index, refusal(decision), request)
        status = ACCEPTED_STATUS if decision.outcome == "accepted" else 200
        return BatchItem(index=index, status=status, **settled(decision))

    def _refused(self, index: int, error: ProblemError, request: Request) -> BatchItem:
        self._refusals.note(request.state.publisher, error.code)
        problem = error.problem(request.url.path)
        return BatchItem(index=index, status=error.status, problem=problem)


def batch_routes(
    doorkeeper: Doorkeeper, batches: Batches, idempotency: IdempotentBatches
) -> APIRouter:
    router = APIRouter(prefix="/v1/articles", tags=["articles"], responses=PROBLEM_RESPONSES)

    @router.post("/batch", response_model=BatchAnswer, openapi_extra=BATCH_BODY)
    async def post_batch(request: Request) -> Response:
        """Publish up to 10,000 articles: a JSON array or NDJSON, one verdict for each."""
        key = await doorkeeper.admit(request, "publish")
        only_parameters(request)
        refuse_compressed(request)
        if refused := batches.refusal():
            raise refusal(refused)
        reading = Reading()
        verdicts = batches.verdicts(request, key.publisher, reading)
        return await answered(request, key.publisher, verdicts, reading, idempotency)

    return router


async def answered(
    request: Request,
    publisher: str,
    verdicts: AsyncIterator[list[BatchItem]],
    reading: Reading,
    idempotency: IdempotentBatches,
) -> Response:
    """Answer with the verdicts as they come, or once for all requests of one idempotency key."""
    named = idempotency_key_of(request)
    verdicts = _with_few_errors(verdicts)
    try:
        if named is None:
            return await _streamed(verdicts)
        match await idempotency.begin(publisher, named):
            case "first":
                kept = _KeptAnswer(idempotency, publisher, named)
                return await kept.make(request, verdicts, reading)
            case "running":
                raise refusal(Decision("running", ""))
            case "answered":
                return await _answer_again(request, idempotency, publisher, named)
    except PartUnavailableError as error:
        raise unavailable() from error


async def _with_few_errors(
    verdicts: AsyncIterator[list[BatchItem]],
) -> AsyncIterator[list[BatchItem]]:
    """Leave errors out once `LISTED_ERRORS` were listed; such an item keeps its status and code."""
    left = LISTED_ERRORS
    async for some in verdicts:
        for problem in [item.problem for item in some if item.problem]:
            if len(problem.errors) > left:
                problem.errors = problem.errors[:left]
                problem.detail = shorten(problem.detail, NAME_LENGTH)
            left -= len(problem.errors)
        yield some


async def _streamed(verdicts: AsyncIterator[list[BatchItem]]) -> Response:
    first: list[BatchItem] = await anext(verdicts, [])
    _refuse_if_down(first)
    return StreamedVerdicts(first, verdicts)


def _refuse_if_down(first: list[BatchItem]) -> None:
    """A batch none of whose first items could be kept is refused as a whole."""
    if first and all(item.status >= SERVER_ERROR for item in first):
        problem = first[0].problem
        detail = problem.detail if problem else "Nothing was accepted."
        code = problem.code if problem else "unavailable"
        raise ProblemError(503, code, detail, headers=RETRY_AFTER)


@dataclass(frozen=True)
class _KeptAnswer:
    """The one answer to all requests of an idempotency key."""

    idempotency: IdempotentBatches
    publisher: str
    key: str

    async def make(
        self, request: Request, verdicts: AsyncIterator[list[BatchItem]], reading: Reading
    ) -> Response:
        """Answer, and keep the answer if the whole body was read and each item has a final one."""
        items: list[BatchItem] = []
        body = bytearray(b'{"items": [')
        kept = False
        try:
            async for some in verdicts:
                body += b"".join(_pieces(some, first=not items))
                items += some
                await self.idempotency.renew(self.publisher, self.key)
            _refuse_if_down(items)
            body += b"]}"
            # The fingerprint of a part would make the whole another request.
            if not reading.broken and not any(map(_is_to_be_sent_again, items)):
                fingerprint = fingerprint_of(request, reading.digest.hexdigest())
                request_of_key = Idempotency(self.key, fingerprint)
                await self.idempotency.keep(self.publisher, request_of_key, bytes(body))
                kept = True
        finally:
            if not kept:
                with suppress(PartUnavailableError):
                    await self.idempotency.give_back(self.publisher, self.key)
        return Response(bytes(body), media_type="application/json")


def _is_to_be_sent_again(item: BatchItem) -> bool:
    return item.status >= SERVER_ERROR or item.status == TOO_MANY


async def _answer_again(
    request: Request, idempotency: IdempotentBatches, publisher: str, key: str
) -> Response:
    digest = hashlib.sha256()
    async for piece in body_pieces(request, BATCH_BYTES):
        digest.update(piece)
    fingerprint = fingerprint_of(request, digest.hexdigest())
    answer = await idempotency.answer(publisher, Idempotency(key, fingerprint))
    if answer is None:
        raise refusal(Decision("other_request", ""))
    return Response(answer, media_type="application/json")


class StreamedVerdicts(Response):
    """Sends verdicts while the request still comes in.

    Starlette's StreamingResponse would read from the request to learn of a disconnect, and so take
    the pieces of the body.
    """

    media_type = "application/json"

    def __init__(self, first: list[BatchItem], rest: AsyncIterator[list[BatchItem]]) -> None:
        super().__init__()
        del self.headers["content-length"]
        self._first = first
        self._rest = rest

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        async def put(body: bytes, *, more: bool = True) -> None:
            await send({"type": "http.response.body", "body": body, "more_body": more})

        start = {"type": "http.response.start", "status": 200, "headers": self.raw_headers}
        await send(start)
        sent = 0
        held = [b'{"items": [', *_pieces(self._first, first=True)]
        async for some in self._rest:
            if held and sent < EARLY_BYTES:
                early = b"".join(held)
                sent += len(early)
                await put(early)
                held = []
            held += _pieces(some, first=False)
        await put(b"".join(held) + b"]}", more=False)


def _pieces(items: list[BatchItem], *, first: bool) -> Iterator[bytes]:
    for number, item in enumerate(items):
        comma = "" if first and number == 0 else ",\n"
        # These are said only where they are so.
        unsaid = {name for name in ("unchanged", "superseded") if not getattr(item, name)}
        yield f"{comma}{json.dumps(item.model_dump(mode='json', exclude=unsaid))}".encode()


async def _items(request: Request, reading: Reading) -> AsyncIterator[list[bytes]]:
    """The raw items of each piece of the body; raises a problem where the body breaks off."""
    reader: ItemReader | None = None
    try:
        async for piece in body_pieces(request, BATCH_BYTES):
            reading.digest.update(piece)
            if reader is None and piece.strip():
                reader = item_reader(request.headers.get("content-type", ""), piece)
            for start in range(0, len(piece) if reader else 0, SLICE_BYTES):
                for item in reader.feed(piece[start : start + SLICE_BYTES]) if reader else ():
                    yield [item]
                await asyncio.sleep(0)
            yield []
        if reader:
            for item in reader.finish():
                yield [item]
    except ClientDisconnect as error:
        raise ProblemError(400, "broken_off", "The body broke off.") from error


def _chunks(items: list[Item], size: int) -> Iterator[list[Item]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]
