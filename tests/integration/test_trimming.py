"""What goes from a stream, and what must never go, on a real Redis."""

import asyncio
from collections.abc import AsyncIterator, Sequence

import pytest
from redis.asyncio import Redis

from shared.embedded_redis import RedisServer
from shared.messaging import (
    ConsumerOptions,
    Delivery,
    StreamConsumer,
    Subscription,
    Verdict,
    connect,
)
from shared.messaging.entries import read_pages
from shared.messaging.group import StreamGroup
from shared.messaging.trimming import (
    FROM_NOW,
    HOLDS,
    PositionLostError,
    Trimmer,
    holding,
)
from shared.streams import PUBLISHED
from shared.telemetry import Metrics
from tests import servers
from tests.waiting import eventually

BIG = b"x" * 5000
"""Redis cuts whole nodes of a stream: of entries as large as articles each is one."""


@pytest.fixture
def redis_url(each_redis_server: RedisServer) -> str:
    return servers.emptied(each_redis_server)


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    client = connect(redis_url)
    for group in PUBLISHED.groups:
        await StreamGroup(client, PUBLISHED.name, group, "worker").ensure()
    yield client
    await client.aclose()


async def fill(redis: Redis, count: int) -> list[str]:
    ids = [await redis.xadd(PUBLISHED.name, {"__data__": BIG}) for _ in range(count)]
    return [entry_id.decode() for entry_id in ids if isinstance(entry_id, bytes)]


async def read(redis: Redis, group: str, count: int, *, acknowledged: bool = True) -> None:
    rows = await redis.xreadgroup(group, "worker", {PUBLISHED.name: ">"}, count=count)
    assert isinstance(rows, list)
    if acknowledged:
        await redis.xack(PUBLISHED.name, group, *[entry_id for entry_id, _ in rows[0][1]])


async def left(redis: Redis) -> list[str]:
    return [entry.id async for page in read_pages(redis, PUBLISHED.name) for entry in page]


def trimmer(redis: Redis, retention_s: float = 0) -> Trimmer:
    return Trimmer(redis, PUBLISHED, retention_s)


async def past(redis: Redis, entry_id: str) -> None:
    """Until Redis' clock is beyond the millisecond of this entry."""
    while True:
        seconds, micros = await redis.time()
        if seconds * 1000 + micros // 1000 > int(entry_id.partition("-")[0]):
            return
        await asyncio.sleep(0.001)


async def test_only_what_every_group_acknowledged_goes(redis: Redis) -> None:
    ids = await fill(redis, 10)
    await past(redis, ids[-1])
    await read(redis, "enrich", 8)
    await read(redis, "search", 5)

    assert await trimmer(redis).trim() == 5
    assert await left(redis) == ids[5:]


async def test_a_pending_entry_keeps_all_after_it(redis: Redis) -> None:
    ids = await fill(redis, 10)
    await past(redis, ids[-1])
    await read(redis, "search", 10)
    await read(redis, "enrich", 3)
    await read(redis, "enrich", 1, acknowledged=False)
    await read(redis, "enrich", 6)

    await trimmer(redis).trim()
    assert await left(redis) == ids[3:]


async def test_a_group_that_redis_does_not_have_keeps_everything(redis: Redis) -> None:
    ids = await fill(redis, 5)
    await past(redis, ids[-1])
    await read(redis, "enrich", 5)
    await redis.xgroup_destroy(PUBLISHED.name, "search")

    assert await trimmer(redis).trim() == 0
    await StreamGroup(redis, PUBLISHED.name, "search", "worker").ensure()
    assert await trimmer(redis).trim() == 0
    assert await left(redis) == ids


async def test_a_group_of_somebody_else_is_waited_for(redis: Redis) -> None:
    ids = await fill(redis, 5)
    await past(redis, ids[-1])
    await redis.xgroup_create(PUBLISHED.name, "archive", id="0")
    for group in PUBLISHED.groups:
        await read(redis, group, 5)

    assert await trimmer(redis).trim() == 0


async def test_what_is_acknowledged_stays_for_the_retention_unless_memory_is_short(
    redis: Redis,
) -> None:
    ids = await fill(redis, 5)
    await past(redis, ids[-1])
    for group in PUBLISHED.groups:
        await read(redis, group, 5)

    assert await trimmer(redis, retention_s=60).trim() == 0
    assert await trimmer(redis, retention_s=60).trim(pressed=True) == 5


