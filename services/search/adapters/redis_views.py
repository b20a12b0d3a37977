"""View counts: a total per article, and a sorted set per hour for the most viewed."""

import asyncio
import logging
import time
from collections.abc import Mapping, Sequence

from redis.asyncio import Redis
from redis.exceptions import RedisError

log = logging.getLogger(__name__)

TOTALS = "search:views"
HOURLY = "search:views:{hour}"
HOUR_S = 3600
KEEP_S = 8 * 24 * HOUR_S
TIMEOUT_S = 0.1
OUTAGE = (RedisError, OSError, TimeoutError)


class RedisViews:
    """`ViewCounter` in Redis."""

    def __init__(self, redis: "Redis") -> None:
        self._redis = redis

    async def add(self, article_id: str) -> None:
        hour = HOURLY.format(hour=int(time.time()) // HOUR_S)
        try:
            async with asyncio.timeout(TIMEOUT_S), self._redis.pipeline() as pipe:
                pipe.hincrby(TOTALS, article_id, 1)
                pipe.zincrby(hour, 1, article_id)
                pipe.expire(hour, KEEP_S)
                await pipe.execute()
        except OUTAGE as error:
            log.debug("a view was not counted: %s", error)

    async def counts(self, ids: Sequence[str]) -> Mapping[str, int]:
        if not ids:
            return {}
        try:
            async with asyncio.timeout(TIMEOUT_S):
                found = await self._redis.hmget(TOTALS, list(ids))
        except OUTAGE:
            return {}
        return {one: int(count) for one, count in zip(ids, found, strict=True) if count}

    async def most_viewed(self, hours: int, limit: int) -> Sequence[str]:
        this_hour = int(time.time()) // HOUR_S
        keys = [HOURLY.format(hour=this_hour - back) for back in range(hours)]
        try:
            async with asyncio.timeout(TIMEOUT_S * 10):
                counted: list[tuple[bytes, float]] = await self._redis.zunion(  # type: ignore[assignment]
                    keys, withscores=True
                )
        except OUTAGE:
            return []
        most = sorted(counted, key=lambda pair: (-pair[1], pair[0]))
        return [article_id.decode() for article_id, _ in most[:limit]]
