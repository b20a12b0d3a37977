"""Enrich workers that are killed, hung, stopped or told a wrong time, as real processes."""

import os
import signal
import sys
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime

import pytest
from redis.asyncio import Redis
from redis.exceptions import ResponseError

from shared.events import ArticleEnriched, ArticlePublished, Envelope, decode, encode, wrap
from shared.messaging import connect
from shared.streams import ENRICHED, PUBLISHED
from tests import streams
from tests.faults.estate import Estate, Layout, Replica, running
from tests.news import story_text
from tests.waiting import eventually

CLAIM_MS = 1000
LONG_S = 60
"""For what takes a second or two on a quiet machine."""


@pytest.fixture(scope="module")
def estate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Estate]:
    layout = Layout(
        ingest=0,
        enrich=3,
        search=0,
        network=False,
        settings={"DATELINE_CLAIM_IDLE_MS": str(CLAIM_MS)},
    )
    with running(tmp_path_factory.mktemp("workers"), layout) as estate:
        yield estate


@pytest.fixture
async def redis(estate: Estate) -> AsyncIterator[Redis]:
    async with connect(estate.redis.url) as client:
        await client.flushall()
        await eventually(lambda: _all_ready(estate), expected=True, within_s=LONG_S)
        yield client
    for replica in estate.replicas:
        if replica.running:
            replica.resume()
        else:
            replica.start()


def _all_ready(estate: Estate) -> bool:
    return all(replica.ready() for replica in estate.replicas)


async def publish(redis: Redis, count: int, *, first: int = 0) -> list[str]:
    names = [f"a{number}" for number in range(first, first + count)]
    await streams.add(redis, PUBLISHED, *(encode(_published(name)) for name in names))
    return names


def _published(name: str) -> Envelope:
    event = ArticlePublished(
        publisher="demo",
        url=f"https://publisher.example/{name}",
        revision=1,
        title=f"Article {name}",
        body=story_text(int(name[1:]), 1, length=60),
        language="en",
        published_at=datetime(2026, 1, 1, tzinfo=UTC),
    )
    return wrap(event, source="test", subject=name)


async def enriched(redis: Redis) -> list[str]:
    entries = await streams.entries(redis, ENRICHED.name)
    envelopes = [decode(fields[b"__data__"]) for fields in entries]
    return sorted(one.subject for one in envelopes if isinstance(one.event, ArticleEnriched))


async def held_by(redis: Redis, replica: Replica) -> int:
    """How many entries this process has in hand; none before the group is made again."""
    try:
        rows = await redis.xinfo_consumers(PUBLISHED.name, "enrich")
    except ResponseError:
        return 0
    return sum(row["pending"] for row in rows if _process_of(row["name"]) == str(replica.pid))


def _process_of(consumer: bytes) -> str:
    return consumer.decode().rsplit("-", 2)[1]


async def in_hand(redis: Redis, replica: Replica, names: list[str]) -> Replica:
    """This worker, stopped in the middle of a batch; more is published until it has one."""

    async def caught() -> bool:
        if not await held_by(redis, replica):
            names.extend(await publish(redis, 20, first=len(names)))
            return False
        replica.pause()
        if await held_by(redis, replica):
            return True
        replica.resume()
        return False

    await eventually(caught, expected=True, within_s=LONG_S)
    return replica


async def settled(redis: Redis, names: list[str]) -> None:
    await eventually(lambda: enriched(redis), sorted(names), within_s=LONG_S)
    await eventually(lambda: streams.pending(redis, PUBLISHED, "enrich"), 0, within_s=LONG_S)


async def test_a_worker_killed_in_the_middle_of_a_batch_is_taken_over(
    estate: Estate, redis: Redis
) -> None:
    names = await publish(redis, 150)
    victim = await in_hand(redis, estate.replicas[0], names)
    victim.kill()
    await settled(redis, names)


async def test_when_all_workers_are_killed_others_take_over_and_the_dead_are_forgotten(
    estate: Estate, redis: Redis
) -> None:
    names = await publish(redis, 60)
    for replica in estate.replicas:
        await in_hand(redis, replica, names)
    dead = {str(replica.pid) for replica in estate.replicas}
    for replica in estate.replicas:
        replica.kill()
    for replica in estate.replicas:
        replica.start()
    await settled(redis, names)

    async def remembered() -> list[str]:
        rows = await redis.xinfo_consumers(PUBLISHED.name, "enrich")
        return [row["name"].decode() for row in rows if _process_of(row["name"]) in dead]

    await eventually(remembered, [], within_s=LONG_S)


async def test_a_worker_hung_longer_than_the_claim_time_does_not_speak_late(
    estate: Estate, redis: Redis
) -> None:
    names = await publish(redis, 60)
    hung = await in_hand(redis, estate.replicas[1], names)
    await settled(redis, names)
    hung.resume()
    await eventually(hung.ready, expected=True, within_s=LONG_S)
    names += await publish(redis, 30, first=len(names))
    await settled(redis, names)


async def test_a_worker_told_to_stop_with_its_hands_full_undoes_nothing(
    estate: Estate, redis: Redis
) -> None:
    others = estate.replicas[1:]
    for replica in others:
        replica.kill()
    names = await publish(redis, 200)
    worker = await in_hand(redis, estate.replicas[0], names)
    process = worker.pid
    os.kill(process, signal.SIGTERM)
    worker.resume()
    assert worker.deploy() == 0
    done = await enriched(redis)
    assert len(done) == len(set(done))
    (group,) = await redis.xinfo_groups(PUBLISHED.name)
    after = "(" + group["last-delivered-id"].decode()
    unread = len(await redis.xrange(PUBLISHED.name, after, "+") or [])
    assert len(done) == len(names) - unread - int(group["pending"])
    for replica in others:
        replica.start()
    await settled(redis, names)


async def test_a_worker_an_hour_ahead_changes_no_order(estate: Estate, redis: Redis) -> None:
    """Versions and idle times are Redis' own; no clock of a worker decides."""
    worker = estate.replicas[2]
    for replica in estate.replicas:
        replica.kill()
    ahead = [sys.executable, "-m", "tests.faults.clock_ahead", "3600", "services.enrich"]
    worker.spawn(ahead, environment=worker.environment)
    estate.replicas[0].start()
    names = await publish(redis, 40)
    late = _published("a0")
    newer = late.event.model_copy(update={"revision": 2})
    await streams.add(redis, PUBLISHED, encode(wrap(newer, source="test", subject="a0")))
    await settled(redis, [*names, "a0"])
    assert await _newest(redis, "a0") == 2


async def _newest(redis: Redis, name: str) -> int:
    """The revision with the highest version, as the index takes them."""
    entries = await streams.entries(redis, ENRICHED.name)
    events = [decode(fields[b"__data__"]) for fields in entries]
    return max(
        one.event.revision
        for one in events
        if isinstance(one.event, ArticleEnriched) and one.subject == name
    )
