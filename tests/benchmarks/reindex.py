"""Reindex: what readers feel while the index is rebuilt."""

import asyncio
import random
import time

import httpx

from tests.benchmarks.frame import Result, Rig, fill, open_loop, percentile
from tests.newsroom import Newsroom, newsroom

ARTICLES = 3_000
PER_SECOND = 20
BEFORE_S = 15
WORDS = ("tunnel", "bridge", "harbour", "flamingos", "umbrella", "cable", "lake", "railway")


async def run(rig: Rig) -> list[Result]:
    results = []
    for engine, settings in rig.engines():
        with newsroom(rig.scratch / f"reindex-{engine}", samples=False, **settings) as room:
            await fill(rig, room, ARTICLES)
            readers = _Readers(str(room.search.base_url))
            await open_loop(PER_SECOND, 3, readers.ask)
            readers.forget()
            await open_loop(PER_SECOND, BEFORE_S, readers.ask)
            before = readers.forget()
            answer, seconds = await _rebuild(room, readers)
            during = readers.forget()
            await readers.aclose()
        raw = (
            f"before: p50 {percentile(before, 0.5):.0f} ms, p99 {percentile(before, 0.99):.0f} ms "
            f"of {len(before)}; during {seconds:.1f} s: p50 {percentile(during, 0.5):.0f} ms, p99 "
            f"{percentile(during, 0.99):.0f} ms of {len(during)}; {answer}"
        )
        ratio = percentile(during, 0.99) / percentile(before, 0.99)
        results += [
            Result(f"reindex on {engine}, p99 during / before", ratio, 2, raw, at_most=True),
            Result(
                f"reindex on {engine}, failed questions",
                len(readers.failed),
                0,
                ", ".join(readers.failed[:3]) or "none",
                at_most=True,
            ),
        ]
    return results


async def _rebuild(room: Newsroom, readers: "_Readers") -> tuple[str, float]:
    """Readers go on until the command has ended."""
    start = time.monotonic()
    command = asyncio.create_task(asyncio.to_thread(room.dateline, "reindex"))
    while not command.done():
        await open_loop(PER_SECOND, 0.5, readers.ask)
    done = await command
    assert done.returncode == 0, done.stderr
    return done.stdout.strip(), time.monotonic() - start


class _Readers:
    def __init__(self, url: str) -> None:
        self._client = httpx.AsyncClient(base_url=url, timeout=30)
        self._random = random.Random(9)
        self._taken_ms: list[float] = []
        self.failed: list[str] = []

    def forget(self) -> list[float]:
        taken, self._taken_ms = self._taken_ms, []
        return taken

    async def ask(self) -> None:
        params = {"q": self._random.choice(WORDS), "facets": "category,tag", "highlight": "true"}
        start = time.perf_counter()
        try:
            answer = await self._client.get("/v1/search", params=params)
            if answer.status_code != httpx.codes.OK:
                self.failed.append(str(answer.status_code))
        except httpx.HTTPError as error:
            self.failed.append(repr(error))
        self._taken_ms.append((time.perf_counter() - start) * 1000)

    async def aclose(self) -> None:
        await self._client.aclose()
