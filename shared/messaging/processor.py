"""What happens to a batch: decode, handle, settle, each item by its own verdict."""

import asyncio
import logging
import random
import time
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import ParamSpec, TypeVar

from redis.exceptions import RedisError

from shared.events import Event, NewerSchemaError, UndecodableEventError, decode
from shared.messaging.deliveries import (
    ConsumerOptions,
    Delivery,
    DependencyUnavailableError,
    Done,
    Failed,
    Handler,
    Verdict,
)
from shared.messaging.entries import Entry
from shared.messaging.group import StreamGroup
from shared.messaging.outages import is_outage
from shared.telemetry import (
    ENTRIES,
    HANDLING,
    PAUSES,
    STOPPED,
    Metrics,
    correlation_id,
    span,
)

log = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T")

MOVED_LIMIT = 20
PAUSE_S = (0.2, 5.0)


class DeadLetterShare:
    """Trips when too large a share of recent entries became dead letters.

    Counted by the second: the window is short, what passes in it may be much.
    """

    def __init__(
        self, options: ConsumerOptions, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._options = options
        self._clock = clock
        self._seconds: deque[list[int]] = deque()

    def record(self, *, dead: bool) -> None:
        second = int(self._clock())
        self._forget(second)
        if not self._seconds or self._seconds[-1][0] != second:
            self._seconds.append([second, 0, 0])
        self._seconds[-1][1] += 1
        self._seconds[-1][2] += dead

    def tripped(self) -> bool:
        self._forget(int(self._clock()))
        total = sum(entries for _, entries, _ in self._seconds)
        dead = sum(dead for _, _, dead in self._seconds)
        return dead >= self._options.dead_minimum and dead > self._options.dead_share * total

    def _forget(self, now: int) -> None:
        while self._seconds and self._seconds[0][0] < now - self._options.dead_window_s:
            self._seconds.popleft()


class Processor:
    """Settles the entries of one group; used by the reader of new entries and by the reclaimer."""

    def __init__(
        self,
        group: StreamGroup,
        handler: Handler,
        acts_on: tuple[type[Event], ...],
        *,
        parked: str,
        dead: str | None,
        options: ConsumerOptions,
        metrics: Metrics,
    ) -> None:
        self.group = group
        self._handler = handler
        self._acts_on = acts_on
        self._names = tuple(f'"{kind.__name__}"'.encode() for kind in acts_on)
        self.parked = parked
        self.dead = dead
        self._options = options
        self._metrics = metrics
        self._share = DeadLetterShare(options)
        self.in_hand: dict[str, Entry] = {}
        self._renewed_until: dict[str, float] = {}
        self.retry_at: dict[str, float] = {}
        self.paused: str | None = None
        self.stopped: str | None = None
        metrics.gauge(STOPPED, 0, **self._labels())

    async def process(self, entries: Sequence[Entry]) -> None:
        """Settle these entries; returns when each is settled, or waits for its next attempt."""
        self.in_hand |= {entry.id: entry for entry in entries}
        self._begin_renewing([entry.id for entry in entries])
        try:
            deliveries = await self._decode(entries)
            while deliveries and not self.stopped:
                deliveries = await self._settle(deliveries)
        finally:
            for entry in entries:
                self._renewed_until.pop(entry.id, None)
                if entry.id not in self.retry_at:
                    self.in_hand.pop(entry.id, None)

    async def retry_due(self) -> None:
        """Try again, one by one, what failed before and is due."""
        now = time.monotonic()
        for entry_id in [entry_id for entry_id, due in self.retry_at.items() if due <= now]:
            del self.retry_at[entry_id]
            entry = self.in_hand.pop(entry_id)
            if entry_id in await self.group.keep([entry_id]):
                await self.process([entry])

    async def renew(self) -> None:
        """Restart the idle time of the entries in work, so that no other worker takes them over."""
        now = time.monotonic()
        for entry_id in [one for one, until in self._renewed_until.items() if until <= now]:
            del self._renewed_until[entry_id]
            log.error("handler hangs: others may take it over", extra=self.about(entry_id))
        if self._renewed_until:
            await self.group.keep(list(self._renewed_until))

    def note_deleted(self, ids: Sequence[str]) -> None:
        """Log and count entries that were deleted from the stream before they were settled."""
        for entry_id in ids:
            log.error("entry was deleted while it was pending", extra=self.about(entry_id))
        self._count("deleted", len(ids))

    def _begin_renewing(self, ids: Iterable[str]) -> None:
        until = time.monotonic() + self._options.renew_s
        self._renewed_until |= dict.fromkeys(ids, until)

    async def _decode(self, entries: Sequence[Entry]) -> list[Delivery]:
        """The events this group acts on; everything else is settled here."""
        deliveries, skipped = [], []
        for entry in entries:
            # Parsing what another group acts on would cost more than all else: its bytes do not
            # name our events. Who may bury looks at everything, so that nothing strange is lost.
            if self.dead is None and not any(name in entry.raw for name in self._names):
                skipped.append(entry.id)
                continue
            try:
                envelope = decode(entry.raw)
            except NewerSchemaError as error:
                await self._park(entry, str(error))
            except UndecodableEventError as error:
                await self._give_up(entry, 1, str(error), str(error))
            else:
                if isinstance(envelope.event, self._acts_on):
                    deliveries.append(Delivery(entry.id, envelope, entry.fields))
                else:
                    skipped.append(entry.id)
        await self._persist(self.group.acknowledge_unread, skipped)
        self._count("skipped", len(skipped))
        return deliveries

    async def _settle(self, deliveries: list[Delivery]) -> list[Delivery]:
        """Handle and settle; answers the deliveries whose guards moved, to be handled again."""
        with self._timed():
            handled = await self._handle(deliveries)
        done = [(d, v) for d, v in handled if isinstance(v, Done)]
        answers = await self._hand_over(done)
        moved = []
        for delivery, _ in done:
            answer = answers[delivery.entry_id]
            if isinstance(answer, RedisError):
                await self._fail(delivery, Failed(f"{type(answer).__name__}: {answer}"))
            elif answer == "moved" and delivery.moved < MOVED_LIMIT:
                moved.append(replace(delivery, moved=delivery.moved + 1))
            else:
                self._count(answer)
                self._share.record(dead=False)
        for delivery, verdict in handled:
            if isinstance(verdict, Failed):
                await self._fail(delivery, verdict)
        return moved

    async def _hand_over(
        self, done: Sequence[tuple[Delivery, Done]]
    ) -> dict[str, str | RedisError]:
        """Hand over until Redis has answered for each entry; its refusal is an answer, too."""
        answers: dict[str, str | RedisError] = {}

        async def hand_over_rest() -> None:
            rest = [pair for pair in done if pair[0].entry_id not in answers]
            outage = None
            for (delivery, _), answer in zip(rest, await self.group.hand_over(rest), strict=True):
                if isinstance(answer, RedisError) and is_outage(answer):
                    outage = answer
                else:
                    answers[delivery.entry_id] = answer
            if outage:
                raise outage

        if done:
            await self._persist(hand_over_rest)
        return answers

    @contextmanager
    def _timed(self) -> Iterator[None]:
        start = time.perf_counter()
        yield
        self._metrics.observe(HANDLING, time.perf_counter() - start, **self._labels())

    async def _handle(self, deliveries: list[Delivery]) -> list[tuple[Delivery, Verdict]]:
        """The handler's verdicts; a batch in which something raises is handled one by one."""
        pause = PAUSE_S[0]
        while deliveries:
            try:
                verdicts = await self._call(deliveries)
                handled = list(zip(deliveries, verdicts, strict=True))
            except Exception as error:
                if isinstance(error, DependencyUnavailableError) or is_outage(error):
                    deliveries = await self._wait(deliveries, error, pause)
                    pause = min(pause * 2, PAUSE_S[1])
                elif len(deliveries) == 1:
                    log.exception("handler failed", extra=self.about(deliveries[0].entry_id))
                    return [(deliveries[0], Failed(f"{type(error).__name__}: {error}"))]
                else:
                    return [pair for one in deliveries for pair in await self._handle([one])]
            else:
                self.paused = None
                return handled
        return []

    async def _call(self, deliveries: list[Delivery]) -> Sequence[Verdict]:
        self._begin_renewing(delivery.entry_id for delivery in deliveries)
        first = deliveries[0].envelope
        token = correlation_id.set(first.correlation_id if len(deliveries) == 1 else None)
        try:
            with span(f"{self.group.group} {first.type}", first.traceparent):
                return await self._handler(deliveries)
        finally:
            correlation_id.reset(token)

    async def _wait(
        self, deliveries: list[Delivery], error: Exception, pause: float
    ) -> list[Delivery]:
        self._pause(error)
        await asyncio.sleep(pause * random.uniform(0.5, 1.5))  # noqa: S311  (jitter)
        try:
            kept = await self.group.keep([delivery.entry_id for delivery in deliveries])
        except RedisError:
            return deliveries
        return [delivery for delivery in deliveries if delivery.entry_id in kept]

    async def _fail(self, delivery: Delivery, verdict: Failed) -> None:
        entry = self.in_hand[delivery.entry_id]
        counted = await self._persist_alone(entry, self.group.fail, entry.id, verdict.error)
        if counted is None:
            return
        attempts, first = counted
        if attempts == 0:
            self._count("lost")
        elif self.dead and (verdict.permanent or attempts >= self._options.attempt_limit):
            await self._give_up(entry, attempts, first, verdict.error)
        else:
            self._count("failed")
            self._retry_after(entry, self._options.retry_ms * 2 ** (attempts - 1))

    def _retry_after(self, entry: Entry, pause_ms: int) -> None:
        pause_ms = min(pause_ms, self._options.claim_idle_ms)
        self.retry_at[entry.id] = (
            time.monotonic() + pause_ms * random.uniform(0.8, 1.2) / 1000  # noqa: S311  (jitter)
        )

    async def _give_up(self, entry: Entry, attempts: int, first: str, error: str) -> None:
        if self.dead is None:
            # Another group buries it and keeps its bytes; here it only has no effect.
            log.error("entry without effect: %s", error, extra=self.about(entry.id))
            await self._persist(self.group.acknowledge_unread, [entry.id])
            self._count("skipped")
            return
        if not await self._bury(entry, self.dead, attempts, first, error):
            return
        log.error("dead letter: %s", error, extra=self.about(entry.id))
        self._count("buried")
        self._share.record(dead=True)
        if self._share.tripped():
            self.stopped = "too many dead letters"
            self._metrics.gauge(STOPPED, 1, **self._labels())
            log.critical("stopped: too many dead letters", extra=self.about())

    async def _park(self, entry: Entry, reason: str) -> None:
        if await self._bury(entry, self.parked, 0, reason, reason):
            log.warning("parked: %s", reason, extra=self.about(entry.id))
            self._count("parked")

    async def _bury(self, entry: Entry, target: str, attempts: int, first: str, error: str) -> bool:
        """Move the entry to `target`; False if it is not ours any more, or could not be moved."""
        moved = await self._persist_alone(
            entry,
            self.group.bury,
            entry,
            target,
            attempts=attempts,
            first_error=first,
            error=error,
        )
        if moved is False:
            self._count("lost")
        return bool(moved)

    async def _persist_alone(
        self,
        entry: Entry,
        step: Callable[P, Awaitable[T]],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T | None:
        """As `_persist`; None if Redis refuses this entry: it is tried again later."""
        try:
            return await self._persist(step, *args, **kwargs)
        except RedisError:
            log.exception("entry cannot be settled", extra=self.about(entry.id))
            self._count("failed")
            self._retry_after(entry, self._options.claim_idle_ms)
            return None

    async def _persist(
        self, step: Callable[P, Awaitable[T]], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Call a step that is safe to repeat until an outage of Redis is over."""
        pause, waited = PAUSE_S[0], False
        while True:
            try:
                done = await step(*args, **kwargs)
            except (RedisError, OSError) as error:
                if not is_outage(error):
                    raise
                self._pause(error)
                waited = True
                await asyncio.sleep(pause)
                pause = min(pause * 2, PAUSE_S[1])
            else:
                # No entry may follow for long, whose handling would say that all is well again.
                if waited:
                    self.paused = None
                return done

    def _pause(self, error: Exception) -> None:
        if self.paused is None:
            log.warning("paused: %s", error, extra=self.about())
            self._metrics.count(PAUSES, 1, **self._labels())
        self.paused = str(error) or type(error).__name__

    def _labels(self) -> dict[str, str]:
        return {"stream": self.group.stream, "group": self.group.group}

    def about(self, entry_id: str | None = None) -> dict[str, str]:
        return self._labels() | ({"entry_id": entry_id} if entry_id else {})

    def _count(self, verdict: str, amount: int = 1) -> None:
        if amount:
            self._metrics.count(ENTRIES, amount, **self._labels(), verdict=verdict)
