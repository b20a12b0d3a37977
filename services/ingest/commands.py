"""Publishers' keys and dead letters, for the operators' command line."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

from redis.asyncio import Redis

from services.ingest.adapters.redis_dead_letters import RedisDeadLetters
from services.ingest.adapters.redis_keys import RedisKeys
from services.ingest.adapters.redis_signing import RedisSigning
from services.ingest.adapters.sealing import Seal
from services.ingest.domain.keys import Key
from services.ingest.domain.signing import SigningSecret
from shared.messaging import connect
from shared.messaging.dead_letters import DeadLetter, DeadLetterFilter, find_dead_letters


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


async def add_signing_secret(redis_url: str, secrets_key: str | None, publisher: str) -> str:
    """A publisher's first signing secret, answered here only.

    Raises:
        ValueError: a bad publisher name, no key to encrypt it with, or there is one already.
    """
    async with _signing(redis_url, secrets_key) as signing:
        return await signing.put(publisher)


async def rotate_signing_secret(
    redis_url: str, secrets_key: str | None, publisher: str, overlap_s: float
) -> str:
    """A new signing secret; the old one is valid for so long beside it.

    Raises:
        ValueError: no key to encrypt it with, or nothing to rotate.
    """
    async with _signing(redis_url, secrets_key) as signing:
        return await signing.put(publisher, overlap_s=overlap_s)


async def list_signing_secrets(redis_url: str, secrets_key: str | None) -> list[SigningSecret]:
    """All of them by publisher; printed, one shows its id, publisher and end."""
    async with _signing(redis_url, secrets_key) as signing:
        return await signing.all()


async def revoke_signing_secrets(redis_url: str, publisher: str) -> None:
    """End all signing secrets of a publisher.

    Raises:
        LookupError: there is none.
    """
    async with _signing(redis_url, None) as signing:
        await signing.revoke(publisher)


async def list_dead_letters(redis_url: str, wanted: DeadLetterFilter) -> list[DeadLetter]:
    """The dead letters that are meant, oldest first within each stream."""
    async with _redis(redis_url) as redis:
        return [letter async for letter in find_dead_letters(redis, wanted)]


async def replay_dead_letters(
    redis_url: str, wanted: DeadLetterFilter
) -> AsyncIterator[DeadLetter]:
    """Put them back into their streams as they came, and reopen their receipts; answers those.

    Each is one indivisible step: cut short anywhere, the same call does the rest and nothing twice.
    """
    async with _redis(redis_url) as redis:
        letters = RedisDeadLetters(redis)
        async for letter in find_dead_letters(redis, wanted):
            if await letters.replay(letter):
                yield letter


async def discard_dead_letters(
    redis_url: str, wanted: DeadLetterFilter
) -> AsyncIterator[DeadLetter]:
    """Delete them; their receipts stay dead-lettered. Answers those that were deleted."""
    async with _redis(redis_url) as redis:
        letters = RedisDeadLetters(redis)
        async for letter in find_dead_letters(redis, wanted):
            if await letters.discard(letter):
                yield letter


@asynccontextmanager
async def _redis(redis_url: str) -> AsyncIterator["Redis"]:
    redis = connect(redis_url)
    try:
        yield redis
    finally:
        await redis.aclose()


@asynccontextmanager
async def _keys(redis_url: str) -> AsyncIterator[RedisKeys]:
    async with _redis(redis_url) as redis:
        yield RedisKeys(redis)


@asynccontextmanager
async def _signing(redis_url: str, secrets_key: str | None) -> AsyncIterator[RedisSigning]:
    async with _redis(redis_url) as redis:
        yield RedisSigning(redis, Seal(secrets_key) if secrets_key else None)
