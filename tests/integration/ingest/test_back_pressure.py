"""Above the high mark ingest answers 503 with Retry-After, below the low mark it opens again."""

import json
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from services.ingest.adapters import redis_watch
from services.ingest.domain.intake import Intake, Marks, Measure
from shared.embedded_redis import RedisExecutable
from shared.messaging.backlog import read_backlog
from shared.messaging.group import StreamGroup
from shared.streams import PUBLISHED, STREAMS
from tests import servers
from tests.publishing import ID, Ingest, article, settled_ingest
from tests.waiting import eventually

MARKS: dict[Measure, Marks] = {"lag": Marks(10, 5), "memory": Marks(0.8, 0.6)}


@pytest.fixture(autouse=True)
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redis_watch, "LOOK_S", 0.05)


@pytest.fixture
async def hasty(redis_url: str) -> AsyncIterator[Ingest]:
    """An ingest that closes when something waits for more than a second."""
    async with settled_ingest(redis_url, lag_high_s=1, lag_low_s=0.5) as running:
        for stream in STREAMS:
            for group in stream.groups:
                await StreamGroup(running.redis, stream.name, group, "worker").ensure()
        yield running


async def post(running: Ingest, number: int = 0) -> httpx.Response:
    body = article(url=f"https://news.example/{number}")
    return await running.http.post("/v1/articles", json=body)


async def read_all(running: Ingest) -> None:
    for group in PUBLISHED.groups:
        await running.redis.xreadgroup(group, "worker", {PUBLISHED.name: ">"}, count=1000)


async def closed(running: Ingest) -> bool:
    return (await post(running)).status_code == 503


async def accepted(running: Ingest) -> None:
    """Also where a busy machine's first answer is that Redis took too long."""
    await eventually(lambda: closed(running), expected=False)


async def test_lag_closes_ingest_and_its_end_opens_it(hasty: Ingest) -> None:
    await accepted(hasty)

    await eventually(lambda: closed(hasty), expected=True)
    refused = await post(hasty, 1)
    assert refused.json()["code"] == "overloaded"
    assert 5 <= int(refused.headers["retry-after"]) <= 15
    assert (await hasty.put(title="B")).short == (503, "overloaded", 0)
    assert len(await hasty.events()) == 1

    await read_all(hasty)
    await eventually(lambda: closed(hasty), expected=False)


async def test_a_withdrawal_does_not_wait_behind_the_backlog(hasty: Ingest) -> None:
    await hasty.post()
    await eventually(lambda: closed(hasty), expected=True)

    assert (await hasty.delete()).short == (202, "accepted", 1)


async def test_an_entry_that_waits_for_its_retry_is_no_lag(hasty: Ingest) -> None:
    await accepted(hasty)
    await read_all(hasty)

    (enrich, search) = await read_backlog(hasty.redis, [PUBLISHED])
    assert (enrich.pending, search.pending) == (1, 1)
    assert (enrich.lag_seconds, search.lag_seconds) == (0, 0)


async def test_an_entry_from_a_clock_ahead_waits_all_the_same(hasty: Ingest) -> None:
    tomorrow = int(time.time() * 1000) + 86_400_000
    await hasty.redis.xadd(PUBLISHED.name, {"__data__": b"{}"}, id=f"{tomorrow}-0")

    (enrich, _) = await read_backlog(hasty.redis, [PUBLISHED])
    assert enrich.lag_seconds == 0.001


async def test_without_its_group_everything_in_the_stream_waits(hasty: Ingest) -> None:
    await accepted(hasty)
    await read_all(hasty)
    await hasty.redis.xgroup_destroy(PUBLISHED.name, "enrich")

    await eventually(lambda: closed(hasty), expected=True)


async def test_a_batch_is_refused_as_a_whole_or_item_by_item(hasty: Ingest) -> None:
    await accepted(hasty)
    await eventually(lambda: closed(hasty), expected=True)
    refused = await hasty.http.post("/v1/articles/batch", json=[article()])
    assert refused.status_code == 503
    assert refused.json()["code"] == "overloaded"
    assert refused.headers["retry-after"]

    await read_all(hasty)
    await eventually(lambda: closed(hasty), expected=False)
    answer = await hasty.http.post("/v1/articles/batch", content=_slowly(hasty))
    items = answer.json()["items"]
    assert [item["status"] for item in items[:100]] == [202] * 100
    assert {(item["status"], item["problem"]["code"]) for item in items[100:]} == {
        (503, "overloaded")
    }
    assert len(await hasty.events()) == 101


