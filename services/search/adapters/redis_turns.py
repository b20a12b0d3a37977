"""Whose turn it is among the replicas of search."""

from redis.asyncio import Redis

from services.search.adapters.redis_outage import reported_outage

KEY = "search:turn:{name}"


class RedisTurns:
    """`Turns` by a key that expires."""

    def __init__(self, redis: "Redis") -> None:
        self._redis = redis

    async def take(self, name: str, seconds: int) -> bool:
        with reported_outage():
            taken = await self._redis.set(KEY.format(name=name), b"", nx=True, ex=seconds)
        return taken is not None
