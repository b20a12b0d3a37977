"""Suggestions while a reader types: what a keystroke costs, and what any answer costs."""

import time
from collections.abc import Iterator, Sequence

import httpx

from tests.benchmarks.frame import Result, Rig, fill, percentile
from tests.newsroom import newsroom

ARTICLES = 1_000
WORDS = ("tunnel railway", "flamingos", "harbour press", "telehpone cable", "ana reyes", "economy")
ROUNDS = 10
GOAL = 10
"""A 304 takes some milliseconds, and a fast typist a hundred from key to key."""


async def run(rig: Rig) -> list[Result]:
    results = []
    for engine, settings in rig.engines():
        with newsroom(rig.scratch / f"suggest-{engine}", samples=True, **settings) as room:
            await fill(rig, room, ARTICLES)
            typed, trivial = await _measure(str(room.search.base_url))
        p50, p99 = percentile(typed, 0.5), percentile(typed, 0.99)
        floor, slow = percentile(trivial, 0.5), percentile(trivial, 0.99)
        raw = (
            f"p50 {p50:.1f} ms, p99 {p99:.1f} ms of {len(typed)} keystrokes; a 304 without a look "
            f"at the index p50 {floor:.1f} ms, p99 {slow:.1f} ms"
        )
        results += [
            Result(f"suggest on {engine}, p99 / a 304", p99 / slow, GOAL, raw, at_most=True),
            Result(
                f"suggest on {engine}, p50 / a 304", p50 / floor, GOAL, "as above", at_most=True
            ),
        ]
    return results


async def _measure(url: str) -> tuple[list[float], list[float]]:
    """Milliseconds of each keystroke, and of an answer that says only that nothing changed."""
    typed: list[float] = []
    trivial: list[float] = []
    async with httpx.AsyncClient(base_url=url, timeout=30) as client:
        file = "/static/site.css"
        tag = {"If-None-Match": (await client.get(file)).headers["etag"]}
        for beginning in (*_keystrokes(WORDS), *_keystrokes(WORDS) * ROUNDS):
            start = time.perf_counter()
            answer = await client.get("/v1/suggest", params={"q": beginning})
            typed.append((time.perf_counter() - start) * 1000)
            assert answer.status_code == 200, answer.text
            start = time.perf_counter()
            assert (await client.get(file, headers=tag)).status_code == 304
            trivial.append((time.perf_counter() - start) * 1000)
    return typed, trivial


def _keystrokes(texts: Sequence[str]) -> list[str]:
    def beginnings() -> Iterator[str]:
        for text in texts:
            yield from (text[: end + 1] for end in range(len(text)))

    return [*beginnings()]
