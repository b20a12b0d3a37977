"""Streams, groups and the append-only file that are harmed under running consumers."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from itertools import permutations
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from redis.asyncio import Redis

from services.enrich.app import create_app as create_enrich
from services.enrich.settings import EnrichSettings
from services.ingest.app import create_app as create_ingest
from services.ingest.settings import IngestSettings
from services.search.app import create_app as create_search
from services.search.settings import SearchSettings
from shared.embedded_redis import RedisExecutable
from shared.events import ArticlePublished
from shared.messaging import (
    ConsumerOptions,
    Delivery,
    Done,
    StreamConsumer,
    Subscription,
    Verdict,
    connect,
)
from shared.streams import PUBLISHED
from shared.telemetry import Metrics
from tests import servers, streams
from tests.builders import LONG_AGO, entry
from tests.publishing import article
from tests.waiting import eventually

HOT = 300
"""Reads in a second or so that only a hot loop reaches; a quiet consumer makes a few."""


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    async with connect(redis_url) as client:
        yield client


def published(name: str) -> bytes:
    event = ArticlePublished(
        publisher="demo",
        url=f"https://publisher.example/{name}",
        revision=1,
        title=name,
        body="The night ferry sails again.",
        published_at=LONG_AGO,
    )
    return entry(event, name)


async def test_a_group_that_is_destroyed_is_made_again_at_0_without_a_hot_loop(
    redis: Redis, redis_url: str
) -> None:
    seen: list[str] = []

    async def note(deliveries: Sequence[Delivery]) -> Sequence[Verdict]:
        seen.extend(str(delivery.envelope.event.model_dump()["title"]) for delivery in deliveries)
        return [Done() for _ in deliveries]

    consumer = StreamConsumer(
        redis_url,
        [Subscription(PUBLISHED, "enrich", note)],
        metrics=Metrics(),
        options=ConsumerOptions(claim_idle_ms=400, scan_ms=50, stop_timeout_s=3),
    )
    await consumer.start()
    await streams.add(redis, PUBLISHED, *(published(f"a{number}") for number in range(5)))
    await eventually(lambda: len(seen), 5)
    before = await _reads(redis)
    await redis.xgroup_destroy(PUBLISHED.name, "enrich")
    await streams.add(redis, PUBLISHED, *(published(f"b{number}") for number in range(5)))
    expected = {f"{letter}{number}" for letter in "ab" for number in range(5)}
    await eventually(lambda: set(seen[5:]), expected)
    await eventually(consumer.not_ready, None)
    assert await _reads(redis) - before < HOT
    await consumer.stop()


async def _reads(redis: Redis) -> int:
    stats = await redis.info("commandstats")
    return int(stats.get("cmdstat_xreadgroup", {"calls": 0})["calls"])


async def test_an_append_only_file_with_a_torn_tail_is_read_as_far_as_it_goes(
    tmp_path: Path, redis_executable: RedisExecutable
) -> None:
    """A machine that lost power in the middle of a write: all but the last entry is there."""
    with servers.redis_server(tmp_path, executable=redis_executable) as server:
        async with connect(server.url) as redis:
            await streams.add(redis, PUBLISHED, *(published(f"a{number}") for number in range(50)))
        server.kill()
        _tear(tmp_path)
        server.start()
        async with connect(server.url) as redis:
            assert await redis.xlen(PUBLISHED.name) == 49
        said = server.log.read_text(errors="replace").lower()
        assert "truncat" in said


def _tear(directory: Path) -> None:
    """Cut the end off the log that was written last."""
    logs = [path for path in directory.rglob("*.aof") if path.stat().st_size > 200]
    last = max(logs, key=lambda path: path.stat().st_mtime)
    with last.open("r+b") as file:
        file.truncate(last.stat().st_size - 10)


ORDERS = list(permutations(("ingest", "enrich", "search")))


@pytest.mark.parametrize("order", [ORDERS[0], ORDERS[3], ORDERS[5]], ids="-".join)
async def test_services_start_in_any_order_and_miss_nothing_published_before(
    redis: Redis, redis_url: str, tmp_path: Path, order: tuple[str, ...]
) -> None:
    await streams.add(redis, PUBLISHED, published("early"))
    made = {
        "ingest": lambda: create_ingest(
            IngestSettings.model_validate({"REDIS_URL": redis_url, "DATELINE_DEMO_KEY": "demo-key"})
        ),
        "enrich": lambda: create_enrich(EnrichSettings.model_validate({"REDIS_URL": redis_url})),
        "search": lambda: create_search(
            SearchSettings.model_validate(
                {"REDIS_URL": redis_url, "DATELINE_STATE_DIR": str(tmp_path)}
            )
        ),
    }
    async with AsyncExitStack() as stack:
        clients = {}
        for name in order:
            app = made[name]()
            await stack.enter_async_context(app.router.lifespan_context(app))
            clients[name] = await stack.enter_async_context(_client(app))
            if name == "ingest" and "search" not in clients:
                assert (await _post(clients[name])) == 503
        await eventually(lambda: _post(clients["ingest"]), 202)
        await eventually(lambda: _titles(clients["search"]), {"early", "A title"})


def _client(app: FastAPI) -> httpx.AsyncClient:
    headers = {"Authorization": "Bearer demo-key"}
    transport = httpx.ASGITransport(app=app)
    return httpx.AsyncClient(transport=transport, base_url="http://service", headers=headers)


async def _post(client: httpx.AsyncClient) -> int:
    return (await client.post("/v1/articles", json=article())).status_code


async def _titles(client: httpx.AsyncClient) -> set[str]:
    body = (await client.get("/v1/search")).json()
    return {hit["article"]["title"] for hit in body["hits"]}


async def test_a_client_that_hangs_up_after_sending_is_one_article_when_it_sends_again(
    redis: Redis, redis_url: str
) -> None:
    """The request is whole, its sender is gone: what was decided is decided once."""
    settings = {"REDIS_URL": redis_url, "DATELINE_DEMO_KEY": "demo-key"}
    app = create_ingest(IngestSettings.model_validate(settings))
    async with app.router.lifespan_context(app), _client(app) as client:
        await redis.set("dateline:generation", "pair:1")
        await eventually(lambda: _keys(redis), expected=True)
        sending = asyncio.create_task(_post(client))
        await eventually(lambda: redis.xlen(PUBLISHED.name), 1)
        sending.cancel()
        await asyncio.wait([sending])
        assert await _post(client) == 200
        assert await redis.xlen(PUBLISHED.name) == 1


async def _keys(redis: Redis) -> bool:
    return bool(await redis.exists("ingest:keys"))
