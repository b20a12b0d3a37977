"""`SharedViews` in Redis: one key for each slice of time, which expires with the view."""

from redis.asyncio import Redis

from services.search.adapters.redis_outage import reported_outage


class RedisSharedViews:
    """Views are the index's; Redis only passes their names on."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def find(self, slice_: int) -> str | None:
        with reported_outage():
            found = await self._redis.get(_key(slice_))
        return found.decode() if isinstance(found, bytes) else found

    async def offer(self, slice_: int, view: str, seconds: int) -> str:
        with reported_outage():
            is_ours = await self._redis.set(_key(slice_), view, nx=True, ex=seconds)
        return view if is_ours else await self.find(slice_) or view


def _key(slice_: int) -> str:
    return f"search:view:{slice_}"
