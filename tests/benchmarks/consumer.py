"""Consumer tax: our delivery layer against a bare loop of XREADGROUP and XACK."""

import statistics
import time
from collections.abc import Callable, Sequence
from typing import Any

from redis.asyncio import Redis

from shared.events import decode
from shared.messaging import Delivery, Done, StreamConsumer, Subscription, Verdict, connect
from shared.streams import ENRICHED
from shared.telemetry import Metrics
from tests.benchmarks.frame import Result, Rig, spread, until
from tests.builders import enriched, entry

ENTRIES = 10_000
BATCH = 100


async def run(rig: Rig) -> list[Result]:
    bare, decoding, ours = [], [], []
    async with connect(rig.redis.url) as redis:
        for _ in range(rig.runs):
            bare.append(await _bare(redis, read=False))
            decoding.append(await _bare(redis, read=True))
            ours.append(await _ours(redis, rig.redis.url))
        await redis.flushall()
    raw = (
        f"ours {spread(ours, 'entries/s')}, with verdicts, dead letters and takeover; bare "
        f"{spread(bare, 'entries/s')}; bare with the event decoded {spread(decoding, 'entries/s')}"
    )
    ratio = statistics.median(ours) / statistics.median(bare)
    return [Result("consumer tax (consumed / bare XREADGROUP and XACK)", ratio, 0.3, raw)]


async def _fill(redis: Redis) -> None:
    await redis.flushall()
    event = entry(enriched("a", body="word " * 500), "a")
    for _ in range(ENTRIES // BATCH):
        async with redis.pipeline(transaction=False) as pipe:
            for _ in range(BATCH):
                pipe.xadd(ENRICHED.name, {"__data__": event})
            await pipe.execute()
    await redis.xgroup_create(ENRICHED.name, "search", id="0")


async def _bare(redis: Redis, *, read: bool) -> float:
    await _fill(redis)
    start = time.perf_counter()
    while rows := await _read(redis):
        if read:
            for _, fields in rows:
                decode(fields[b"__data__"])
        await redis.xack(ENRICHED.name, "search", *(entry_id for entry_id, _ in rows))
    return ENTRIES / (time.perf_counter() - start)


async def _read(redis: Redis) -> list[tuple[bytes, dict[bytes, bytes]]]:
    answer: Any = await redis.xreadgroup("search", "bare", {ENRICHED.name: ">"}, count=BATCH)
    return answer[0][1] if answer else []


async def _ours(redis: Redis, url: str) -> float:
    await _fill(redis)
    seen = 0

    async def handle(deliveries: Sequence[Delivery]) -> Sequence[Verdict]:
        nonlocal seen
        seen += len(deliveries)
        return [Done() for _ in deliveries]

    consumer = StreamConsumer(url, [Subscription(ENRICHED, "search", handle)], metrics=Metrics())
    await consumer.start()
    try:
        await until(lambda: _at_least(lambda: seen, BATCH), pause_s=0.001)
        start, before = time.perf_counter(), seen
        await until(lambda: _settled(redis), pause_s=0.01)
        return (ENTRIES - before) / (time.perf_counter() - start)
    finally:
        await consumer.stop()


async def _at_least(count: Callable[[], int], wanted: int) -> bool:
    return count() >= wanted


async def _settled(redis: Redis) -> bool:
    [group] = await redis.xinfo_groups(ENRICHED.name)
    last = (await redis.xinfo_stream(ENRICHED.name))["last-generated-id"]
    return bool(group["last-delivered-id"] == last and group["pending"] == 0)
