"""Scale-out: a backlog drained by two enrich processes, against one."""

import os
import statistics
import time

from redis.asyncio import Redis

from services.cli.launcher import Service
from shared.messaging import connect
from shared.streams import ENRICHED
from tests.benchmarks.backlog import accept, begin, enrich_process, waiting
from tests.benchmarks.frame import Result, Rig, spread, until

ARTICLES = 1_000
RUNS = 3


async def run(rig: Rig) -> list[Result]:
    rates: dict[int, list[float]] = {1: [], 2: []}
    async with connect(rig.redis.url) as redis:
        for _ in range(RUNS):
            for workers, found in rates.items():
                await begin(redis)
                await accept(rig, rig.articles(ARTICLES))
                found.append(await _drain(rig, redis, workers))
        await redis.flushall()
    ratio = statistics.median(rates[2]) / statistics.median(rates[1])
    raw = (
        f"one process {spread(rates[1], 'articles/s')}, two {spread(rates[2], 'articles/s')}, on "
        f"{os.cpu_count()} cores that Redis shares"
    )
    return [Result("scale-out of enrich, 2 / 1", ratio, 1.7, raw)]


async def _drain(rig: Rig, redis: Redis, workers: int) -> float:
    """Articles a second from when all processes are ready, until the last is handed over."""
    services = [enrich_process(rig, number).start() for number in range(workers)]
    try:
        # Ready processes have begun already: what they did until then is left out.
        await until(lambda: _all_ready(services))
        left, start = await waiting(redis), time.perf_counter()
        await until(lambda: _drained(redis))
        return left / (time.perf_counter() - start)
    finally:
        for service in services:
            service.stop()


async def _all_ready(services: list[Service]) -> bool:
    return not any(service.missing() for service in services)


async def _drained(redis: Redis) -> bool:
    return await redis.exists(ENRICHED.name) == 1 and await waiting(redis) == 0
