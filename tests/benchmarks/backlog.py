"""Articles that ingest has accepted, and enrich processes that take them off the stream."""

import json
import os
from collections.abc import Iterator, Sequence
from typing import Any

import httpx
from redis.asyncio import Redis

from services.cli.launcher import Service
from services.ingest.app import create_app
from services.ingest.settings import IngestSettings
from shared.streams import PUBLISHED
from tests.benchmarks.frame import Rig
from tests.relevance.figures import DATA
from tests.servers import free_port

_AT_ONCE = 500
_GROUP = b"enrich"
_SHORTEST_LETTERS = 300


async def begin(redis: Redis) -> None:
    """An empty Redis that needs no search to be ready."""
    await redis.flushall()
    await redis.set("dateline:generation", "bench:1")


async def accept(rig: Rig, articles: Sequence[dict[str, Any]]) -> None:
    settings = IngestSettings(redis_url=rig.redis.url, demo_key="demo-key")
    app = create_app(settings)
    headers = {"Authorization": "Bearer demo-key"}
    transport = httpx.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://bench", headers=headers) as ingest,
    ):
        for at in range(0, len(articles), _AT_ONCE):
            portion = articles[at : at + _AT_ONCE]
            answer = await ingest.post("/v1/articles/batch", json=portion, timeout=120)
            assert all(item["status"] == 202 for item in answer.json()["items"])


def enrich_process(rig: Rig, number: int = 0, **settings: str) -> Service:
    """Not started yet."""
    port = free_port()
    environment = {**os.environ, "REDIS_URL": rig.redis.url, "ENRICH_PORT": str(port), **settings}
    url = f"http://127.0.0.1:{port}"
    return Service("enrich", url, environment, rig.scratch / f"enrich-{number}.log")


async def waiting(redis: Redis) -> int:
    [group] = [one for one in await redis.xinfo_groups(PUBLISHED.name) if one["name"] == _GROUP]
    unread = await redis.xrange(PUBLISHED.name, b"(" + group["last-delivered-id"], "+") or []
    return len(unread) + int(group["pending"])


async def all_settled(redis: Redis) -> bool:
    """Whether nothing waits; asking costs Redis next to nothing."""
    [group] = [one for one in await redis.xinfo_groups(PUBLISHED.name) if one["name"] == _GROUP]
    last = (await redis.xinfo_stream(PUBLISHED.name))["last-generated-id"]
    return bool(group["last-delivered-id"] == last and group["pending"] == 0)


def stories(name: str, words: range | None = None) -> Iterator[dict[str, Any]]:
    """Real news of `../shared/data`, of so many words."""
    for line in (DATA / name / "articles.jsonl").read_text("utf-8").splitlines():
        article = json.loads(line)
        text = article.get("text") or ""
        fits = len(text.split()) in words if words else len(text) >= _SHORTEST_LETTERS
        if fits and article.get("title"):
            yield {
                "url": f"https://bench.example/{name}/{article['id']}",
                "title": article["title"],
                "body": text,
                "published_at": f"2025-0{1 + len(text) % 9}-1{len(text) % 7}T08:00:00Z",
            }
