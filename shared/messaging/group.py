"""One consumer of one group of one stream: every Redis command of the delivery layer."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import RedisError, ResponseError

from shared.events import encode
from shared.messaging import scripts
from shared.messaging.dead_letters import ABOUT
from shared.messaging.deliveries import Delivery, Done
from shared.messaging.entries import DATA, Entry, Fields, rows_of, text_of
from shared.messaging.outages import is_group_taken, is_missing
from shared.version import VERSION

MOST_FIELDS = 1_000
"""Fields of an entry that go along to a dead-letter or parked stream; events of ours have one."""


class StreamGroup:
    """`group` on `stream`, as `consumer`; `dead` and `parked` are where given-up entries go."""

    def __init__(self, redis: "Redis", stream: str, group: str, consumer: str) -> None:
        self._redis = redis
        self.stream = stream
        self.group = group
        self.consumer = consumer
        self._attempts = f"messaging:attempts:{group}:{stream}"
        self._hand_over = redis.register_script(scripts.HAND_OVER)
        self._fail = redis.register_script(scripts.FAIL)
        self._bury = redis.register_script(scripts.BURY)
        self._keep = redis.register_script(scripts.KEEP)
        self._acknowledge_deleted = redis.register_script(scripts.ACKNOWLEDGE_DELETED)
        self._remove = redis.register_script(scripts.REMOVE_CONSUMER)

    async def ensure(self) -> bool:
        """Make the group at 0, so that nothing published before it is missed; True if it is new."""
        try:
            await self._redis.xgroup_create(self.stream, self.group, id="0", mkstream=True)
        except ResponseError as error:
            if not is_group_taken(error):
                raise
            return False
        return True

    async def hand_over(self, settled: Sequence[tuple[Delivery, Done]]) -> list[str | RedisError]:
        """Append outputs and acknowledge, each entry in one step: `done`, `moved` or `lost`.

        Where Redis refused an entry its error stands in the place of the answer.
        """
        async with self._redis.pipeline(transaction=False) as pipe:
            for delivery, done in settled:
                keys = [self.stream, self._attempts]
                keys += [output.stream.name for output in done.outputs]
                keys += done.guards
                args: list[str | bytes | int] = [self.group, self.consumer, delivery.entry_id]
                args.append(len(done.outputs))
                args += [encode(output.envelope) for output in done.outputs]
                args += [value or "" for value in done.guards.values()]
                await self._hand_over(keys=keys, args=args, client=pipe)
            answers = await pipe.execute(raise_on_error=False)
        return [one if isinstance(one, RedisError) else text_of(one) for one in answers]

    async def acknowledge_unread(self, ids: Sequence[str]) -> None:
        """Acknowledge entries that this group does not act on."""
        if ids:
            await self._redis.xack(self.stream, self.group, *ids)

    async def fail(self, entry_id: str, error: str) -> tuple[int, str]:
        """Count an own failure: how many there are now, and the first error."""
        answer = await self._fail(
            keys=[self.stream, self._attempts],
            args=[self.group, self.consumer, entry_id, error],
        )
        return int(answer[0]), text_of(answer[1])

    async def bury(
        self, entry: Entry, target: str, *, attempts: int, first_error: str, error: str
    ) -> bool:
        """Move the entry to `target` with everything needed to judge and to replay it."""
        if len(entry.fields) > MOST_FIELDS:
            error += f" (of its {len(entry.fields)} fields {MOST_FIELDS} are kept)"
        values = (
            self.stream,
            entry.id,
            self.group,
            self.consumer,
            str(attempts),
            first_error,
            error,
            VERSION,
            datetime.now(UTC).isoformat(),
        )
        flat = [part for pair in _kept_fields(entry.fields) for part in pair]
        flat += [part.encode() for pair in zip(ABOUT, values, strict=True) for part in pair]
        answer = await self._bury(
            keys=[self.stream, self._attempts, target],
            args=[self.group, self.consumer, entry.id, *flat],
        )
        return text_of(answer) == "done"

    async def keep(self, ids: Sequence[str]) -> set[str]:
        """Restart the idle time of these entries; answers those that are still ours."""
        answer = await self._keep(keys=[self.stream], args=[self.group, self.consumer, *ids])
        return {text_of(entry_id) for entry_id in answer}

    async def claim_idle(
        self, min_idle_ms: int, count: int, held: set[str]
    ) -> tuple[list[Entry], list[str]]:
        """Take over entries that rested with any consumer; the second list are ids deleted there.

        XAUTOCLAIM is not used: on Redis 6.2 one deleted pending entry makes it answer nothing.
        """
        rows: list[dict[str, Any]] = await self._redis.xpending_range(
            self.stream, self.group, min="-", max="+", count=count + len(held), idle=min_idle_ms
        )
        delivered = {text_of(row["message_id"]): int(row["times_delivered"]) for row in rows}
        ids: list[bytes | str | int | memoryview] = [
            entry_id for entry_id in delivered if entry_id not in held
        ]
        if not ids:
            return [], []
        deleted = await self._acknowledge_deleted(
            keys=[self.stream, self._attempts], args=[self.group, *ids]
        )
        claimed = await self._redis.xclaim(
            self.stream, self.group, self.consumer, min_idle_time=min_idle_ms, message_ids=ids
        )
        entries = [
            Entry(entry_id, fields, delivered[entry_id] + 1)
            for entry_id, fields in rows_of(claimed)
        ]
        return entries, [text_of(entry_id) for entry_id in deleted]

    async def remove_idle_consumers(self, min_idle_ms: int) -> None:
        """Forget consumers that are long silent, each only if nothing is pending for it."""
        try:
            consumers = await self._redis.xinfo_consumers(self.stream, self.group)
        except ResponseError as error:
            if not is_missing(error):
                raise
            return
        for row in consumers:
            name = text_of(row["name"])
            if name != self.consumer and int(row["idle"]) > min_idle_ms:
                await self._remove(keys=[self.stream], args=[self.group, name])

    async def first_unacknowledged(self) -> str:
        """The lowest id that the group may still have to act on; `0-1` where there is no group."""
        try:
            rows = await self._redis.xinfo_groups(self.stream)
        except ResponseError as error:
            if not is_missing(error):
                raise
            return "0-1"
        row = next((row for row in rows if text_of(row["name"]) == self.group), None)
        if row is None:
            return "0-1"
        # Delivered after `row` was read, an entry is beyond its last one.
        summary = await self._redis.xpending(self.stream, self.group)
        after = _next_id(text_of(row["last-delivered-id"]))
        return min(after, text_of(summary["min"]), key=_order) if summary["pending"] else after

    async def read_from(self, first: str, count: int) -> tuple[list[Entry], str]:
        """Entries from an id on, read without the group, and the id to go on from."""
        rows = rows_of(await self._redis.xrange(self.stream, first, "+", count=count))
        entries = [Entry(entry_id, fields) for entry_id, fields in rows]
        return entries, _next_id(entries[-1].id) if entries else first


def _kept_fields(fields: Fields) -> list[tuple[bytes, bytes]]:
    """The fields that a dead letter keeps: a script cannot append thousands at once."""
    event = [(DATA, fields[DATA])] if DATA in fields else []
    others = [pair for pair in fields.items() if pair[0] != DATA]
    return event + others[: MOST_FIELDS - len(event)]


def _order(entry_id: str) -> tuple[int, int]:
    milliseconds, _, sequence = entry_id.partition("-")
    return int(milliseconds), int(sequence)


def _next_id(entry_id: str) -> str:
    milliseconds, sequence = _order(entry_id)
    return f"{milliseconds}-{sequence + 1}"
