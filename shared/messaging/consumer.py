"""The consumers of one process: FastStream reads what is new, we take over and try again."""

import asyncio
import logging
import os
import random
import secrets
import socket
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Annotated

from faststream import AckPolicy, Context
from faststream.redis import RedisBroker, StreamSub
from faststream.redis.message import (
    FAKE_CONSUMER,
    BatchStreamMessage,
    RedisBatchStreamMessage,
)
from faststream.redis.subscriber.usecases import StreamBatchSubscriber as StreamSubscriber
from redis.asyncio import Redis
from redis.backoff import ExponentialWithJitterBackoff
from redis.exceptions import RedisError

from shared.background import Background
from shared.events import DATA_FIELD, Event, encode
from shared.messaging import scripts
from shared.messaging.backlog import read_backlog, read_redis_state
from shared.messaging.connection import connect
from shared.messaging.deliveries import ConsumerOptions, Handler, Output
from shared.messaging.entries import Entry
from shared.messaging.group import StreamGroup
from shared.messaging.outages import OutageRetry, waiting_out
from shared.messaging.parking import ParkedEntries
from shared.messaging.processor import Processor
from shared.messaging.trimming import PRESSED, Trimmer
from shared.streams import STREAMS, Stream
from shared.telemetry import DEAD_LETTERS, LAG, PENDING, Metrics

log = logging.getLogger(__name__)

IDLE_CONSUMER_FACTOR = 10
SUPERVISE_S = 0.5
RENEWALS = 3
"""Renewals of a claim within the claim time."""
HOUSEKEEPING = "housekeeping"


async def publish(redis: Redis, outputs: Sequence[Output]) -> list[str]:
    """Append events that no entry caused (a due time, a refresh); answers the entries' ids."""
    async with redis.pipeline(transaction=False) as pipe:
        for output in outputs:
            pipe.xadd(output.stream.name, {DATA_FIELD: encode(output.envelope)})
        return [entry_id.decode() for entry_id in await pipe.execute()]


async def publish_guarded(
    redis: Redis, outputs: Sequence[Output], guards: Mapping[str, str | None]
) -> bool:
    """As `publish`, in one step, if these keys still have these values; False if one has moved."""
    script = redis.register_script(scripts.PUBLISH)
    args: list[str | bytes | int] = [len(outputs)]
    args += [encode(output.envelope) for output in outputs]
    args += [value or "" for value in guards.values()]
    keys = [*(output.stream.name for output in outputs), *guards]
    return bool(await script(keys=keys, args=args))


@dataclass(frozen=True, slots=True)
class Subscription:
    """A group of a stream, and what handles the events it acts on."""

    stream: Stream
    group: str
    handler: Handler

    @property
    def acts_on(self) -> tuple[type[Event], ...]:
        return self.stream.groups[self.group]


