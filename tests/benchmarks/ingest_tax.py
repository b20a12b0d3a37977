"""`python -m tests.benchmarks.ingest_tax`: what a 202 costs above the bare append to Redis.

Accepted articles a second of one ingest, one by one and in batches, against bare XADDs a second of
as many bytes by redis-py, with the same append-only setting, turn by turn in one run. The goal is
0.35 of the bare append with `appendfsync always`.
"""

import asyncio
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import httpx
import psutil
from redis import Redis as SyncRedis
from redis.asyncio import Redis

from services.cli.launcher import Service
from shared.local_server import free_port
from tests import servers
from tests.benchmarks.load import Publisher, closed_loop

AT_ONCE = 50
TURN_S = float(os.environ.get("BENCH_TURN_S", "4"))
TURNS = 5
GOAL = 0.35
BATCH = 500
ENTRY = b"x" * 4500

Fsync = Literal["always", "everysec"]


@contextmanager
def ingest_on(redis_url: str, directory: Path) -> Iterator[tuple[Service, int]]:
    port = free_port()
    settings = {"REDIS_URL": redis_url, "INGEST_PORT": str(port), "DATELINE_DEMO_KEY": "demo-key"}
    quick = {"INGEST_RATE_PER_SECOND": "0", "INGEST_LAG_HIGH_S": "100000", **settings}
    service = Service(
        "ingest", f"http://127.0.0.1:{port}", {**os.environ, **quick}, directory / "ingest.log"
    )
    with SyncRedis.from_url(redis_url) as client:
        client.set("dateline:generation", "bench:1")
    service.start()
    try:
        service.wait_until(lambda: not service.missing(), 60)
        yield service, port
    finally:
        service.stop()


async def bare_appends(url: str, seconds: float) -> float:
    """XADDs a second by as many tasks, each waiting for its answer."""
    redis = Redis.from_url(url, max_connections=AT_ONCE)
    start, appended = time.perf_counter(), 0

    async def append() -> None:
        nonlocal appended
        while time.perf_counter() < start + seconds:
            await redis.xadd("bare", {"__data__": ENTRY})
            appended += 1

    await asyncio.gather(*(append() for _ in range(AT_ONCE)))
    took = time.perf_counter() - start
    await redis.delete("bare")
    await redis.aclose()
    return appended / took


@dataclass
class Turns:
    """By the second, turn by turn; and the processor's milliseconds that a POST cost each part."""

    posts: list[float]
    batched: list[float]
    appends: list[float]
    p99_ms: float
    cpu_ms: dict[str, float]


async def turns(url: str, port: int, processes: dict[str, psutil.Process]) -> Turns:
    publisher = Publisher(port)
    done = Turns([], [], [], 0, dict.fromkeys(processes, 0))
    await closed_loop(publisher, 1, AT_ONCE)
    count = 0
    for _ in range(TURNS):
        done.appends.append(await bare_appends(url, TURN_S))
        before = {name: _used(process) for name, process in processes.items()}
        answers = await closed_loop(publisher, TURN_S, AT_ONCE)
        assert set(answers.statuses) == {202}, answers.statuses
        for name, process in processes.items():
            done.cpu_ms[name] += (_used(process) - before[name]) * 1000
        count += answers.statuses[202]
        done.posts.append(answers.statuses[202] / answers.seconds)
        done.batched.append(await batched(port, publisher, TURN_S))
        done.p99_ms = max(done.p99_ms, answers.p99_ms)
    publisher.close()
    done.cpu_ms = {name: spent / count for name, spent in done.cpu_ms.items()}
    return done


async def batched(port: int, publisher: Publisher, seconds: float) -> float:
    """Articles a second in batches, two at once."""
    articles = publisher.articles()
    start, accepted = time.perf_counter(), 0

    async def send(client: httpx.AsyncClient) -> None:
        nonlocal accepted
        while time.perf_counter() < start + seconds:
            lines = b"\n".join(next(articles) for _ in range(BATCH))
            answer = await client.post("/v1/articles/batch", content=lines)
            accepted += sum(
                item["status"] == httpx.codes.ACCEPTED for item in answer.json()["items"]
            )

    headers = {"Authorization": "Bearer demo-key", "Content-Type": "application/x-ndjson"}
    address = f"http://127.0.0.1:{port}"
    async with httpx.AsyncClient(base_url=address, headers=headers, timeout=60) as client:
        await asyncio.gather(send(client), send(client))
    return accepted / (time.perf_counter() - start)


def _used(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def measure(fsync: Fsync) -> float:
    with tempfile.TemporaryDirectory() as scratch:
        directory = Path(scratch)
        with (
            servers.redis_server(directory / "redis", appendfsync=fsync) as server,
            ingest_on(server.url, directory) as (service, port),
        ):
            version = ".".join(map(str, server.executable.version))
            pids = {"ingest": service.pid, "redis": server.pid, "client": os.getpid()}
            processes = {name: psutil.Process(pid) for name, pid in pids.items()}
            done = asyncio.run(turns(server.url, port, processes))
    shares = [post / append for post, append in zip(done.posts, done.appends, strict=True)]
    share = statistics.median(shares)
    cpu = ", ".join(f"{name} {spent:.2f}" for name, spent in done.cpu_ms.items())
    print(f"appendfsync {fsync}, redis-server {version}")
    print(f"  bare XADD, {AT_ONCE} at once: {_spread(done.appends)} a second")
    print(f"  accepted POST, {AT_ONCE} at once: {_spread(done.posts)} a second")
    print(f"  p99 of a POST: {done.p99_ms:.0f} ms; processor per POST (ms): {cpu}")
    print(f"  articles in batches of {BATCH}, two at once: {_spread(done.batched)} a second")
    print(f"  POST / XADD: {share:.2f} (from {min(shares):.2f} to {max(shares):.2f})")
    in_batches = statistics.median(done.batched) / statistics.median(done.appends)
    print(f"  article in a batch / XADD: {in_batches:.2f}")
    return share


def _spread(values: list[float]) -> str:
    return f"{statistics.median(values):,.0f} (from {min(values):,.0f} to {max(values):,.0f})"


def main() -> None:
    reached = measure("always") >= GOAL
    measure("everysec")
    print(f"The goal of {GOAL} with appendfsync always is {'' if reached else 'not '}reached.")
    sys.exit(not reached)


if __name__ == "__main__":
    main()
