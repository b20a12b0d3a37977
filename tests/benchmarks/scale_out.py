"""Scale-out: a backlog drained by two enrich processes, against one.

Real news, the stories of bbc. Each process has a core of its own, where there are as many: else
the scheduler moves them about, and each waits for its caches. Redis takes its share of both.
"""

import os
import statistics
import time

import psutil
from redis.asyncio import Redis

from services.cli.launcher import Service
from shared.messaging import connect
from tests.benchmarks.backlog import (
    accept,
    all_settled,
    begin,
    enrich_process,
    stories,
    waiting,
)
from tests.benchmarks.frame import Result, Rig, spread, until

RUNS = 3


async def run(rig: Rig) -> list[Result]:
    rates: dict[int, list[float]] = {1: [], 2: []}
    articles = list(stories("bbc"))
    async with connect(rig.redis.url) as redis:
        for _ in range(RUNS):
            for workers, found in rates.items():
                await begin(redis)
                await accept(rig, articles)
                found.append(await _drain(rig, redis, workers))
        await redis.flushall()
    cores = len(os.sched_getaffinity(0))
    ratio = statistics.median(rates[2]) / statistics.median(rates[1])
    raw = (
        f"one process {spread(rates[1], 'articles/s')}, two {spread(rates[2], 'articles/s')}, on "
        f"a core each of {cores} that Redis shares"
    )
    return [Result("scale-out of enrich, 2 / 1", ratio, 1.7, raw)]


async def _drain(rig: Rig, redis: Redis, workers: int) -> float:
    """Articles a second from when all processes are ready, until the last is handed over."""
    services = [enrich_process(rig, number).start() for number in range(workers)]
    try:
        # Ready processes have begun already: what they did until then is left out.
        await until(lambda: _all_ready(services))
        _part_the_cores(services)
        left, start = await waiting(redis), time.perf_counter()
        await until(lambda: all_settled(redis))
        return left / (time.perf_counter() - start)
    finally:
        for service in services:
            service.stop()


async def _all_ready(services: list[Service]) -> bool:
    return not any(service.missing() for service in services)


def _part_the_cores(services: list[Service]) -> None:
    cores = sorted(os.sched_getaffinity(0))
    for number, service in enumerate(services):
        for thread in psutil.Process(service.pid).threads():
            os.sched_setaffinity(thread.id, {cores[number % len(cores)]})
