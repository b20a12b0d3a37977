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
from redis.asyncio.retry import Retry
from redis.backoff import ExponentialWithJitterBackoff
from redis.exceptions import (
    BusyLoadingError,
    ConnectionError as RedisConnectionError,
    ReadOnlyError,
    RedisError,
    TimeoutError as RedisTimeoutError,
)

from shared.background import cancel
from shared.events import DATA_FIELD, Event, NewerSchemaError, UndecodableEventError, decode, encode
from shared.messaging import scripts
from shared.messaging.backlog import read_backlog, read_redis_state
from shared.messaging.connection import connect
from shared.messaging.deliveries import ConsumerOptions, Handler, Output
from shared.messaging.group import Entry, StreamGroup
from shared.messaging.processor import Processor
from shared.messaging.trimming import PRESSED, Trimmer
from shared.streams import STREAMS, Stream
from shared.telemetry import DEAD_LETTERS, LAG, PENDING, Metrics

log = logging.getLogger(__name__)

# A dead connection, a loading or a read-only server is waited for; without this FastStream reads
# again at once, thousands of times a second.
WAITED_FOR = (RedisConnectionError, RedisTimeoutError, BusyLoadingError, ReadOnlyError)
IDLE_CONSUMER_FACTOR = 10
SUPERVISE_S = 0.5


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
            retry=Retry(ExponentialWithJitterBackoff(base=0.05, cap=2), 6, WAITED_FOR),
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
        self._tasks: list[asyncio.Task[None]] = []
        self._connected = False

    async def start(self) -> None:
        self._tasks = [asyncio.create_task(self._supervise())]
        self._tasks += [asyncio.create_task(self._reclaim(run)) for run in self._runs]
        self._tasks.append(asyncio.create_task(self._keep_house()))

    async def stop(self) -> None:
        """Stop reading, finish what is in hand within the time limit, leave the rest claimable."""
        supervisor, *others = self._tasks
        # First who would start a subscriber again while it is being stopped.
        await cancel([supervisor])
        with suppress(RedisError, OSError):
            await self._broker.stop()
        await cancel(others)
        await self._redis.aclose()

    def not_ready(self) -> str | None:
        """Why entries are not being consumed; None while all is well."""
        for run in self._runs:
            processor = run.processor
            where = f"{processor.group.stream}/{processor.group.group}"
            if reason := processor.stopped or processor.paused:
                return f"{where}: {reason}"
            if not run.subscriber.running:
                return f"{where}: not subscribed"
        return None

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
        return _Run(processor, self._subscriber(processor))

    def _subscriber(self, processor: Processor) -> StreamSubscriber:
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
            await processor.process([Entry(entry_id.decode(), data) for entry_id, data in pairs])

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

    async def _supervise(self) -> None:
        """Keep every subscriber running: at first, and after its group or stream vanished."""
        while True:
            try:
                for run in self._runs:
                    if not run.subscriber.running and not run.processor.stopped:
                        await self._subscribe(run)
                    elif run.subscriber.running and run.processor.stopped:
                        await run.subscriber.stop()
            except (RedisError, OSError) as error:
                log.warning("waiting for Redis: %s", error)
            await asyncio.sleep(SUPERVISE_S)

    async def _subscribe(self, run: "_Run") -> None:
        # The group first: FastStream would create it at the end of the stream.
        if await run.processor.group.ensure():
            log.info("group created", extra=run.processor.about())
        await self._unpark(run.processor)
        if not self._connected:
            await self._broker.connect()
            self._connected = True
        await run.subscriber.start()

    async def _unpark(self, processor: Processor) -> None:
        """Put parked entries that this release knows back into their stream."""
        unpark = self._redis.register_script(scripts.UNPARK)
        for entry in await processor.group.entries(processor.parked):
            try:
                decode(entry.raw)
            except NewerSchemaError:
                continue
            except UndecodableEventError:
                log.exception("parked entry cannot be read", extra=processor.about(entry.id))
            keys = [processor.parked, processor.group.stream]
            await unpark(keys=keys, args=[entry.id, entry.raw])

    async def _reclaim(self, run: "_Run") -> None:
        """Take over what other consumers left behind; try again what failed here."""
        while True:
            await asyncio.sleep(self._options.scan_ms / 1000 * random.uniform(0.8, 1.2))  # noqa: S311  (jitter)
            try:
                if run.subscriber.running:
                    await run.processor.retry_due()
                    await self._take_over(run.processor)
            except (RedisError, OSError) as error:
                log.warning("reclaim waits: %s", error, extra=run.processor.about())
            except Exception:
                log.exception("reclaim failed", extra=run.processor.about())

    async def _take_over(self, processor: Processor) -> None:
        options = self._options
        entries = await processor.group.claim_idle(
            options.claim_idle_ms, options.batch_size, set(processor.in_hand)
        )
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
            await asyncio.sleep(self._options.house_s * random.uniform(0.8, 1.2))  # noqa: S311  (jitter)
            try:
                pressed = (await read_redis_state(self._redis)).memory_share > PRESSED
                for trimmer in self._trimmers:
                    await trimmer.trim(pressed=pressed)
                for run in self._runs:
                    if run.subscriber.running:
                        group = run.processor.group
                        await group.remove_idle_consumers(
                            self._options.claim_idle_ms * IDLE_CONSUMER_FACTOR
                        )
                await self._measure()
            except (RedisError, OSError) as error:
                log.warning("housekeeping waits: %s", error)

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
    processor: Processor
    subscriber: StreamSubscriber
