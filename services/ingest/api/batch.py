"""Many articles at once: read in pieces, decided in chunks, answered in pieces."""

import asyncio
import hashlib
import json
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import suppress
from typing import NamedTuple, TypeVar

from fastapi import APIRouter, Request, Response
from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope, Send

from services.ingest.api.answers import BatchAnswer, BatchItem, refusal, settled
from services.ingest.api.batch_items import ItemReader, item_reader
from services.ingest.api.doorkeeper import Doorkeeper
from services.ingest.api.preparation import Origin, Preparation
from services.ingest.api.requests import (
    RETRY_AFTER,
    body_pieces,
    fingerprint_of,
    idempotency_key_of,
    only_parameters,
    refuse_compressed,
    unavailable,
)
from services.ingest.domain.decisions import SETTLED, Command, Decision
from services.ingest.ports import IdempotentBatches, KeptAnswer, Ledger, PartUnavailableError
from services.ingest.use_cases import PublishArticles
from shared.http import PROBLEM_RESPONSES, ProblemError
from shared.telemetry import ACCEPTED, Metrics, correlation_id

ITEMS = 10_000
BATCH_BYTES = 64 * 2**20
CHUNK = 100
SLICE_BYTES = 4 * 2**10
"""Read at a time: brackets alone take a microsecond each, and others wait meanwhile."""
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


class Batches:
    """Turns the items of a request into verdicts."""

    def __init__(
        self,
        ledger: Ledger,
        publish: PublishArticles,
        preparation: Preparation,
        metrics: Metrics,
        *,
        chunk: int = CHUNK,
    ) -> None:
        self._ledger = ledger
        self._publish = publish
        self._preparation = preparation
        self._metrics = metrics
        self._chunk = chunk

    def refusal(self) -> Decision | None:
        """The decision on any batch, while nothing is taken in."""
        return self._publish.refusal()

    async def verdicts(
        self, request: Request, publisher: str, digest: "hashlib._Hash"
    ) -> AsyncIterator[list[BatchItem]]:
        """Verdicts in order, some at a time; `digest` is fed with the body."""
        index = 0
        waiting: list[bytes] = []
        since = time.monotonic()
        problem: ProblemError | None = None
        items = _items(request, digest)
        while problem is None:
            try:
                waiting += await anext(items)
                if index + len(waiting) > ITEMS:
                    del waiting[ITEMS - index :]
                    raise ProblemError(413, "too_large", f"A batch has up to {ITEMS} items.")  # noqa: TRY301
            except StopAsyncIteration:
                break
            except ProblemError as error:
                problem = error
            while len(waiting) >= self._chunk or (
                waiting and time.monotonic() > since + PATIENCE_S
            ):
                chunk, waiting = waiting[: self._chunk], waiting[self._chunk :]
                yield await self._decide(publisher, chunk, index, request)
                index, since = index + len(chunk), time.monotonic()
        for chunk in _chunks(waiting, self._chunk):
            yield await self._decide(publisher, chunk, index, request)
            index += len(chunk)
        if problem:
            yield [_refused(index, problem, request)]

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
        read = [await self._read(publisher, raw, request) for raw in chunk]
        commands = [one for one in read if isinstance(one, Command)]
        try:
            await asyncio.sleep(await self._ledger.reserve(publisher, len(chunk)))
            decisions = iter(await self._publish.many(commands) if commands else [])
        except PartUnavailableError:
            decisions = iter([Decision("unavailable", one.id) for one in commands])
        return [
            self._verdict(index, next(decisions), request)
            if isinstance(one, Command)
            else _refused(index, one, request)
            for index, one in enumerate(read, start)
        ]

    async def _read(self, publisher: str, raw: RawItem, request: Request) -> Command | ProblemError:
        if isinstance(raw, ProblemError):
            return raw
        traceparent = request.headers.get("traceparent")
        origin = Origin(publisher, None, traceparent, correlation_id.get(), rated=False)
        try:
            return await self._preparation.command(raw, origin)
        except ProblemError as problem:
            return problem

    def _verdict(self, index: int, decision: Decision, request: Request) -> BatchItem:
        self._metrics.count(ACCEPTED, outcome=decision.outcome)
        if decision.outcome not in SETTLED:
            return _refused(index, refusal(decision), request)
        status = ACCEPTED_STATUS if decision.outcome == "accepted" else 200
        return BatchItem(index=index, status=status, **settled(decision))


