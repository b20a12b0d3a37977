"""What enriching an article costs the processors: enrich and Redis together, everything included.

Real news of `../shared`: 10,000 stories of reuters21578 are there before, articles of bbc of about
400 words come in rounds. Their language is not given. A round is measured from when the process
wakes to a full stream until all is handed over. What a fixed loop takes between the rounds is told
beside it: a shared machine may be twice as fast in one hour as in the next.
"""

import os
import statistics
import time
from typing import Any

import psutil
from redis.asyncio import Redis

from services.cli.launcher import Service
from shared.messaging import connect
from tests.benchmarks.backlog import accept, all_settled, begin, enrich_process, stories
from tests.benchmarks.frame import Result, Rig, spread, until

PRESENT = int(os.environ.get("BENCH_PRESENT", "10000"))
ROUNDS, A_ROUND = 10, 40
_WORDS = range(320, 481)
_PORTION = 1_000
_STEPS = 60_000


async def run(rig: Rig) -> list[Result]:
    measured = list(stories("bbc", words=_WORDS))[: ROUNDS * A_ROUND]
    assert len(measured) == ROUNDS * A_ROUND
    async with connect(rig.redis.url) as redis:
        await begin(redis)
        with enrich_process(rig) as process:
            process.wait_until(process.ready, 60)
            await _fill(rig, redis)
            portions = [measured[at : at + A_ROUND] for at in range(0, len(measured), A_ROUND)]
            rounds, loops = [], []
            for portion in portions:
                loops.append(_loop())
                rounds.append(await _round(rig, redis, process, portion))
        await redis.flushall()
    totals = [client + server for client, server in rounds]
    raw = (
        f"enrich {spread([client for client, _ in rounds], 'ms')}, "
        f"Redis {spread([server for _, server in rounds], 'ms')}, both {spread(totals, 'ms')}, "
        f"{ROUNDS} rounds of {A_ROUND}, {PRESENT:,} articles present; "
        f"{_STEPS:,} steps of a loop {spread(loops, 'ms')}"
    )
    cost = statistics.median(totals)
    return [Result("enriching an article of 400 words, ms of CPU", cost, 8, raw, at_most=True)]


async def _fill(rig: Rig, redis: Redis) -> None:
    present = list(stories("reuters21578"))[:PRESENT]
    assert len(present) == PRESENT
    for at in range(0, PRESENT, _PORTION):
        await accept(rig, present[at : at + _PORTION])
        await until(lambda: all_settled(redis))


async def _round(
    rig: Rig, redis: Redis, process: Service, articles: list[dict[str, Any]]
) -> tuple[float, float]:
    """Milliseconds of enrich and of Redis for each article."""
    process.pause()
    await accept(rig, articles)
    before = await _spent(redis, process)
    process.resume()
    await until(lambda: all_settled(redis), pause_s=0.01)
    after = await _spent(redis, process)
    client, server = (1000 * (b - a) / len(articles) for a, b in zip(before, after, strict=True))
    return client, server


def _loop() -> float:
    """Milliseconds of processor time for a fixed piece of work."""
    started, kept = time.process_time(), dict[int, int]()
    for step in range(_STEPS):
        kept[step % 1_000] = step
    return 1000 * (time.process_time() - started)


async def _spent(redis: Redis, process: Service) -> tuple[float, float]:
    """Seconds of processor time that the enrich process and Redis have used so far."""
    used = psutil.Process(process.pid).cpu_times()
    server = await redis.info("cpu")
    in_redis = server["used_cpu_sys"] + server["used_cpu_user"]
    return used.user + used.system, float(in_redis)
