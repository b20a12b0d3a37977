"""Publishers' keys, for the operators' command line."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

from services.ingest.adapters.redis_keys import RedisKeys
from services.ingest.domain.keys import Key
from shared.messaging import connect


async def add_key(redis_url: str, publisher: str, scopes: Iterable[str]) -> str:
    """A new key; its secret is answered here and kept nowhere.

    Raises:
        ValueError: a bad publisher name or scope.
    """
    async with _keys(redis_url) as keys:
        return await keys.add(publisher, scopes)


async def list_keys(redis_url: str) -> list[Key]:
    """All keys by publisher; printed, a key shows its id, publisher and scopes."""
    async with _keys(redis_url) as keys:
        return await keys.all()


async def rotate_key(redis_url: str, key_id: str) -> str:
    """A new secret in the place of a key, which ends.

    Raises:
        LookupError: there is no such key.
    """
    async with _keys(redis_url) as keys:
        return await keys.rotate(key_id)


async def revoke_key(redis_url: str, key_id: str) -> None:
    """End a key; services refuse it within seconds.

    Raises:
        LookupError: there is no such key.
    """
    async with _keys(redis_url) as keys:
        await keys.revoke(key_id)


@asynccontextmanager
async def _keys(redis_url: str) -> AsyncIterator[RedisKeys]:
    redis = connect(redis_url)
    try:
        yield RedisKeys(redis)
    finally:
        await redis.aclose()
