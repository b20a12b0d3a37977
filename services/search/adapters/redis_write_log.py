"""The log that the index is written from: two streams, read without a group."""

import secrets
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from redis.asyncio import Redis

from services.search.adapters.redis_outage import reported_outage
from services.search.ports import StoreUnavailableError
from shared.events import Envelope, Event, NewerSchemaError, UndecodableEventError, decode
from shared.messaging.group import StreamGroup
from shared.messaging.trimming import Hold, PositionLostError, holding
from shared.streams import ENRICHED, PUBLISHED, Stream

GROUP = "search"
STREAMS = (ENRICHED, PUBLISHED)


class RedisWriteLog:
    """`WriteLog` on the streams of group `search`."""

    def __init__(self, redis: "Redis") -> None:
        self._redis = redis
        self._holder = f"rebuild-{secrets.token_hex(4)}"

    @asynccontextmanager
    async def reading(self) -> AsyncIterator["RedisLogReader"]:
        groups = [StreamGroup(self._redis, stream.name, GROUP, self._holder) for stream in STREAMS]
        with reported_outage():
            # What the group has acknowledged is in the index, and nothing else surely is.
            positions = {group.stream: await group.first_unacknowledged() for group in groups}
        try:
            async with holding(self._redis, self._holder, positions) as hold:
                yield RedisLogReader(groups, hold)
        except PositionLostError as error:
            raise StoreUnavailableError(str(error)) from error


class RedisLogReader:
    """`LogReader`: what is read is held no longer."""

    def __init__(self, groups: Sequence[StreamGroup], hold: Hold) -> None:
        self._groups = groups
        self._hold = hold

    async def read(self, limit: int) -> Sequence[Envelope]:
        found: list[Envelope] = []
        for stream, group in zip(STREAMS, self._groups, strict=True):
            while len(found) < limit:
                with reported_outage():
                    position = self._hold.positions[stream.name]
                    entries, after = await group.read_from(position, limit - len(found))
                    await self._hold.keep({stream.name: after})
                self._hold.check()
                found += [envelope for one in entries if (envelope := _event(stream, one.raw))]
                if not entries:
                    break
        return found


def _event(stream: Stream, raw: bytes) -> Envelope | None:
    """The event, if search acts on it; what cannot be read becomes a dead letter elsewhere."""
    acts_on: tuple[type[Event], ...] = stream.groups[GROUP]
    if not any(f'"{kind.__name__}"'.encode() in raw for kind in acts_on):
        return None
    try:
        envelope = decode(raw)
    except (NewerSchemaError, UndecodableEventError):
        return None
    return envelope if isinstance(envelope.event, acts_on) else None