class StreamConsumer:
    """Runs subscriptions, whatever happens to Redis meanwhile.

    `start` returns at once and connects in the background; `not_ready` says what keeps it from
    consuming, if anything.
    """

    def __init__(
        self,
        url: str,
        subscriptions: Sequence[Subscription],
        *,
        metrics: Metrics,
        options: ConsumerOptions | None = None,
    ) -> None:
        self._options = options or ConsumerOptions()
        self._metrics = metrics
        self._redis = connect(url)
        self.name = f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(3)}"
        self._broker = RedisBroker(
            url,
            retry=OutageRetry(ExponentialWithJitterBackoff(base=0.05, cap=2), 6, (RedisError,)),
            health_check_interval=15,
            graceful_timeout=self._options.stop_timeout_s,
            logger=logging.getLogger("faststream.redis"),
            log_level=logging.DEBUG,
        )
        streams = {subscription.stream.name: subscription.stream for subscription in subscriptions}
        self._streams = tuple(streams.values())
        self._trimmers = [
            Trimmer(self._redis, stream, self._options.retention_s)
            for stream in self._streams
            if stream in STREAMS
        ]
        self._runs = [self._run_of(subscription) for subscription in subscriptions]
        self._background = Background(metrics)
        self._connecting = asyncio.Lock()
        self._connected = False

    async def start(self) -> None:
        for run in self._runs:
            self._start_work(run)
        self._background.start(HOUSEKEEPING, self._keep_house)

    async def stop(self) -> None:
        """Stop reading, finish what is in hand within the time limit, leave the rest claimable."""
        # First what would start a subscriber again while it is being stopped.
        await self._background.stop(*(f"{run.name} subscription" for run in self._runs))
        with suppress(RedisError, OSError):
            await self._broker.stop()
        await self._background.stop()
        await self._redis.aclose()

    def not_ready(self) -> str | None:
        """Why entries are not being consumed; None while all is well."""
        for run in self._runs:
            if reason := run.processor.stopped or run.processor.paused:
                return f"{run.name}: {reason}"
            if not run.is_reading:
                return f"{run.name}: not subscribed"
        return self._background.not_ready()

    def _run_of(self, subscription: Subscription) -> "_Run":
        stream = subscription.stream
        processor = Processor(
            StreamGroup(self._redis, stream.name, subscription.group, self.name),
            subscription.handler,
            subscription.acts_on,
            parked=stream.parked,
            dead=stream.dead if subscription.group in stream.burying else None,
            options=self._options,
            metrics=self._metrics,
        )
        name = f"{stream.name}/{subscription.group}"
        parked = ParkedEntries(self._redis, stream.parked, stream.name)
        readers = range(self._options.in_flight)
        subscribers = tuple(self._subscriber(name, processor) for _ in readers)
        return _Run(name, processor, subscribers, parked)

    def _subscriber(self, name: str, processor: Processor) -> StreamSubscriber:
        group = processor.group

        async def parse(message: BatchStreamMessage) -> RedisBatchStreamMessage:
            # FastStream's own reading refuses a whole batch for one bad item.
            return RedisBatchStreamMessage(
                raw_message=message, body=b"", consumer=FAKE_CONSUMER, group=group.group
            )

        async def leave_undecoded(_: object) -> None:
            return None

        async def read(message: Annotated[RedisBatchStreamMessage, Context("message")]) -> None:
            pairs = zip(
                message.raw_message["message_ids"], message.raw_message["data"], strict=True
            )
            entries = [Entry(entry_id.decode(), data) for entry_id, data in pairs]
            try:
                await processor.process(entries)
            except Exception as error:
                self._background.report(f"{name} reader", error)
                raise

        subscriber = self._broker.subscriber(
            stream=StreamSub(
                group.stream,
                group=group.group,
                consumer=self.name,
                batch=True,
                max_records=self._options.batch_size,
            ),
            ack_policy=AckPolicy.MANUAL,
            parser=parse,
            decoder=leave_undecoded,
        )
        subscriber(read)
        return subscriber

    def _start_work(self, run: "_Run") -> None:
        start = self._background.start
        start(f"{run.name} subscription", partial(self._keep_subscribed, run))
        start(f"{run.name} renewal", partial(self._renew, run))
        start(f"{run.name} reclaim", partial(self._reclaim, run))
        start(f"{run.name} parked", partial(self._put_back_parked, run))

    async def _keep_subscribed(self, run: "_Run") -> None:
        """Keep the subscribers running: at first, and after their group or stream vanished."""
        while True:
            with waiting_out(log, run.name):
                if not run.is_reading and not run.processor.stopped:
                    await self._subscribe(run)
                elif run.processor.stopped:
                    for subscriber in run.subscribers:
                        if subscriber.running:
                            await subscriber.stop()
            await asyncio.sleep(SUPERVISE_S)

    async def _subscribe(self, run: "_Run") -> None:
        # The group first: FastStream would create it at the end of the stream.
        if await run.processor.group.ensure():
            log.info("group created", extra=run.processor.about())
        await run.parked.put_back()
        async with self._connecting:
            if not self._connected:
                await self._broker.connect()
                self._connected = True
        for subscriber in run.subscribers:
            if not subscriber.running:
                await subscriber.start()

    async def _put_back_parked(self, run: "_Run") -> None:
        """Look for parked entries that this release knows; older replicas park at any time."""
        while True:
            await asyncio.sleep(_with_jitter(self._options.house_s))
            if run.is_reading:
                with waiting_out(log, f"{run.name} parked"):
                    await run.parked.put_back()

    async def _renew(self, run: "_Run") -> None:
        """Keep the entries in work from being taken over by others."""
        while True:
            await asyncio.sleep(self._options.claim_idle_ms / 1000 / RENEWALS)
            with waiting_out(log, f"{run.name} renewal"):
                await run.processor.renew()

    async def _reclaim(self, run: "_Run") -> None:
        """Take over what other consumers left behind; try again what failed here."""
        while True:
            await asyncio.sleep(_with_jitter(self._options.scan_ms / 1000))
            if run.is_reading:
                with waiting_out(log, f"{run.name} reclaim"):
                    await run.processor.retry_due()
                    await self._take_over(run.processor)

    async def _take_over(self, processor: Processor) -> None:
        options = self._options
        entries, deleted = await processor.group.claim_idle(
            options.claim_idle_ms, options.batch_size, set(processor.in_hand)
        )
        processor.note_deleted(deleted)
        # What was delivered often may be what killed its workers: it goes alone.
        alone = [entry for entry in entries if entry.deliveries > options.attempt_limit]
        together = [entry for entry in entries if entry.deliveries <= options.attempt_limit]
        if together:
            await processor.process(together)
        for entry in alone:
            await processor.process([entry])

    async def _keep_house(self) -> None:
        """Trim the streams, forget dead consumers, and tell the metrics how things stand."""
        while True:
            await asyncio.sleep(_with_jitter(self._options.house_s))
            with waiting_out(log, HOUSEKEEPING):
                pressed = (await read_redis_state(self._redis)).memory_share > PRESSED
                for trimmer in self._trimmers:
                    await trimmer.trim(pressed=pressed)
                for run in self._runs:
                    if run.is_reading:
                        group = run.processor.group
                        await group.remove_idle_consumers(
                            self._options.claim_idle_ms * IDLE_CONSUMER_FACTOR
                        )
                await self._measure()

    async def _measure(self) -> None:
        groups = {(run.processor.group.stream, run.processor.group.group) for run in self._runs}
        for backlog in await read_backlog(self._redis, self._streams):
            labels = {"stream": backlog.stream.name, "group": backlog.group}
            if tuple(labels.values()) in groups:
                self._metrics.gauge(LAG, backlog.lag_seconds, **labels)
                self._metrics.gauge(PENDING, backlog.pending or 0, **labels)
        for run in self._runs:
            if run.processor.dead:
                dead = await self._redis.xlen(run.processor.dead)
                self._metrics.gauge(DEAD_LETTERS, dead, stream=run.processor.group.stream)


@dataclass(frozen=True, slots=True)
class _Run:
    name: str
    processor: Processor
    subscribers: tuple[StreamSubscriber, ...]
    parked: ParkedEntries

    @property
    def is_reading(self) -> bool:
        return all(subscriber.running for subscriber in self.subscribers)


def _with_jitter(seconds: float) -> float:
    return seconds * random.uniform(0.8, 1.2)  # noqa: S311  (no secret)
