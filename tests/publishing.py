"""Speaking to ingest as publishers, operators and search do."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx
from fastapi import FastAPI
from redis.asyncio import Redis

from services.ingest.app import create_app
from services.ingest.settings import IngestSettings
from shared.events import ArticleIndexed, ArticlePublished, Envelope, Event, decode, encode, wrap
from shared.identity import article_id
from shared.messaging import connect
from shared.streams import PUBLISHED, Stream
from tests import streams

URL = "https://news.example/a"
ID = article_id("demo", URL)
PUBLISHED_AT = datetime(2026, 5, 1, 8, 30, tzinfo=UTC)


async def patiently(ask: Callable[[], Awaitable[httpx.Response]]) -> httpx.Response:
    """Ask again after a 503: a machine too busy to answer in time says so."""
    answer = await ask()
    while answer.status_code == httpx.codes.SERVICE_UNAVAILABLE:
        await asyncio.sleep(float(answer.headers["Retry-After"]))
        answer = await ask()
    return answer


def article(**changes: object) -> dict[str, Any]:
    return {"url": URL, "title": "A title", "body": "A body."} | changes


@dataclass(frozen=True)
class Ingest:
    """A running ingest, a publisher's client of it, and a look behind it."""

    app: FastAPI
    http: httpx.AsyncClient
    redis: "Redis"

    async def post(self, **changes: object) -> "Verdict":
        return Verdict.of(await self.http.post("/v1/articles", json=article(**changes)))

    async def put(self, **changes: object) -> "Verdict":
        return Verdict.of(await self.http.put(f"/v1/articles/{ID}", json=article(**changes)))

    async def delete(self, revision: int | None = None) -> "Verdict":
        query = f"?revision={revision}" if revision else ""
        return Verdict.of(await self.http.delete(f"/v1/articles/{ID}{query}"))

    async def state(self, receipt: str) -> str:
        answer = await self.http.get(f"/v1/receipts/{receipt}")
        # Who waits for a state asks again after a 503, and fails with what was said instead.
        return str(answer.json()["state"]) if answer.is_success else answer.text

    async def events(self) -> list[Event]:
        entries = await streams.entries(self.redis, PUBLISHED.name)
        return [decode(fields[b"__data__"]).event for fields in entries]

    async def revisions(self) -> list[int]:
        """Of the articles published so far, in order."""
        return [one.revision for one in await self.events() if isinstance(one, ArticlePublished)]

    async def tell(self, stream: Stream, event: Event, subject: str = ID) -> None:
        await streams.add(self.redis, stream, encode(envelope(event, subject)))

    async def set_generation(self, number: int) -> None:
        await self.redis.set("dateline:generation", f"pair:{number}")


@dataclass(frozen=True)
class Verdict:
    """Status, revision and what was said: accepted, unchanged, superseded or a problem's code."""

    status: int
    revision: int
    said: str
    receipt: str

    @classmethod
    def of(cls, answer: httpx.Response) -> "Verdict":
        body: Mapping[str, Any] = answer.json()
        flags = [flag for flag in ("unchanged", "superseded") if body.get(flag)]
        said = body.get("code") or (flags or ["accepted"])[0]
        return cls(
            answer.status_code, body.get("revision", 0), str(said), body.get("receipt") or ""
        )

    @property
    def short(self) -> tuple[int, str, int]:
        return self.status, self.said, self.revision


def envelope(event: Event, subject: str = ID) -> Envelope:
    return wrap(event, source="test", subject=subject)


def indexed(revision: int, **changes: Any) -> ArticleIndexed:  # noqa: ANN401 - fields of an event
    fields: dict[str, Any] = {"publisher": "demo", "url": URL, "generation": 1}
    return ArticleIndexed(revision=revision, **(fields | changes))


@asynccontextmanager
async def ingest(url: str, **settings: Any) -> AsyncIterator[Ingest]:  # noqa: ANN401 - settings
    """An ingest of this Redis; the caller's key is the demo publisher's."""
    chosen: dict[str, Any] = {
        "redis_url": url,
        "demo_key": "demo-key",
        "claim_idle_ms": 500,
    } | settings
    app = create_app(IngestSettings(**chosen))
    redis = connect(url)
    transport = httpx.ASGITransport(app)
    headers = {"Authorization": "Bearer demo-key"}
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://ingest", headers=headers) as http,
    ):
        yield Ingest(app, http, redis)
    await redis.aclose()


@asynccontextmanager
async def settled_ingest(url: str, **settings: Any) -> AsyncIterator[Ingest]:  # noqa: ANN401
    """As `ingest`, with the generation that search has stated."""
    async with ingest(url, **settings) as running:
        await running.set_generation(1)
        yield running
