"""Answers of the client as what they are: it is typed for strings as well, ours are bytes."""

from collections.abc import Sequence
from typing import cast

from redis.asyncio import Redis

from services.enrich.adapters.redis_related.records import key


async def value(redis: Redis, name: bytes) -> bytes | None:
    return cast("bytes | None", await redis.get(name))


async def values(redis: Redis, names: Sequence[bytes]) -> list[bytes | None]:
    return cast("list[bytes | None]", await redis.mget(names)) if names else []


async def records(redis: Redis, members: Sequence[bytes]) -> dict[bytes, bytes]:
    """The records of these members as they are kept; unknown ones are left out."""
    raws = await values(redis, [key("a", member) for member in members])
    return {m: raw for m, raw in zip(members, raws, strict=True) if raw is not None}


async def members(redis: Redis, name: bytes) -> list[bytes]:
    return cast("list[bytes]", await redis.zrange(name, 0, -1))