async def _slowly(running: Ingest) -> AsyncIterator[bytes]:
    """A hundred and twenty lines, the last twenty after the mark is passed."""
    for number in range(120):
        if number == 100:
            yield b"\n"
            await eventually(lambda: closed(running), expected=True)
        yield json.dumps(article(url=f"https://news.example/b/{number}")).encode() + b"\n"


async def test_memory_closes_ingest_and_room_opens_it(
    tmp_path: Path, redis_executable: RedisExecutable
) -> None:
    with servers.redis_server(tmp_path, maxmemory="32mb", executable=redis_executable) as server:
        async with settled_ingest(server.url) as running:
            await accepted(running)
            await running.redis.setrange("filler", 28_000_000, "x")

            await eventually(lambda: closed(running), expected=True)
            assert (await running.delete()).short == (503, "overloaded", 0)
            assert (await running.http.get("/v1/articles")).status_code == 200
            await running.redis.delete("filler")
            await eventually(lambda: closed(running), expected=False)


async def test_health_and_metrics_say_that_it_is_closed_and_why(hasty: Ingest) -> None:
    await accepted(hasty)
    await eventually(lambda: closed(hasty), expected=True)

    health = await hasty.http.get("/health/ready")
    assert health.status_code == 200
    assert "closed: enrich on articles.published is" in health.json()["notes"]["closed for lag"]
    metrics = (await hasty.http.get("/metrics")).text
    assert 'dateline_intake_closed{reason="lag"} 1.0' in metrics
    assert 'dateline_intake_closed{reason="memory"} 0.0' in metrics


@pytest.mark.parametrize(
    ("setting", "value", "safe", "why"),
    [
        ("appendonly", "no", "yes", "has no append-only file"),
        ("maxmemory-policy", "allkeys-lru", "noeviction", "evicts what it should keep"),
    ],
)
async def test_a_redis_that_does_not_keep_its_promise_is_not_relied_upon(
    tmp_path: Path, setting: str, value: str, safe: str, why: str
) -> None:
    with servers.redis_server(tmp_path, maxmemory="64mb") as server:
        async with settled_ingest(server.url) as running:
            await accepted(running)
            await running.redis.config_set(setting, value)

            await eventually(lambda: closed(running), expected=True)
            assert (await post(running)).json()["code"] == "unavailable"
            health = await running.http.get("/health/ready")
            assert health.status_code == 503
            assert why in health.json()["parts"]["durability"]

            await running.redis.config_set(setting, safe)
            await eventually(lambda: closed(running), expected=False)
            # While it writes its first append-only file Redis does not stop when it is told to.
            await eventually(lambda: _rewriting(running), 0)


async def _rewriting(running: Ingest) -> int:
    return int((await running.redis.info("persistence"))["aof_rewrite_in_progress"])


async def test_redis_is_looked_at_in_the_background_alone(
    redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redis_watch, "LOOK_S", 3600)
    async with settled_ingest(redis_url) as running:
        before = await running.redis.info("commandstats")
        for number in range(50):
            await post(running, number)
        after = await running.redis.info("commandstats")
    asked = {name for name in after if _calls(after, name) - _calls(before, name) >= 50}
    assert "cmdstat_evalsha" in asked
    assert asked.isdisjoint({"cmdstat_info", "cmdstat_xinfo"})


def _calls(stats: dict[str, Any], name: str) -> int:
    return int(stats.get(name, {"calls": 0})["calls"])


def test_between_the_marks_it_stays_as_it_was() -> None:
    intake = Intake(MARKS)

    def look(lag: float, memory: float = 0) -> bool:
        intake.look({"lag": (lag, "behind"), "memory": (memory, "full")}, None)
        return intake.refusal() is not None

    assert [look(lag) for lag in (9, 10, 9, 5.1, 5, 9)] == [False, True, True, True, False, False]
    assert [look(0, share) for share in (0.79, 0.8, 0.7, 0.6)] == [False, True, True, False]


def test_nothing_is_taken_in_before_redis_was_looked_at() -> None:
    refused = Intake(MARKS).refusal(ID)
    assert refused
    assert (refused.outcome, refused.id) == ("unavailable", ID)
