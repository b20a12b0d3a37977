"""`dateline status`: lag, pending entries and dead letters of every group."""

from dataclasses import dataclass

from redis.asyncio import Redis
from redis.exceptions import ResponseError

from shared.messaging import connect
from shared.messaging.group import StreamGroup
from shared.streams import STREAMS, Stream


@dataclass(frozen=True, slots=True)
class GroupStatus:
    """One line of the table; `lag_seconds` is the age of the oldest entry not yet tried.

    `pending` and `lag_seconds` are None where the group does not exist yet.
    """

    stream: str
    group: str
    entries: int
    lag_seconds: float | None
    pending: int | None
    dead_letters: int
    parked: int


async def read_status(url: str) -> list[GroupStatus]:
    """The state of every group. Raises redis' ConnectionError when Redis is out of reach."""
    redis = connect(url, retries=0)
    try:
        return [
            await _status(redis, stream, group) for stream in STREAMS for group in stream.groups
        ]
    finally:
        await redis.aclose()


async def _status(redis: Redis, stream: Stream, group: str) -> GroupStatus:
    reader = StreamGroup(redis, stream.name, group, "status")
    try:
        lag: float | None = await reader.lag_seconds()
        pending: int | None = await reader.pending()
    except ResponseError:
        lag = pending = None
    return GroupStatus(
        stream=stream.name,
        group=group,
        entries=await redis.xlen(stream.name),
        lag_seconds=lag,
        pending=pending,
        dead_letters=await redis.xlen(stream.dead) if group in stream.burying else 0,
        parked=await redis.xlen(stream.parked),
    )