def batch_routes(
    doorkeeper: Doorkeeper, batches: Batches, idempotency: IdempotentBatches
) -> APIRouter:
    router = APIRouter(prefix="/v1/articles", tags=["articles"], responses=PROBLEM_RESPONSES)

    @router.post("/batch", response_model=BatchAnswer, openapi_extra=BATCH_BODY)
    async def post_batch(request: Request) -> Response:
        """Publish up to 10,000 articles: a JSON array or NDJSON, one verdict for each."""
        key = await doorkeeper.admit(request, "publish", limit=BATCH_BYTES)
        only_parameters(request)
        refuse_compressed(request)
        if refused := batches.refusal():
            raise refusal(refused)
        digest = hashlib.sha256()
        verdicts = batches.verdicts(request, key.publisher, digest)
        return await answered(request, key.publisher, verdicts, digest, idempotency)

    return router


async def answered(
    request: Request,
    publisher: str,
    verdicts: AsyncIterator[list[BatchItem]],
    digest: "hashlib._Hash",
    idempotency: IdempotentBatches,
) -> Response:
    """Answer with the verdicts as they come, or once for all requests of one idempotency key."""
    named = idempotency_key_of(request)
    try:
        if named is None:
            return await _streamed(verdicts)
        owner = KeyOwner(publisher, named)
        return await _kept(request, verdicts, digest, idempotency, owner)
    except PartUnavailableError as error:
        raise unavailable() from error


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


class KeyOwner(NamedTuple):
    publisher: str
    key: str


async def _kept(
    request: Request,
    verdicts: AsyncIterator[list[BatchItem]],
    digest: "hashlib._Hash",
    idempotency: IdempotentBatches,
    owner: KeyOwner,
) -> Response:
    """Answer once for all requests of one idempotency key."""
    publisher, key = owner
    before = await idempotency.begin(publisher, key)
    if before:
        return await _answer_again(request, before)
    kept: KeptAnswer | None = None
    items: list[BatchItem] = []
    body = bytearray(b'{"items": [')
    try:
        async for some in verdicts:
            body += b"".join(_pieces(some, first=not items))
            items += some
            await idempotency.renew(publisher, key)
        _refuse_if_down(items)
        body += b"]}"
        if not any(item.status >= SERVER_ERROR or item.status == TOO_MANY for item in items):
            kept = KeptAnswer(fingerprint_of(request, digest.hexdigest()), bytes(body))
    finally:
        with suppress(PartUnavailableError):
            await idempotency.finish(publisher, key, kept)
    return Response(bytes(body), media_type="application/json")


async def _answer_again(request: Request, before: KeptAnswer) -> Response:
    if before.body is None:
        raise refusal(Decision("running", ""))
    digest = hashlib.sha256()
    async for piece in body_pieces(request, BATCH_BYTES):
        digest.update(piece)
    if fingerprint_of(request, digest.hexdigest()) != before.fingerprint:
        raise refusal(Decision("other_request", ""))
    return Response(before.body, media_type="application/json")


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


async def _items(request: Request, digest: "hashlib._Hash") -> AsyncIterator[list[bytes]]:
    """The raw items of each piece of the body; raises a problem where the body breaks off."""
    reader: ItemReader | None = None
    try:
        async for piece in body_pieces(request, BATCH_BYTES):
            digest.update(piece)
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


def _refused(index: int, error: ProblemError, request: Request) -> BatchItem:
    problem = error.problem(request.url.path)
    return BatchItem(index=index, status=error.status, problem=problem)
