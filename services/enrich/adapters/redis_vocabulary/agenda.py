"""Articles to be enriched anew."""

import time
from collections.abc import Callable, Iterable, Sequence
from typing import Final, cast

from redis.asyncio import Redis

from services.enrich.adapters.redis_due import TAKE

_DUE: Final = "{tags}:due"
_TAKEN: Final = "{tags}:due:taken"
_TRIES: Final = "{tags}:tries"
_LEASE_S: Final = 60
_PAUSES_S: Final = (1, 300)
_MOST_TRIES: Final = 30


class RedisAgenda:
    def __init__(self, redis: Redis, *, clock: Callable[[], float] = time.time) -> None:
        self._redis = redis
        self._clock = clock
        self._take = redis.register_script(TAKE)

    async def add(self, article_ids: Iterable[str]) -> None:
        now = self._clock()
        if due := dict.fromkeys(article_ids, now):
            await self._redis.zadd(_DUE, due)

    async def take(self, limit: int) -> Sequence[str]:
        args = [self._clock(), limit, _LEASE_S]
        taken = cast("list[bytes]", await self._take(keys=[_DUE, _TAKEN], args=args))
        return [article_id.decode() for article_id in taken]

    async def settle(self, article_id: str) -> None:
        async with self._redis.pipeline(transaction=False) as pipe:
            pipe.zrem(_TAKEN, article_id)
            pipe.hdel(_TRIES, article_id)
            await pipe.execute()

    async def postpone(self, article_id: str) -> bool:
        tries = int(await self._redis.hincrby(_TRIES, article_id, 1))
        if tries > _MOST_TRIES:
            await self.settle(article_id)
            return False
        shortest, longest = _PAUSES_S
        due = self._clock() + min(shortest * 2 ** (tries - 1), longest)
        await self._redis.zadd(_DUE, {article_id: due}, nx=True)
        await self._redis.zrem(_TAKEN, article_id)
        return True

    async def length(self) -> int:
        return int(await self._redis.zcard(_DUE)) + int(await self._redis.zcard(_TAKEN))
