"""A running search service behind a real socket, for answers that do not end."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import uvicorn
from fastapi import FastAPI

from shared.server import KEEP_ALIVE_S, HttpProtocol
from tests.servers import free_port
from tests.waiting import eventually


@asynccontextmanager
async def served(app: FastAPI, port: int | None = None) -> AsyncIterator[str]:
    """Where the application answers; its life cycle is the caller's."""
    port = port or free_port()
    server = uvicorn.Server(
        uvicorn.Config(
            app,
            port=port,
            lifespan="off",
            log_config=None,
            timeout_graceful_shutdown=1,
            timeout_keep_alive=KEEP_ALIVE_S,
            http=HttpProtocol,
        )
    )
    # A test that is interrupted stops as any other.
    server.capture_signals = _no_signals  # type: ignore[method-assign]
    running = asyncio.create_task(server.serve())
    await eventually(lambda: server.started, expected=True)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    await running


@contextmanager
def _no_signals() -> Iterator[None]:
    yield


@dataclass
class Listener:
    """What an event source was told; `last` is what a browser would send as `Last-Event-ID`."""

    events: list[tuple[str, Any]] = field(default_factory=list)
    last: str | None = None
    ready: bool = False
    ended: bool = False

    @property
    def titles(self) -> list[str]:
        return [data["title"] for name, data in self.events if name == "article"]


@asynccontextmanager
async def listening(
    base_url: str, *, last: str | None = None, **params: str
) -> AsyncIterator[Listener]:
    """Read `GET /v1/live` while the block runs."""
    headers = {"Last-Event-ID": last} if last else {}
    listener = Listener(last=last)
    async with httpx.AsyncClient(base_url=base_url, timeout=30) as client:
        reading = asyncio.create_task(_read(client, listener, params, headers))
        await eventually(lambda: listener.ready or reading.done(), expected=True)
        if reading.done():
            reading.result()
        yield listener
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)


async def _read(
    client: httpx.AsyncClient, listener: Listener, params: dict[str, str], headers: dict[str, str]
) -> None:
    async with client.stream("GET", "/v1/live", params=params, headers=headers) as answer:
        assert answer.status_code == 200, await answer.aread()
        assert answer.headers["content-type"].startswith("text/event-stream")
        fields: dict[str, str] = {}
        async for line in answer.aiter_lines():
            if line:
                name, _, value = line.partition(": ")
                fields[name] = value
                continue
            listener.last = fields.get("id", listener.last)
            listener.ready = listener.ready or "id" in fields
            if "data" in fields:
                listener.events.append((fields.get("event", ""), json.loads(fields["data"])))
            fields = {}
        listener.ended = True
