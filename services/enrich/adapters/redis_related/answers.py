"""Answers of the client as what they are: it is typed for strings as well, ours are bytes."""

from collections.abc import Sequence
from typing import cast

from redis.asyncio import Redis


async def value(redis: Redis, name: bytes) -> bytes | None:
    return cast("bytes | None", await redis.get(name))


async def values(redis: Redis, names: Sequence[bytes]) -> list[bytes | None]:
    return cast("list[bytes | None]", await redis.mget(names)) if names else []


async def members(redis: Redis, name: bytes) -> list[bytes]:
    return cast("list[bytes]", await redis.zrange(name, 0, -1))
