"""Publishers when Redis is gone, hangs, is full or may not be written: 503, never a lost 202."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import pytest

from shared.embedded_redis import RedisExecutable, RedisServer
from shared.identity import article_id
from tests import servers
from tests.publishing import Ingest, article, settled_ingest
from tests.waiting import eventually

HANG_BOUND_S = 20
"""Ten times what an answer may take while Redis hangs."""


@pytest.fixture
def server(tmp_path: Path, redis_executable: RedisExecutable) -> Iterator[RedisServer]:
    with servers.redis_server(tmp_path / "redis", executable=redis_executable) as running:
        yield running


@pytest.fixture
async def ingest(server: RedisServer) -> AsyncIterator[Ingest]:
    async with settled_ingest(server.url) as running:
        yield running


async def attempt(ingest: Ingest, number: int = 0) -> int:
    answer = await ingest.http.post(
        "/v1/articles", json=article(url=f"https://news.example/{number}")
    )
    if answer.status_code == 503:
        assert answer.headers["retry-after"]
        assert answer.json()["code"] in {"unavailable", "overloaded"}
    return answer.status_code


async def test_without_redis_the_answer_is_503_until_it_is_back(
    ingest: Ingest, server: RedisServer
) -> None:
    assert await attempt(ingest) == 202
    server.kill()

    assert await attempt(ingest, 1) == 503
    assert (await ingest.http.get("/health/ready")).status_code == 503
    assert (await ingest.http.get("/health/live")).status_code == 200

    server.start()
    await eventually(lambda: attempt(ingest, 1), 202)
    await eventually(lambda: _ready(ingest), 200)
    assert await ingest.revisions() == [1, 1]


async def test_while_redis_hangs_every_answer_comes_in_time_and_none_acts_later(
    ingest: Ingest, server: RedisServer
) -> None:
    assert await attempt(ingest) == 202
    server.pause()
    tasks = len(asyncio.all_tasks())
    start = time.monotonic()
    try:
        answers = await asyncio.gather(*(attempt(ingest, number) for number in range(1, 60)))
    finally:
        server.resume()

    assert set(answers) == {503}
    assert time.monotonic() - start < HANG_BOUND_S
    assert len(asyncio.all_tasks()) <= tasks + 5
    await eventually(lambda: attempt(ingest, 100), 202)
    assert len(await ingest.events()) == 2


async def test_a_full_redis_keeps_nothing_and_says_so(ingest: Ingest) -> None:
    assert await attempt(ingest) == 202
    await ingest.redis.config_set("maxmemory", "100kb")

    assert await attempt(ingest, 1) == 503
    listed = (await ingest.http.get("/v1/articles")).json()["items"]
    assert len(listed) == 1

    await ingest.redis.config_set("maxmemory", "0")
    await eventually(lambda: attempt(ingest, 1), 202)


async def test_a_redis_that_may_not_be_written_keeps_nothing(
    ingest: Ingest, server: RedisServer
) -> None:
    assert await attempt(ingest) == 202
    await ingest.redis.replicaof("127.0.0.1", servers.free_port())

    assert await attempt(ingest, 1) == 503
    await ingest.redis.replicaof("NO", "ONE")

    await eventually(lambda: attempt(ingest, 1), 202)
    assert server.running


async def test_after_redis_lost_everything_a_good_key_is_told_to_come_back(
    ingest: Ingest, server: RedisServer
) -> None:
    assert await attempt(ingest) == 202
    await ingest.redis.flushall()
    answers = set()
    while not await ingest.redis.exists("ingest:keys"):
        answers.add((await ingest.http.get("/v1/articles")).status_code)
    await ingest.set_generation(2)
    await eventually(lambda: attempt(ingest), 202)
    # 200 for as long as the key is remembered, and never 401.
    assert answers <= {200, 503}
    assert server.running


async def test_a_batch_during_an_outage_loses_nothing_it_accepted(
    ingest: Ingest, server: RedisServer
) -> None:
    started = asyncio.Event()

    async def lines() -> AsyncIterator[bytes]:
        for number in range(600):
            yield httpx.Request("POST", "http://x", json=_numbered(number)).content + b"\n"
            if number == 300:
                started.set()
            if number % 50 == 0:
                await asyncio.sleep(0.01)

    sending = asyncio.create_task(ingest.http.post("/v1/articles/batch", content=lines()))
    await started.wait()
    server.kill()
    answer = await sending
    server.start()
    await eventually(lambda: attempt(ingest, 1000), 202)

    accepted = [item["id"] for item in answer.json()["items"] if item["status"] == 202]
    kept = {article_id("demo", vars(event)["url"]) for event in await ingest.events()}
    assert accepted
    assert set(accepted) <= kept


async def test_ingest_killed_before_its_answer_takes_the_retry_as_the_same_article(
    server: RedisServer, tmp_path: Path
) -> None:
    port = servers.free_port()
    async with settled_ingest(server.url) as beside:
        with _process(server.url, port, tmp_path / "one.log") as process:
            await eventually(lambda: _live(port), 200)
            for number in range(20):
                await _post(port, number)
            lost = [asyncio.create_task(_post(port, number)) for number in range(20, 60)]
            await eventually(lambda: sum(task.done() for task in lost) > 0, expected=True)
            process.kill()
            await asyncio.gather(*lost)
        with _process(server.url, port, tmp_path / "two.log"):
            await eventually(lambda: _live(port), 200)
            retried = [await _post(port, number) for number in range(60)]

        assert set(retried) <= {200, 202}
        assert await beside.revisions() == [1] * 60


async def test_a_stopped_ingest_ends_in_order(server: RedisServer, tmp_path: Path) -> None:
    port = servers.free_port()
    with _process(server.url, port, tmp_path / "ingest.log") as process:
        await eventually(lambda: _live(port), 200)
        process.send_signal(signal.SIGTERM)

        assert await asyncio.to_thread(process.wait, 30) == 0


def _numbered(number: int) -> dict[str, object]:
    return article(url=f"https://news.example/{number}")


async def _ready(ingest: Ingest) -> int:
    return (await ingest.http.get("/health/ready")).status_code


async def _live(port: int) -> int:
    with suppress(httpx.HTTPError):
        async with httpx.AsyncClient() as client:
            return (await client.get(f"http://127.0.0.1:{port}/health/live")).status_code
    return 0


async def _post(port: int, number: int) -> int:
    with suppress(httpx.HTTPError):
        async with httpx.AsyncClient(headers={"Authorization": "Bearer demo-key"}) as client:
            url = f"http://127.0.0.1:{port}/v1/articles"
            return (await client.post(url, json=_numbered(number))).status_code
    return 0


@contextmanager
def _process(redis_url: str, port: int, log: Path) -> Iterator["subprocess.Popen[bytes]"]:
    environment = {
        **os.environ,
        "REDIS_URL": redis_url,
        "INGEST_PORT": str(port),
        "DATELINE_DEMO_KEY": "demo-key",
    }
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "services.ingest"],
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        yield process
    finally:
        process.kill()
        process.wait()
