"""Due times of embargoed articles, in a sorted set."""

from collections.abc import Mapping, Sequence

from redis.asyncio import Redis

from services.search.adapters.redis_outage import reported_outage

KEY = "search:embargo"

SETTLE = """
-- KEYS: due times. ARGV: article id, now. A later time that was set meanwhile stays.
local due = redis.call('ZSCORE', KEYS[1], ARGV[1])
if due and tonumber(due) <= tonumber(ARGV[2]) then redis.call('ZREM', KEYS[1], ARGV[1]) end
return 1
"""


class RedisEmbargoes:
    """`EmbargoSchedule` in Redis."""

    def __init__(self, redis: "Redis") -> None:
        self._redis = redis
        self._settle = redis.register_script(SETTLE)

    async def put(self, due: Mapping[str, int]) -> None:
        with reported_outage():
            await self._redis.zadd(KEY, dict(due))

    async def due(self, now: int, limit: int) -> Sequence[str]:
        with reported_outage():
            ids: list[bytes] = await self._redis.zrangebyscore(  # type: ignore[assignment]
                KEY, "-inf", now, start=0, num=limit
            )
        return [article_id.decode() for article_id in ids]

    async def settle(self, article_id: str, now: int) -> None:
        with reported_outage():
            await self._settle(keys=[KEY], args=[article_id, now])
