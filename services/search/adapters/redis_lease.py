"""A right that one process has at a time, for seconds."""

import secrets

from redis.asyncio import Redis

from services.search.adapters.redis_outage import reported_outage

LEASE_MS = 10_000

RENEW = """
-- KEYS: lease. ARGV: token, milliseconds.
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return 1
"""

RELEASE = """
-- KEYS: lease. ARGV: token.
if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end
return 1
"""


class RedisLease:
    """One object per holder; `token` stands in the key while the lease is ours."""

    def __init__(self, redis: "Redis", key: str) -> None:
        self._redis = redis
        self._key = key
        self.token = secrets.token_hex(8)
        self._renew = redis.register_script(RENEW)
        self._release = redis.register_script(RELEASE)

    async def take(self) -> bool:
        with reported_outage():
            return bool(await self._redis.set(self._key, self.token, nx=True, px=LEASE_MS))

    async def renew(self) -> bool:
        with reported_outage():
            return bool(await self._renew(keys=[self._key], args=[self.token, LEASE_MS]))

    async def release(self) -> None:
        with reported_outage():
            await self._release(keys=[self._key], args=[self.token])
