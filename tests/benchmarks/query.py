"""Query tax: what our API adds to the engine's own answer, at half load."""

import random
import statistics
import time
from collections.abc import Mapping
from typing import Any

import httpx

from services.search.adapters.opensearch_index import OpenSearchIndex
from services.search.adapters.opensearch_index.connection import Access
from services.search.app import create_app
from services.search.settings import SearchSettings
from tests.benchmarks.frame import Result, Rig, fill, open_loop, percentile
from tests.newsroom import Newsroom, newsroom

ARTICLES = 2_000
SECONDS = 15
QUESTIONS = ("tunnel", "bridge", "harbour", "railway", "umbrella", "lake", "cable", "film")
Body = Mapping[str, Any]


class RecordingIndex(OpenSearchIndex):
    """Keeps what it sends, so that the same can be asked without us."""

    def __init__(self, access: Access) -> None:
        super().__init__(access)
        self.asked: list[Body] = []

    async def _search(self, body: dict[str, Any]) -> Any:  # noqa: ANN401 - JSON.
        self.asked.append(body)
        return await super()._search(body)


async def run(rig: Rig) -> list[Result]:
    url = rig.opensearch.url
    with newsroom(rig.scratch / "query", OPENSEARCH_URL=url) as room:
        await fill(rig, room, ARTICLES)
        bodies = await _bodies(rig, room, url)
        base = str(room.search.base_url)
        async with (
            httpx.AsyncClient(base_url=base, timeout=30) as ours,
            httpx.AsyncClient(base_url=url, timeout=30) as engine,
        ):
            rate = 0.5 * await _capacity(ours)
            through, _ = await _measure(ours, "GET", rate, dict.fromkeys(QUESTIONS, None))
            direct, took = await _measure(engine, "POST", rate, bodies)
    ratio = statistics.median(through) / statistics.median(direct)
    overhead = percentile(through, 0.99) - percentile(took, 0.99)
    raw = (
        f"at {rate:.0f}/s through the API p50 {statistics.median(through):.1f} ms, p99 "
        f"{percentile(through, 0.99):.1f} ms; direct _search p50 {statistics.median(direct):.1f} "
        f"ms, p99 {percentile(direct, 0.99):.1f} ms; engine took p50 "
        f"{statistics.median(took):.1f} ms, p99 {percentile(took, 0.99):.1f} ms"
    )
    return [
        Result("query tax, p50 / direct _search", ratio, 1.3, raw, at_most=True),
        Result("query tax, p99 over engine took in ms", overhead, 5, "as above", at_most=True),
    ]


def _params(question: str) -> dict[str, str]:
    return {"q": question, "facets": "category,tag"}


async def _bodies(rig: Rig, room: Newsroom, url: str) -> dict[str, Body]:
    """The engine's own request for each question: the last that the API sends for it."""
    index = RecordingIndex(Access(urls=(url,)))
    await index.open()
    settings = SearchSettings(redis_url=room.redis_url, state_dir=rig.scratch)
    transport = httpx.ASGITransport(app=create_app(settings, index=index))
    bodies: dict[str, Body] = {}
    async with httpx.AsyncClient(transport=transport, base_url="http://bench") as client:
        for question in QUESTIONS:
            (await client.get("/v1/search", params=_params(question))).raise_for_status()
            bodies[question] = index.asked[-1]
    await index.aclose()
    return bodies


async def _capacity(client: httpx.AsyncClient) -> float:
    """Questions a second that one reader after the other gets answered."""
    for question in QUESTIONS * 3:  # Warm-up.
        await client.get("/v1/search", params=_params(question))
    start, asked = time.perf_counter(), 0
    while time.perf_counter() - start < 3:
        await client.get("/v1/search", params=_params(QUESTIONS[asked % len(QUESTIONS)]))
        asked += 1
    return asked / (time.perf_counter() - start)


async def _measure(
    client: httpx.AsyncClient, method: str, rate: float, bodies: Mapping[str, Body | None]
) -> tuple[list[float], list[float]]:
    """Milliseconds by our clock and by the engine's own, for questions at a fixed rate."""
    choose = random.Random(4)
    taken: list[float] = []
    took: list[float] = []

    async def ask() -> None:
        question = choose.choice(QUESTIONS)
        start = time.perf_counter()
        if method == "GET":
            answer = await client.get("/v1/search", params=_params(question))
        else:
            path = "/articles/_search?allow_partial_search_results=false"
            answer = await client.post(path, json=bodies[question])
            took.append(float(answer.raise_for_status().json()["took"]))
        answer.raise_for_status()
        taken.append((time.perf_counter() - start) * 1000)

    await open_loop(rate, SECONDS, ask)
    return taken, took
