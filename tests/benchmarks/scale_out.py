"""Scale-out: a backlog drained by two enrich processes, against one."""

import os
import statistics
import time

import httpx
from redis.asyncio import Redis

from services.cli.launcher import Service
from services.ingest.app import create_app
from services.ingest.settings import IngestSettings
from shared.messaging import connect
from shared.streams import ENRICHED, PUBLISHED
from tests.benchmarks.frame import Result, Rig, spread, until
from tests.servers import free_port

ARTICLES = 1_000
RUNS = 3


async def run(rig: Rig) -> list[Result]:
    rates: dict[int, list[float]] = {1: [], 2: []}
    async with connect(rig.redis.url) as redis:
        for _ in range(RUNS):
            for workers, found in rates.items():
                await _backlog(rig, redis)
                found.append(await _drain(rig, redis, workers))
        await redis.flushall()
    ratio = statistics.median(rates[2]) / statistics.median(rates[1])
    raw = (
        f"one process {spread(rates[1], 'articles/s')}, two {spread(rates[2], 'articles/s')}, on "
        f"{os.cpu_count()} cores that Redis shares"
    )
    return [Result("scale-out of enrich, 2 / 1", ratio, 1.7, raw)]


async def _backlog(rig: Rig, redis: Redis) -> None:
    """What ingest would have accepted, and nobody has read."""
    await redis.flushall()
    await redis.set("dateline:generation", "bench:1")
    settings = IngestSettings(redis_url=rig.redis.url, demo_key="demo-key")
    app = create_app(settings)
    headers = {"Authorization": "Bearer demo-key"}
    transport = httpx.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://bench", headers=headers) as ingest,
    ):
        for _ in range(ARTICLES // 500):
            answer = await ingest.post("/v1/articles/batch", json=rig.articles(500), timeout=120)
            assert all(item["status"] == 202 for item in answer.json()["items"])


async def _drain(rig: Rig, redis: Redis, workers: int) -> float:
    """Articles a second from when all processes are ready, until the last is handed over."""
    services = [_enrich(rig, number) for number in range(workers)]
    try:
        # Ready processes have begun already: what they did until then is left out.
        await until(lambda: _all_ready(services))
        waiting, start = await _waiting(redis), time.perf_counter()
        await until(lambda: _drained(redis))
        return waiting / (time.perf_counter() - start)
    finally:
        for service in services:
            service.stop()


def _enrich(rig: Rig, number: int) -> Service:
    port = free_port()
    environment = {**os.environ, "REDIS_URL": rig.redis.url, "ENRICH_PORT": str(port)}
    url = f"http://127.0.0.1:{port}"
    service = Service("enrich", url, environment, rig.scratch / f"enrich-{number}.log")
    return service.start()


async def _all_ready(services: list[Service]) -> bool:
    return not any(service.missing() for service in services)


async def _waiting(redis: Redis) -> int:
    [group] = [one for one in await redis.xinfo_groups(PUBLISHED.name) if one["name"] == b"enrich"]
    unread = await redis.xrange(PUBLISHED.name, b"(" + group["last-delivered-id"], "+") or []
    return len(unread) + int(group["pending"])


async def _drained(redis: Redis) -> bool:
    return await redis.exists(ENRICHED.name) == 1 and await _waiting(redis) == 0
