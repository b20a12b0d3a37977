"""Freshness: from the POST until the article is searchable, at ten articles a second."""

import statistics
import time

import httpx

from tests.benchmarks.frame import Result, Rig, open_loop, percentile
from tests.newsroom import newsroom

PER_SECOND = 10
SECONDS = 20
WARM_UP = 30
ALLOWANCE_S = 0.5


async def run(rig: Rig) -> list[Result]:
    results = []
    for engine, settings in rig.engines():
        with newsroom(rig.scratch / f"freshness-{engine}", samples=False, **settings) as room:
            for article in rig.articles(WARM_UP):
                room.post(article)
            alone = []
            for article in rig.articles(WARM_UP):
                start = time.perf_counter()
                room.post(article)
                alone.append(time.perf_counter() - start)
            taken = await _at_rate(rig, str(room.ingest.base_url), dict(room.ingest.headers))
        p50, p99 = percentile(taken, 0.5), percentile(taken, 0.99)
        floor = statistics.median(alone)
        raw = (
            f"p50 {p50 * 1000:.0f} ms, p99 {p99 * 1000:.0f} ms of {len(taken)}; one article on an "
            f"idle newsroom {floor * 1000:.0f} ms (the index is refreshed with every batch, so "
            "there is no refresh interval to wait for)"
        )
        results.append(
            Result(f"freshness on {engine}, p99 in seconds", p99, ALLOWANCE_S, raw, at_most=True)
        )
        results.append(
            Result(f"freshness on {engine}, p50 / idle", p50 / floor, 2, "as above", at_most=True)
        )
    return results


async def _at_rate(rig: Rig, url: str, headers: dict[str, str]) -> list[float]:
    articles = iter(rig.articles(PER_SECOND * SECONDS))
    taken: list[float] = []
    async with httpx.AsyncClient(base_url=url, headers=headers, timeout=60) as client:

        async def publish() -> None:
            start = time.perf_counter()
            accepted = await client.post("/v1/articles", json=next(articles))
            receipt = accepted.raise_for_status().json()["receipt"]
            params = {"wait": "searchable", "timeout": "30"}
            answer = await client.get(f"/v1/receipts/{receipt}", params=params)
            assert answer.json()["state"] == "searchable", answer.text
            taken.append(time.perf_counter() - start)

        await open_loop(PER_SECOND, SECONDS, publish)
    return taken
