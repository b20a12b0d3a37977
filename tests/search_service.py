"""A running search service for the tests: the application, its streams and a client of its API."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI
from pydantic import SecretStr
from redis.asyncio import Redis

from services.search.app import create_app
from services.search.ports import SearchIndex
from services.search.settings import SearchSettings
from shared.events import ArticleIndexed, Event, decode
from shared.messaging import (
    ConsumerOptions,
    Delivery,
    Done,
    StreamConsumer,
    Subscription,
    Verdict,
    connect,
)
from shared.streams import ENRICHED, INDEXED, Stream
from shared.telemetry import Metrics
from tests import builders, streams
from tests.publishing import patiently
from tests.waiting import eventually

FAST = ConsumerOptions(claim_idle_ms=400, scan_ms=50, retry_ms=20, stop_timeout_s=3)


@dataclass(frozen=True, slots=True)
class Search:
    """One service; its application may be asked without a socket."""

    app: FastAPI
    client: httpx.AsyncClient
    redis: Redis

    async def publish(self, event: Event, name: str, stream: Stream = ENRICHED) -> None:
        await streams.add(self.redis, stream, builders.entry(event, name))

    async def index(self, **events: Event) -> None:
        """Publish events by article name and wait until search has acknowledged them."""
        for name, event in events.items():
            await self.publish(event, name)
        await self.settled()

    async def settled(self, stream: Stream = ENRICHED) -> None:
        await eventually(lambda: self._unread(stream), 0)

    async def _unread(self, stream: Stream) -> int:
        """Entries that group `search` has not acknowledged; -1 while there is no group."""
        if not await self.redis.exists(stream.name):
            return -1
        groups = await self.redis.xinfo_groups(stream.name)
        row = next((row for row in groups if row["name"] == b"search"), None)
        if row is None:
            return -1
        after = "(" + row["last-delivered-id"].decode()
        waiting = await self.redis.xrange(stream.name, after, "+", count=10) or []
        return int(row["pending"]) + len(waiting)

    async def indexed(self) -> list[tuple[str, ArticleIndexed]]:
        """What search has published, by article id, in order."""
        found = []
        for fields in await streams.entries(self.redis, INDEXED.name):
            envelope = decode(fields[b"__data__"])
            assert isinstance(envelope.event, ArticleIndexed)
            found.append((envelope.subject, envelope.event))
        return found

    async def get(self, path: str, *, status: int = 200, **params: Any) -> Any:  # noqa: ANN401  (JSON)
        """The body of an answer that is expected to have this status."""
        answer = await self.client.get(path, params=params)
        assert answer.status_code == status, answer.text
        return answer.json()

    async def found(self, **params: Any) -> list[str]:  # noqa: ANN401
        """The titles of the hits."""
        answer = await patiently(lambda: self.client.get("/v1/search", params=params))
        assert answer.status_code == httpx.codes.OK, answer.text
        return [hit["article"]["title"] for hit in answer.json()["hits"]]

    async def unready(self) -> Mapping[str, str]:
        """The parts that are not ready, with the reason."""
        answer = await self.client.get("/health/ready")
        parts: dict[str, str] = answer.json()["parts"]
        return {name: reason for name, reason in parts.items() if reason != "ok"}


@asynccontextmanager
async def searching(
    redis_url: str,
    state_dir: Path,
    *,
    index: SearchIndex | None = None,
    ready: bool = True,
    settings: SearchSettings | None = None,
) -> AsyncIterator[Search]:
    """The service, ready unless told otherwise; embedded where no index is given."""
    settings = settings or SearchSettings(state_dir=state_dir)
    settings = settings.model_copy(update={"redis_url": SecretStr(redis_url)})
    app = create_app(settings, index=index, options=FAST)
    redis = connect(redis_url)
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    client = httpx.AsyncClient(transport=transport, base_url="http://search.test")
    async with redis, client, app.router.lifespan_context(app):
        service = Search(app, client, redis)
        if ready:
            await eventually(service.unready, {})
        yield service


@asynccontextmanager
async def reading_receipts(redis_url: str) -> AsyncIterator[list[Delivery]]:
    """A stand-in for ingest: acknowledges what search says, and remembers it."""
    seen: list[Delivery] = []

    async def note(deliveries: Sequence[Delivery]) -> Sequence[Verdict]:
        seen.extend(deliveries)
        return [Done() for _ in deliveries]

    subscription = Subscription(INDEXED, "ingest", note)
    consumer = StreamConsumer(redis_url, [subscription], metrics=Metrics(), options=FAST)
    await consumer.start()
    try:
        yield seen
    finally:
        await consumer.stop()
