"""The bound on the memory: when its Redis is nearly full, the oldest articles are forgotten."""

from datetime import UTC, datetime, timedelta
from typing import Final

from redis.asyncio import Redis

from services.enrich.adapters.redis_related import scripts
from services.enrich.adapters.redis_related.records import PREFIX
from services.enrich.ports import MemoryState

_AT_ONCE: Final = 40
# A pause for others after so many calls; what is left is forgotten at the next look.
_CALLS: Final = 100


class RedisMemoryBound:
    """`share`: of the memory that Redis may use, beyond which articles are forgotten.

    It stands below the share at which ingest closes, where both use one Redis.
    """

    def __init__(self, redis: Redis, *, share: float = 0.7) -> None:
        self._redis = redis
        self._share = share
        #: Whether too much was used, at the last look, with all forgotten that could be.
        self.full = False
        self._forget = redis.register_script(scripts.FORGET)

    async def make_room(self) -> MemoryState:
        state = await self.state()
        for _ in range(_CALLS):
            if state.share <= self._share or not await self._forget(args=[_AT_ONCE]):
                break
            state = await self.state()
        self.full = state.share > self._share
        return state

    async def state(self) -> MemoryState:
        async with self._redis.pipeline(transaction=False) as pipe:
            pipe.info("memory")
            pipe.hmget(PREFIX + b"counts", "articles", "forgotten")
            pipe.zrange(PREFIX + b"days", 0, 0)
            memory, counts, days = await pipe.execute()
        limit = memory["maxmemory"] or memory["total_system_memory"]
        articles, forgotten = (int(count or 0) for count in counts)
        oldest = _date(int(days[0])) if days else None
        return MemoryState(memory["used_memory"] / limit, articles, forgotten, oldest)


def _date(day: int) -> str:
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=day)).date().isoformat()
