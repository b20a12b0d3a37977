"""The generation in Redis: one key that ingest reads too, and a lease for who decides."""

from redis.asyncio import Redis

from services.search.adapters.redis_lease import RedisLease
from services.search.adapters.redis_outage import reported_outage
from services.search.domain.articles import Marker

KEY = "dateline:generation"
"""Holds `<pair>:<generation>`; ingest answers 503 while it is absent."""
LEASE_KEY = "dateline:generation:lease"

REPLACE = """
-- KEYS: generation, lease. ARGV: the value that was read ('' for none), the new one, token.
if redis.call('GET', KEYS[2]) ~= ARGV[3] then return 0 end
local value = redis.call('GET', KEYS[1]) or ''
if value ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2])
return 1
"""

FORGET = """
-- KEYS: generation, lease. ARGV: token.
if redis.call('GET', KEYS[2]) == ARGV[1] then redis.call('DEL', KEYS[1]) end
return 1
"""


class RedisGeneration:
    """`GenerationStore` in Redis; one object per process."""

    def __init__(self, redis: "Redis") -> None:
        self._redis = redis
        self._lease = RedisLease(redis, LEASE_KEY)
        self._replace = redis.register_script(REPLACE)
        self._forget = redis.register_script(FORGET)

    async def read(self) -> Marker | None:
        with reported_outage():
            value = await self._redis.get(KEY)
        if not isinstance(value, bytes):
            return None
        pair, _, generation = value.decode().rpartition(":")
        return Marker(pair, int(generation))

    async def replace(self, known: Marker | None, new: Marker) -> bool:
        with reported_outage():
            values = [_text(known), _text(new), self._lease.token]
            return bool(await self._replace(keys=[KEY, LEASE_KEY], args=values))

    async def take_lease(self) -> bool:
        return await self._lease.take()

    async def renew_lease(self) -> bool:
        return await self._lease.renew()

    async def release_lease(self) -> None:
        await self._lease.release()

    async def forget(self) -> None:
        with reported_outage():
            await self._forget(keys=[KEY, LEASE_KEY], args=[self._lease.token])


def _text(marker: Marker | None) -> str:
    return f"{marker.pair}:{marker.generation}" if marker else ""