async def test_held_entries_stay_until_they_are_let_go(redis: Redis) -> None:
    ids = await fill(redis, 10)
    await past(redis, ids[-1])
    for group in PUBLISHED.groups:
        await read(redis, group, 10)

    async with holding(redis, "rebuild", {PUBLISHED.name: ids[4]}) as hold:
        assert await trimmer(redis).trim() == 4
        await hold.keep({PUBLISHED.name: ids[7]})
        assert await trimmer(redis).trim() == 3
        hold.check()
    assert await trimmer(redis).trim() == 3


async def test_a_hold_from_now_on_keeps_what_comes(redis: Redis) -> None:
    await fill(redis, 3)
    async with holding(redis, "rebuild", {PUBLISHED.name: FROM_NOW}):
        ids = await fill(redis, 3)
        await past(redis, ids[-1])
        for group in PUBLISHED.groups:
            await read(redis, group, 6)
        await trimmer(redis).trim()
        assert await left(redis) == ids


async def test_nobody_holds_what_is_gone(redis: Redis) -> None:
    ids = await fill(redis, 10)
    await past(redis, ids[-1])
    for group in PUBLISHED.groups:
        await read(redis, group, 6)
    await trimmer(redis).trim()

    with pytest.raises(PositionLostError, match=f"articles.published is trimmed beyond {ids[2]}"):
        async with holding(redis, "late", {PUBLISHED.name: ids[2]}):
            pass
    assert await redis.hlen(HOLDS) == 0


async def test_a_holder_that_died_lets_go_after_its_lease(redis: Redis) -> None:
    ids = await fill(redis, 5)
    await past(redis, ids[-1])
    for group in PUBLISHED.groups:
        await read(redis, group, 5)
    await redis.hset(HOLDS, f"{PUBLISHED.name} dead", f"{ids[0]} 1")

    assert await trimmer(redis).trim() == 5
    assert await redis.hlen(HOLDS) == 0


async def test_a_hold_is_renewed_for_as_long_as_it_is_needed(redis: Redis) -> None:
    ids = await fill(redis, 5)
    await past(redis, ids[-1])
    for group in PUBLISHED.groups:
        await read(redis, group, 5)

    async with holding(redis, "rebuild", {PUBLISHED.name: ids[0]}, lease_s=0.3) as hold:
        first = await redis.hget(HOLDS, f"{PUBLISHED.name} rebuild")
        await eventually(lambda: _moved(redis, first), expected=True)
        assert await trimmer(redis).trim() == 0
        hold.check()


async def _moved(redis: Redis, first: object) -> bool:
    return await redis.hget(HOLDS, f"{PUBLISHED.name} rebuild") != first


async def test_consumers_trim_and_never_touch_dead_or_parked_entries(
    redis: Redis, redis_url: str
) -> None:
    await fill(redis, 5)
    for beside in (PUBLISHED.dead, PUBLISHED.parked):
        await redis.xadd(beside, {"__data__": b'{"type": "Unknown"}'})
    await read(redis, "search", 5)
    options = ConsumerOptions(retention_s=0, house_s=0.05, scan_ms=50, stop_timeout_s=3)
    handled = Subscription(PUBLISHED, "enrich", _nothing)
    consumers = [
        StreamConsumer(redis_url, [handled], metrics=Metrics(), options=options) for _ in range(2)
    ]
    for consumer in consumers:
        await consumer.start()

    await eventually(lambda: redis.xlen(PUBLISHED.name), 0)

    for consumer in consumers:
        await consumer.stop()
    # The five that are no event, and the one that was there.
    assert await redis.xlen(PUBLISHED.dead) == 6
    assert await redis.xlen(PUBLISHED.parked) == 1


async def _nothing(deliveries: Sequence[Delivery]) -> Sequence[Verdict]:
    raise AssertionError(deliveries)


async def test_a_hold_that_cannot_be_renewed_is_told_to_its_holder(redis: Redis) -> None:
    await fill(redis, 3)
    async with holding(redis, "reader", {PUBLISHED.name: FROM_NOW}, lease_s=0.1) as hold:
        hold.check()
        await redis.delete(HOLDS)
        await redis.set(HOLDS, "is no hash")

        def lost() -> bool:
            try:
                hold.check()
            except PositionLostError:
                return True
            return False

        await eventually(lost, expected=True, within_s=30)
        await redis.delete(HOLDS)
