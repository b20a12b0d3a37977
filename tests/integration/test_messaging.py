"""The delivery layer on a real Redis: what FastStream does alone, and what we add."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from redis.asyncio import Redis

from shared.embedded_redis import RedisServer
from shared.events import (
    ArticleEnriched,
    ArticlePublished,
    ArticleWithdrawn,
    Enrichment,
    ReadTime,
    decode,
    encode,
    wrap,
)
from shared.messaging import (
    ConsumerOptions,
    Delivery,
    DependencyUnavailableError,
    Done,
    Failed,
    Output,
    StreamConsumer,
    Subscription,
    Verdict,
    connect,
)
from shared.messaging.deliveries import Handler
from shared.messaging.group import StreamGroup
from shared.messaging.trimming import Trimmer
from shared.streams import ENRICHED, PUBLISHED, Stream
from shared.telemetry import Metrics
from tests import servers, streams
from tests.waiting import eventually

FAST = ConsumerOptions(claim_idle_ms=400, scan_ms=50, retry_ms=20, stop_timeout_s=3)


@pytest.fixture
def redis_url(each_redis_server: RedisServer) -> str:
    """What is here may differ between versions of Redis: everything runs on both."""
    return servers.emptied(each_redis_server)


def published(number: int, revision: int = 1) -> bytes:
    event = ArticlePublished(
        publisher="demo",
        url=f"https://publisher.example/{number}",
        revision=revision,
        title=f"Article {number}",
        body="A body.",
        published_at=datetime(2026, 11, 1, tzinfo=UTC),
    )
    return encode(wrap(event, source="test", subject=f"a{number}"))


def enriched(delivery: Delivery) -> Output:
    event = delivery.envelope.event
    assert isinstance(event, ArticlePublished)
    event_out = ArticleEnriched(
        **event.model_dump(),
        number=0,
        enrichment=Enrichment(
            read_time=ReadTime(seconds=1, minutes=1, method="test"), algorithm="test"
        ),
    )
    return Output(
        ENRICHED,
        wrap(event_out, source="test", subject=delivery.envelope.subject, cause=delivery.envelope),
    )


async def pass_on(deliveries: Sequence[Delivery]) -> Sequence[Verdict]:
    return [Done((enriched(delivery),)) for delivery in deliveries]


@asynccontextmanager
async def consuming(
    url: str,
    handler: Callable[[Sequence[Delivery]], Awaitable[Sequence[Verdict]]],
    *,
    options: ConsumerOptions = FAST,
    stream: Stream = PUBLISHED,
    group: str = "enrich",
    metrics: Metrics | None = None,
) -> AsyncIterator[StreamConsumer]:
    consumer = StreamConsumer(
        url,
        [Subscription(stream, group, handler)],
        metrics=metrics or Metrics(),
        options=options,
    )
    await consumer.start()
    try:
        yield consumer
    finally:
        await consumer.stop()


async def add(redis: Redis, *events: bytes) -> None:
    await streams.add(redis, PUBLISHED, *events)


async def outputs(redis: Redis) -> list[str]:
    """Subjects on the enriched stream, in order."""
    found = await streams.entries(redis, ENRICHED.name)
    return [decode(fields[b"__data__"]).subject for fields in found]


async def pending(redis: Redis, group: str = "enrich") -> int:
    return await streams.pending(redis, PUBLISHED, group)


async def test_events_published_before_the_group_existed_are_processed(
    redis: Redis, redis_url: str
) -> None:
    await add(redis, *(published(number) for number in range(250)))
    async with consuming(redis_url, pass_on):
        await eventually(lambda: redis.xlen(ENRICHED.name), 250)
        await eventually(lambda: pending(redis), 0)
    assert sorted(await outputs(redis)) == sorted(f"a{number}" for number in range(250))


async def test_one_poison_in_a_batch_of_a_hundred_harms_only_itself(
    redis: Redis, redis_url: str
) -> None:
    async def handler(deliveries: Sequence[Delivery]) -> Sequence[Verdict]:
        if any(delivery.envelope.subject == "a57" for delivery in deliveries):
            raise ValueError("cannot stomach 57")
        return await pass_on(deliveries)

    await add(redis, *(published(number) for number in range(100)))
    async with consuming(redis_url, handler):
        await eventually(lambda: redis.xlen(PUBLISHED.dead), 1)
        await eventually(lambda: pending(redis), 0)
    assert len(await outputs(redis)) == 99
    (dead,) = await streams.entries(redis, PUBLISHED.dead)
    assert decode(dead[b"__data__"]).subject == "a57"
    assert dead[b"attempts"] == b"5"
    assert dead[b"last_error"] == b"ValueError: cannot stomach 57"
    assert dead[b"group"] == b"enrich"
    assert await redis.hlen("messaging:attempts:enrich:articles.published") == 0


@pytest.mark.parametrize(
    "fields",
    [
        {"__data__": b"\xff\xfe not json"},
        {"__data__": b'{"type": "ArticlePublished", "subject": "x", "data": {}}'},
        {"other": b"field"},
        {"__data__": b'{"data": "a string", "headers": {}}'},
    ],
)
async def test_bytes_that_are_no_event_become_a_dead_letter_with_its_reason(
    redis: Redis, redis_url: str, fields: dict[str, bytes]
) -> None:
    await add(redis, published(1))
    await redis.xadd(PUBLISHED.name, fields)  # type: ignore[arg-type]
    await add(redis, published(2))
    async with consuming(redis_url, pass_on):
        await eventually(lambda: redis.xlen(PUBLISHED.dead), 1)
        await eventually(lambda: redis.xlen(ENRICHED.name), 2)
        await eventually(lambda: pending(redis), 0)
    (dead,) = await streams.entries(redis, PUBLISHED.dead)
    assert dead[b"last_error"]
    name, value = next(iter(fields.items()))
    assert dead[name.encode()] == value


async def test_an_event_of_a_newer_schema_is_parked_and_read_by_who_knows_it(
    redis: Redis, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    newer = published(1).replace(b"ArticlePublished:1", b"ArticlePublished:2")
    await add(redis, newer)
    async with consuming(redis_url, pass_on):
        await eventually(lambda: redis.xlen(PUBLISHED.parked), 1)
        await eventually(lambda: pending(redis), 0)
    assert await redis.xlen(PUBLISHED.dead) == 0
    monkeypatch.setattr(ArticlePublished, "VERSION", 2)
    async with consuming(redis_url, pass_on):
        await eventually(lambda: redis.xlen(ENRICHED.name), 1)
    assert await redis.xlen(PUBLISHED.parked) == 0


async def test_what_an_old_replica_parks_later_is_put_back_by_a_running_new_one(
    redis: Redis, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ArticlePublished, "VERSION", 2)
    options = replace(FAST, house_s=0.05)
    unknown = published(0).replace(b"ArticlePublished:2", b"ArticlePublished:3")
    async with consuming(redis_url, pass_on, options=options) as consumer:
        await eventually(consumer.not_ready, None)
        for _ in range(250):  # More than a page.
            await redis.xadd(PUBLISHED.parked, {"__data__": unknown})
        for number in range(3):
            await redis.xadd(PUBLISHED.parked, {"__data__": published(number)})
            await eventually(lambda: redis.xlen(ENRICHED.name), number + 1)
    assert await redis.xlen(PUBLISHED.parked) == 250


async def test_a_dead_workers_entries_are_taken_over(redis: Redis, redis_url: str) -> None:
    await add(redis, *(published(number) for number in range(10)))
    dead = StreamGroup(redis, PUBLISHED.name, "enrich", "dead-worker")
    await dead.ensure()
    await redis.xreadgroup("enrich", "dead-worker", {PUBLISHED.name: ">"}, count=10)
    async with consuming(redis_url, pass_on):
        await eventually(lambda: redis.xlen(ENRICHED.name), 10)
        await eventually(lambda: pending(redis), 0)


async def test_a_deleted_pending_entry_is_told_and_does_not_stop_the_takeover_of_others(
    redis: Redis, redis_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    await add(redis, *(published(number) for number in range(10)))
    dead = StreamGroup(redis, PUBLISHED.name, "enrich", "dead-worker")
    await dead.ensure()
    rows = await redis.xreadgroup("enrich", "dead-worker", {PUBLISHED.name: ">"}, count=10)
    assert isinstance(rows, list)
    await redis.xdel(PUBLISHED.name, rows[0][1][0][0], rows[0][1][4][0])
    metrics = Metrics()
    async with consuming(redis_url, pass_on, metrics=metrics):
        await eventually(lambda: redis.xlen(ENRICHED.name), 8)
        await eventually(lambda: pending(redis), 0)
    assert entries_of(metrics, "deleted") == 2
    assert caplog.text.count("entry was deleted while it was pending") == 2


def entries_of(metrics: Metrics, verdict: str) -> int:
    labels = f'{{group="enrich",stream="articles.published",verdict="{verdict}"}}'
    line = f"dateline_stream_entries_total{labels} "
    _, _, count = metrics.render().decode().partition(line)
    return int(float(count.split()[0])) if count else 0


async def test_a_handler_longer_than_the_claim_time_is_not_done_again_by_others(
    redis: Redis, redis_url: str
) -> None:
    calls: list[str] = []

    def handler(worker: str) -> Handler:
        async def slow(deliveries: Sequence[Delivery]) -> Sequence[Verdict]:
            calls.append(worker)
            await asyncio.sleep(5 * FAST.claim_idle_ms / 1000)
            return await pass_on(deliveries)

        return slow

    await add(redis, *(published(number) for number in range(10)))
    async with consuming(redis_url, handler("first")):
        await eventually(lambda: len(calls), 1)
        async with consuming(redis_url, handler("second")):
            await eventually(lambda: pending(redis), 0)
    assert calls == ["first"]
    assert await redis.xlen(ENRICHED.name) == 10


async def test_an_entry_that_is_deleted_while_it_is_handled_keeps_its_effect(
    redis: Redis, redis_url: str
) -> None:
    async def slow(deliveries: Sequence[Delivery]) -> Sequence[Verdict]:
        await redis.xdel(PUBLISHED.name, *(delivery.entry_id for delivery in deliveries))
        await asyncio.sleep(2 * FAST.claim_idle_ms / 1000)
        return await pass_on(deliveries)

    await add(redis, published(1))
    async with consuming(redis_url, slow):
        await eventually(lambda: outputs(redis), ["a1"])
        await eventually(lambda: pending(redis), 0)


async def test_a_late_result_does_not_come_out_after_the_takeover(
    redis: Redis, redis_url: str
) -> None:
    released = asyncio.Event()

    async def slow(deliveries: Sequence[Delivery]) -> Sequence[Verdict]:
        await released.wait()
        return await pass_on(deliveries)

    await add(redis, published(1))
    # As if it had been stopped: its claim is not renewed.
    async with consuming(redis_url, slow, options=replace(FAST, renew_s=0)):
        await eventually(lambda: pending(redis), 1)
        async with consuming(redis_url, pass_on):
            await eventually(lambda: redis.xlen(ENRICHED.name), 1)
        released.set()
        await eventually(lambda: pending(redis), 0)
    assert await outputs(redis) == ["a1"]


async def test_a_guard_that_moved_has_the_output_computed_again(
    redis: Redis, redis_url: str
) -> None:
    seen: list[str | None] = []

    async def guarded(deliveries: Sequence[Delivery]) -> Sequence[Verdict]:
        value = await redis.get("curation")
        seen.append(value.decode() if isinstance(value, bytes) else None)
        if len(seen) == 1:
            await redis.set("curation", "2")
        return [Done((enriched(one),), guards={"curation": seen[-1]}) for one in deliveries]

    await add(redis, published(1))
    async with consuming(redis_url, guarded):
        await eventually(lambda: redis.xlen(ENRICHED.name), 1)
        await eventually(lambda: pending(redis), 0)
    assert seen == [None, "2"]


async def test_an_outage_of_a_dependency_pauses_and_counts_no_attempt(
    redis: Redis, redis_url: str
) -> None:
    calls = 0

    async def out_of_reach(deliveries: Sequence[Delivery]) -> Sequence[Verdict]:
        nonlocal calls
        calls += 1
        if calls < 4:
            raise DependencyUnavailableError("index is down")
        return await pass_on(deliveries)

    await add(redis, *(published(number) for number in range(3)))
    async with consuming(redis_url, out_of_reach) as consumer:
        await eventually(lambda: bool(consumer.not_ready()), expected=True)
        assert await redis.hlen("messaging:attempts:enrich:articles.published") == 0
        await eventually(lambda: redis.xlen(ENRICHED.name), 3)
        await eventually(consumer.not_ready, None)
    assert await redis.xlen(PUBLISHED.dead) == 0


async def raise_redis_error(redis: Redis, deliveries: Sequence[Delivery]) -> None:
    """As a script that unpacks more than Lua can."""
    if any(delivery.envelope.subject == "a7" for delivery in deliveries):
        many = ["field", "value"] * 4_500
        await redis.eval("redis.call('XADD', KEYS[1], '*', unpack(ARGV))", 1, "stream", *many)


async def test_an_entry_that_redis_refuses_whenever_it_comes_harms_only_itself(
    redis: Redis, redis_url: str
) -> None:
    async def handler(deliveries: Sequence[Delivery]) -> Sequence[Verdict]:
        await raise_redis_error(redis, deliveries)
        return await pass_on(deliveries)

    await add(redis, *(published(number) for number in range(20)))
    async with consuming(redis_url, handler) as consumer:
        await eventually(lambda: redis.xlen(PUBLISHED.dead), 1, within_s=30)
        await eventually(lambda: pending(redis), 0)
        assert consumer.not_ready() is None
    assert len(await outputs(redis)) == 19
    (dead,) = await streams.entries(redis, PUBLISHED.dead)
    assert decode(dead[b"__data__"]).subject == "a7"
    assert b"too many results to unpack" in dead[b"last_error"]


async def test_an_output_that_redis_refuses_whenever_it_comes_harms_only_itself(
    redis: Redis, redis_url: str
) -> None:
    """As an output to a key that is no stream; those beside it in the batch are done once."""
    await redis.set("articles.broken", "is none")
    broken = Stream("articles.broken", "", (), ())

    async def handler(deliveries: Sequence[Delivery]) -> Sequence[Verdict]:
        return [
            Done((replace(enriched(one), stream=broken),))
            if one.envelope.subject == "a7"
            else Done((enriched(one),))
            for one in deliveries
        ]

    metrics = Metrics()
    await add(redis, *(published(number) for number in range(20)))
    async with consuming(redis_url, handler, metrics=metrics):
        await eventually(lambda: redis.xlen(PUBLISHED.dead), 1)
        await eventually(lambda: pending(redis), 0)
    assert len(await outputs(redis)) == entries_of(metrics, "done") == 19
    (dead,) = await streams.entries(redis, PUBLISHED.dead)
    assert b"WRONGTYPE" in dead[b"last_error"]


async def test_an_entry_of_thousands_of_fields_becomes_a_dead_letter(
    redis: Redis, redis_url: str
) -> None:
    fields: dict[str, bytes] = {f"field {number}": b"value" for number in range(4_500)}
    await redis.xadd(PUBLISHED.name, fields)  # type: ignore[arg-type]
    await redis.xadd(PUBLISHED.name, fields | {"__data__": b"no event"})  # type: ignore[arg-type]
    await add(redis, published(1))
    async with consuming(redis_url, pass_on) as consumer:
        await eventually(lambda: redis.xlen(PUBLISHED.dead), 2)
        await eventually(lambda: redis.xlen(ENRICHED.name), 1)
        await eventually(lambda: pending(redis), 0)
        assert consumer.not_ready() is None
    first, second = await streams.entries(redis, PUBLISHED.dead)
    assert b"of its 4500 fields 1000 are kept" in first[b"last_error"]
    assert second[b"__data__"] == b"no event"


async def test_an_entry_that_cannot_be_moved_waits_and_harms_no_other(
    redis: Redis, redis_url: str
) -> None:
    await redis.set(PUBLISHED.dead, "is no stream")
    await redis.xadd(PUBLISHED.name, {"__data__": b"no event"})
    await add(redis, published(1))
    async with consuming(redis_url, pass_on):
        await eventually(lambda: redis.xlen(ENRICHED.name), 1)
        await eventually(lambda: pending(redis), 1)
        await redis.delete(PUBLISHED.dead)
        await eventually(lambda: redis.xlen(PUBLISHED.dead), 1)
        await eventually(lambda: pending(redis), 0)


async def test_a_handler_with_too_few_verdicts_fails_and_does_not_stall(
    redis: Redis, redis_url: str
) -> None:
    async def forgetful(_: Sequence[Delivery]) -> Sequence[Verdict]:
        return []

    await add(redis, published(1))
    async with consuming(redis_url, forgetful):
        await eventually(lambda: redis.xlen(PUBLISHED.dead), 1)


async def test_a_part_of_the_consumer_that_crashes_is_told_and_begun_again(
    redis: Redis, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(_: Trimmer, **__: object) -> int:
        raise KeyError("a defect")

    metrics = Metrics()
    with monkeypatch.context() as patch:
        patch.setattr(Trimmer, "trim", broken)
        options = replace(FAST, house_s=0.05)
        async with consuming(redis_url, pass_on, options=options, metrics=metrics) as consumer:
            crashed = "housekeeping crashed: KeyError('a defect')"
            await eventually(consumer.not_ready, crashed, within_s=30)
            patch.undo()
            await redis.xadd(PUBLISHED.dead, {"__data__": b"no event"})
            dead = 'dateline_dead_letters_entries{stream="articles.published"} 1.0'
            await eventually(lambda: dead in metrics.render().decode(), expected=True)
    assert 'dateline_background_crashes_total{work="housekeeping"}' in metrics.render().decode()


async def test_after_a_full_redis_all_is_well_though_no_entry_follows(
    redis: Redis, redis_url: str
) -> None:
    async def fill(deliveries: Sequence[Delivery]) -> Sequence[Verdict]:
        await redis.config_set("maxmemory", "1kb")
        return await pass_on(deliveries)

    await add(redis, published(1))
    async with consuming(redis_url, fill) as consumer:
        try:
            full = "used memory > 'maxmemory'"
            await eventually(lambda: full in (consumer.not_ready() or ""), expected=True)
        finally:
            await redis.config_set("maxmemory", "0")
        await eventually(lambda: redis.xlen(ENRICHED.name), 1)
        await eventually(consumer.not_ready, None)


async def test_a_redis_that_refuses_reading_is_not_asked_in_a_hot_loop(
    redis: Redis, redis_url: str
) -> None:
    async with consuming(redis_url, pass_on) as consumer:
        await eventually(consumer.not_ready, None)
        before = await reads(redis)
        await redis.config_set("min-replicas-to-write", 1)
        try:
            # In this time a hot loop reads thousands of times.
            await asyncio.sleep(1.5)
        finally:
            await redis.config_set("min-replicas-to-write", 0)
        assert await reads(redis) - before < 100
        await add(redis, published(1))
        await eventually(lambda: outputs(redis), ["a1"])
        await eventually(consumer.not_ready, None)


async def reads(redis: Redis) -> int:
    about = (await redis.info("commandstats")).get("cmdstat_xreadgroup", {})
    return int(about.get("calls", 0)) + int(about.get("rejected_calls", 0))


async def test_consumers_recover_from_flushall(redis: Redis, redis_url: str) -> None:
    async with consuming(redis_url, pass_on) as consumer:
        await add(redis, published(1))
        await eventually(lambda: redis.xlen(ENRICHED.name), 1)
        await redis.flushall()
        await eventually(lambda: redis.exists(PUBLISHED.name), 1)
        await add(redis, published(2))
        await eventually(lambda: outputs(redis), ["a2"])
        await eventually(consumer.not_ready, None)


async def test_another_groups_events_are_acknowledged_unread(redis: Redis, redis_url: str) -> None:
    withdrawn = ArticleWithdrawn(publisher="demo", url="https://publisher.example/1", revision=1)
    seen: list[str] = []

    async def note(deliveries: Sequence[Delivery]) -> Sequence[Verdict]:
        seen.extend(delivery.envelope.type for delivery in deliveries)
        return [Done() for _ in deliveries]

    await add(redis, published(1), encode(wrap(withdrawn, source="test", subject="a1")))
    async with consuming(redis_url, note, group="search"):
        await eventually(lambda: len(seen), 1)
        await eventually(lambda: pending(redis, group="search"), 0)
    assert seen == ["ArticleWithdrawn"]


async def test_too_large_a_share_of_dead_letters_stops_the_consumer_until_it_is_started_again(
    redis: Redis, redis_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(deliveries: Sequence[Delivery]) -> Sequence[Verdict]:
        return [Failed("broken release", permanent=True) for _ in deliveries]

    options = ConsumerOptions(
        batch_size=1, claim_idle_ms=400, scan_ms=50, dead_minimum=5, stop_timeout_s=3
    )
    metrics = Metrics()
    await add(redis, *(published(number) for number in range(50)))
    with caplog.at_level(logging.CRITICAL):
        async with consuming(redis_url, broken, options=options, metrics=metrics) as consumer:
            await eventually(
                consumer.not_ready,
                "articles.published/enrich: too many dead letters",
            )
    dead = await redis.xlen(PUBLISHED.dead)
    assert 5 <= dead < 50
    assert "too many dead letters" in caplog.text
    stopped = 'dateline_stream_consumer_stopped{group="enrich",stream="articles.published"} 1.0'
    assert stopped in metrics.render().decode()

    async with consuming(redis_url, pass_on, options=options) as consumer:
        await eventually(lambda: redis.xlen(ENRICHED.name), 50 - dead)
        assert consumer.not_ready() is None


async def test_redis_killed_and_restarted_loses_nothing(tmp_path: Path) -> None:
    with servers.redis_server(tmp_path) as server:
        redis = connect(server.url, retries=6)
        async with consuming(server.url, pass_on) as consumer:
            await add(redis, *(published(number) for number in range(50)))
            server.kill()
            server.start()
            await add(redis, *(published(number) for number in range(50, 100)))
            await eventually(
                lambda: _distinct(redis), {f"a{number}" for number in range(100)}, within_s=60
            )
            await eventually(consumer.not_ready, None)
        await redis.aclose()


async def _distinct(redis: Redis) -> set[str]:
    return set(await outputs(redis))


async def test_several_batches_are_in_flight_where_the_options_say_so(
    redis: Redis, redis_url: str
) -> None:
    first_seen, second_seen = asyncio.Event(), asyncio.Event()

    async def handle(deliveries: Sequence[Delivery]) -> Sequence[Verdict]:
        if not first_seen.is_set():
            first_seen.set()
            await asyncio.wait_for(second_seen.wait(), 10)
        else:
            second_seen.set()
        return await pass_on(deliveries)

    async with consuming(redis_url, handle, options=replace(FAST, in_flight=2)):
        await add(redis, published(0))
        await asyncio.wait_for(first_seen.wait(), 10)
        await add(redis, published(1))
        await eventually(lambda: _distinct(redis), {"a0", "a1"})
