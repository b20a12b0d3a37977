"""Looking at streams and adding to them, as a foreign producer or an operator would."""

from collections.abc import Mapping

from redis.asyncio import Redis
from redis.exceptions import ResponseError

from shared.messaging.entries import read_pages
from shared.streams import Stream


async def add(redis: Redis, stream: Stream, *events: bytes) -> None:
    for event in events:
        await redis.xadd(stream.name, {"__data__": event})


async def entries(redis: Redis, name: str) -> list[Mapping[bytes, bytes]]:
    """The fields of every entry of a stream, in order."""
    return [entry.fields async for page in read_pages(redis, name) for entry in page]


async def pending(redis: Redis, stream: Stream, group: str) -> int:
    """How many entries are read and not acknowledged; -1 while there is no such group."""
    try:
        return int((await redis.xpending(stream.name, group))["pending"])
    except ResponseError:
        return -1
