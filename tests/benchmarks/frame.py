"""What every benchmark is given and gives back."""

import asyncio
import json
import random
import statistics
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import Any

from shared.embedded_opensearch import OpenSearchCluster
from shared.embedded_redis import RedisServer
from tests import servers
from tests.newsroom import Newsroom


@dataclass(frozen=True, slots=True)
class Result:
    """One ratio, or one figure, with its goal.

    Attributes:
        raw: the figures it was made of, in words.
        at_most: the goal is an upper bound; otherwise a lower one. A goal of None is no goal.
    """

    name: str
    value: float
    goal: float | None
    raw: str
    at_most: bool = False

    @property
    def holds(self) -> bool:
        if self.goal is None:
            return True
        return self.value <= self.goal if self.at_most else self.value >= self.goal

    def __str__(self) -> str:
        sign = "<=" if self.at_most else ">="
        goal = "" if self.goal is None else f"  goal {sign} {self.goal:g}"
        mark = "" if self.holds else "  BELOW THE GOAL"
        return f"{self.name}: {self.value:.2f}{goal}{mark}\n    {self.raw}"


@dataclass
class Rig:
    """Servers, started when first asked for, and articles of about 400 words."""

    scratch: Path
    stack: ExitStack
    runs: int = 5
    _numbers: Iterator[int] = field(default_factory=lambda: iter(range(1, 1 << 40)))

    @cached_property
    def redis(self) -> RedisServer:
        """Synced on every write, as in production."""
        return self.stack.enter_context(servers.redis_server(self.scratch / "redis"))

    @cached_property
    def opensearch(self) -> OpenSearchCluster:
        """One node, compiled in full: it is measured, not only asked."""
        folder = self.stack.enter_context(servers.open_directory())
        return self.stack.enter_context(OpenSearchCluster(folder, heap="1g"))

    def engines(self) -> Iterator[tuple[str, dict[str, str]]]:
        """Each engine's name, and the settings by which a newsroom is on it."""
        yield "tantivy", {}
        yield "OpenSearch", {"OPENSEARCH_URL": self.opensearch.url}

    @cached_property
    def _sentences(self) -> list[str]:
        lines = files("services.cli.samples").joinpath("articles.jsonl").read_text("utf-8")
        articles = [json.loads(line) for line in lines.splitlines()]
        texts = [one["body"] for one in articles if one.get("language") == "en" and "body" in one]
        return [part.strip() for text in texts for part in text.split(".") if part.strip()]

    def articles(self, count: int, words: int = 400) -> list[dict[str, Any]]:
        """Never one twice: sentences of the samples in random order."""
        return [self._article(next(self._numbers), words) for _ in range(count)]

    def _article(self, number: int, words: int) -> dict[str, Any]:
        choose = random.Random(number)
        body: list[str] = []
        while sum(len(sentence.split()) for sentence in body) < words:
            body.append(choose.choice(self._sentences))
        return {
            "url": f"https://bench.example/{number}",
            "title": " ".join(choose.choice(self._sentences).split()[:9]),
            "body": ". ".join(body) + ".",
            "categories": [choose.choice(["News > Economy", "News > Politics", "Sport"])],
            "authors": [choose.choice(["Ana Reyes", "Leyla Aliyeva", "Tom Baker"])],
            "published_at": f"2026-0{choose.randint(1, 9)}-1{choose.randint(0, 9)}T08:00:00Z",
        }


def percentile(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def spread(values: Sequence[float], unit: str) -> str:
    """Median and extremes, in words."""
    low, high = min(values), max(values)
    return f"median {statistics.median(values):,.1f} {unit} ({low:,.1f} to {high:,.1f})"


async def open_loop(
    per_second: float, seconds: float, call: Callable[[], Coroutine[Any, Any, None]]
) -> None:
    """Calls at fixed times, whether or not earlier ones have ended; returns when all have."""
    tasks: list[asyncio.Task[None]] = []
    start = time.monotonic()
    for number in range(int(per_second * seconds)):
        await asyncio.sleep(max(0.0, start + number / per_second - time.monotonic()))
        tasks.append(asyncio.create_task(call()))
    await asyncio.gather(*tasks)


async def until(
    look: Callable[[], Awaitable[bool]], *, within_s: float = 600, pause_s: float = 0.05
) -> float:
    """The seconds until it is so."""
    start = time.monotonic()
    while not await look():
        if time.monotonic() - start > within_s:
            raise TimeoutError(f"not within {within_s:g} s")
        await asyncio.sleep(pause_s)
    return time.monotonic() - start


async def fill(rig: Rig, room: Newsroom, articles: int) -> None:
    """Post so many more, and wait until search finds them all."""
    wanted = room.find()["total"] + articles
    for _ in range(articles // 500):
        room.ingest.post("/v1/articles/batch", json=rig.articles(500)).raise_for_status()

    async def all_found() -> bool:
        return bool(room.find(page_size=1)["total"] >= wanted)

    await until(all_found, pause_s=0.5)
