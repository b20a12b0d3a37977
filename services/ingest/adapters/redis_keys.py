"""Publishers' keys in Redis, as hashes."""

import logging
import secrets
import time
from collections.abc import Iterable, Mapping
from typing import Any

from redis.asyncio import Redis

from services.ingest.adapters import keyspace
from services.ingest.adapters.scripts import script
from services.ingest.domain.keys import ID_LENGTH, Key, hash_of, make_key, new_secret
from services.ingest.ports import PartUnavailableError
from shared.messaging.outages import outages_as

log = logging.getLogger(__name__)

CACHE_S = 2.0
CACHE_SIZE = 10_000


class RedisKeys:
    """Found keys are remembered for two seconds: so long a revoked one may still be used.

    What was revoked is remembered for as long as the process runs.
    """

    def __init__(self, redis: "Redis") -> None:
        self._redis = redis
        self._load = redis.register_script(script("load_key"))
        self._found: dict[str, tuple[float, Key]] = {}
        self._revoked: set[str] = set()
        self._refused: set[str] = set()

    async def find(self, secret: str) -> Key | None:
        wanted = hash_of(secret)
        until, key = self._found.get(wanted, (0.0, None))
        if key and until > time.monotonic():
            return key
        with outages_as(PartUnavailableError):
            # In one step: keys that are loaded again meanwhile must not look like a wrong secret.
            async with self._redis.pipeline(transaction=True) as pipe:
                pipe.hgetall(keyspace.key(wanted[:ID_LENGTH]))
                pipe.exists(keyspace.KEYS, keyspace.REVOKED)
                found, any_key = await pipe.execute()
        key = _key(found)
        if key is None and not any_key:
            # Told 401, a publisher would stop; they are loaded again in seconds.
            raise PartUnavailableError("Redis has lost its keys")
        if key is None or not secrets.compare_digest(key.hash, wanted):
            self._found.pop(wanted, None)
            return None
        if len(self._found) >= CACHE_SIZE:
            self._found.clear()
        self._found[wanted] = (time.monotonic() + CACHE_S, key)
        return key

    async def add(self, publisher: str, scopes: Iterable[str]) -> str:
        """Make a key; answers its secret."""
        secret = new_secret()
        await self._keep(make_key(publisher, scopes, hash_of(secret)))
        return secret

    async def load(self, key: Key, *, only_first: bool = False) -> bool:
        """Keep a key of the settings, unless it was revoked; False if it was.

        With `only_first` it is kept only where there is no key at all.
        """
        answer = await self._load(
            keys=[keyspace.key(key.id), keyspace.KEYS, keyspace.REVOKED],
            args=[key.id, key.hash, key.publisher, _text(key.scopes), int(only_first)],
        )
        if answer == b"revoked" and key.hash not in self._refused:
            self._refused.add(key.hash)
            log.warning("a key of the settings is revoked and not loaded", extra={"key": key.id})
        return bool(answer != b"revoked")

    async def revoke_again(self) -> None:
        """Revoke what Redis, lost or restored from an older copy, does not know as revoked."""
        if await self._redis.scard(keyspace.REVOKED) == len(self._revoked):
            return
        found: set[Any] = await self._redis.smembers(keyspace.REVOKED)
        in_redis = {secret_hash.decode() for secret_hash in found}
        forgotten = self._revoked - in_redis
        self._revoked |= in_redis
        for secret_hash in forgotten:
            await self._end(secret_hash)
        if forgotten:
            log.warning("revoked again, after a loss of Redis: %s keys", len(forgotten))

    async def all(self) -> list[Key]:
        ids: set[Any] = await self._redis.smembers(keyspace.KEYS)
        keys = [await self._get(key_id.decode()) for key_id in ids]
        return sorted((key for key in keys if key), key=lambda key: (key.publisher, key.id))

    async def rotate(self, key_id: str) -> str:
        """Put a new secret in the place of one."""
        key = await self._known(key_id)
        secret = await self.add(key.publisher, key.scopes)
        await self.revoke(key_id)
        return secret

    async def revoke(self, key_id: str) -> None:
        await self._end((await self._known(key_id)).hash)

    async def _end(self, secret_hash: str) -> None:
        key_id = secret_hash[:ID_LENGTH]
        async with self._redis.pipeline(transaction=True) as pipe:
            pipe.sadd(keyspace.REVOKED, secret_hash)
            pipe.delete(keyspace.key(key_id))
            pipe.srem(keyspace.KEYS, key_id)
            await pipe.execute()

    async def _known(self, key_id: str) -> Key:
        if (key := await self._get(key_id)) is None:
            raise LookupError(f"there is no key {key_id}")
        return key

    async def _keep(self, key: Key) -> None:
        about: dict[Any, Any] = {
            "publisher": key.publisher,
            "scopes": _text(key.scopes),
            "hash": key.hash,
        }
        async with self._redis.pipeline(transaction=True) as pipe:
            pipe.hset(keyspace.key(key.id), mapping=about)
            pipe.sadd(keyspace.KEYS, key.id)
            await pipe.execute()

    async def _get(self, key_id: str) -> Key | None:
        found: dict[Any, Any] = await self._redis.hgetall(keyspace.key(key_id))
        return _key(found)


def _text(scopes: Iterable[str]) -> str:
    return ",".join(sorted(scopes))


def _key(found: Mapping[bytes, bytes]) -> Key | None:
    if not found:
        return None
    about = {name.decode(): value.decode() for name, value in found.items()}
    return Key(about["publisher"], frozenset(about["scopes"].split(",")), about["hash"])
