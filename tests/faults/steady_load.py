"""Publishers and readers at a fixed rate, who remember what they were promised and what failed."""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx

from services.cli.ledger import Accepted
from tests.newsroom import Newsroom

WORDS = (
    *("tunnel", "bridge", "harbour", "minister", "election"),
    *("river", "drought", "vineyard", "railway", "customs"),
)
TOPICS = ["News > Economy", "News > Politics", "Sport", "Culture"]


@dataclass
class Load:
    """What publishers were promised (by article, the last word on it), and what went wrong."""

    room: Newsroom
    seed: int
    accepted: dict[str, Accepted] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    failed_questions: list[str] = field(default_factory=list)
    questions: int = 0
    writes: int = 0
    latencies_ms: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)
        self._number = 0
        headers = dict(self.room.ingest.headers)
        # Let go sooner than the server does: it may close just what is about to be used again.
        limits = httpx.Limits(max_connections=100, keepalive_expiry=1)
        self._ingest = httpx.AsyncClient(
            base_url=self.room.ingest.base_url, headers=headers, timeout=30, limits=limits
        )
        self._search = httpx.AsyncClient(
            base_url=self.room.search.base_url, timeout=30, limits=limits
        )

    async def aclose(self) -> None:
        await self._ingest.aclose()
        await self._search.aclose()

    def article(self) -> dict[str, Any]:
        self._number += 1
        choose = self._random
        return {
            "url": f"https://load.example/{self.seed}/{self._number}",
            "title": " ".join(choose.choices(WORDS, k=4)),
            "body": " ".join(choose.choices(WORDS, k=80)),
            "categories": [choose.choice(TOPICS)],
            "published_at": f"2026-0{choose.randint(1, 9)}-11T08:00:{choose.randint(10, 59)}Z",
        }

    async def fill(self, count: int) -> None:
        """Publish so many at once."""
        for start in range(0, count, 500):
            batch = [self.article() for _ in range(min(500, count - start))]
            answer = await self._ingest.post("/v1/articles/batch", json=batch, timeout=120)
            for item in answer.raise_for_status().json()["items"]:
                assert item["status"] == 202, item
                self._remember(item)

    async def write(self) -> None:
        """Publish, correct or withdraw something."""
        self.writes += 1
        chance = self._random.random()
        known = self._random.choice(list(self.accepted)) if self.accepted else None
        if known is None or chance < 0.6:
            await self._note(self._ingest.post("/v1/articles", json=self.article()))
        elif chance < 0.85:
            corrected = self.article() | {"external_id": f"e-{self._random.randint(1, 50)}"}
            await self._note(self._ingest.post("/v1/articles", json=corrected))
        else:
            await self._note(self._ingest.delete(f"/v1/articles/{known}"), withdrawn=True)

    async def _note(self, call: Awaitable[httpx.Response], *, withdrawn: bool = False) -> None:
        try:
            answer = await call
        except httpx.HTTPError as error:
            self.refused.append(repr(error))
            return
        if answer.status_code == httpx.codes.ACCEPTED:
            self._remember(answer.json(), withdrawn=withdrawn)
        elif answer.status_code != httpx.codes.OK:
            self.refused.append(f"{answer.status_code} {answer.text}")

    def _remember(self, body: dict[str, Any], *, withdrawn: bool = False) -> None:
        new = Accepted(body["id"], body["revision"], withdrawn)
        old = self.accepted.get(new.id)
        if old is None or old.rank < new.rank:
            self.accepted[new.id] = new

    async def ask(self) -> None:
        """Ask one question; anything but 200 in time has failed."""
        word, topic = self._random.choice(WORDS), self._random.choice(TOPICS)
        params = {"q": word, "category": topic, "facets": "category,year", "highlight": "true"}
        start = time.perf_counter()
        try:
            answer = await self._search.get("/v1/search", params=params)
            if answer.status_code != httpx.codes.OK:
                self.failed_questions.append(f"{answer.status_code} {answer.text}")
        except httpx.HTTPError as error:
            self.failed_questions.append(repr(error))
        self.questions += 1
        self.latencies_ms.append((time.perf_counter() - start) * 1000)


@asynccontextmanager
async def at_rate(
    per_second: float, call: Callable[[], Coroutine[Any, Any, None]]
) -> AsyncIterator[None]:
    """Call at a fixed rate while the block runs, whether or not earlier calls have ended."""
    running: set[asyncio.Task[None]] = set()

    async def drive() -> None:
        next_at = time.monotonic()
        while True:
            task = asyncio.create_task(call())
            running.add(task)
            task.add_done_callback(running.discard)
            next_at += 1 / per_second
            await asyncio.sleep(max(0.0, next_at - time.monotonic()))

    driver = asyncio.create_task(drive())
    try:
        yield
    finally:
        driver.cancel()
        await asyncio.gather(driver, return_exceptions=True)
        await asyncio.gather(*running)
