"""How often something was asked: a sorted set per day, of texts and numbers alone."""

import asyncio
import logging
import time
from collections.abc import Sequence

from redis.asyncio import Redis
from redis.exceptions import RedisError

log = logging.getLogger(__name__)

DAILY = "search:queries:{day}"
DAY_S = 24 * 3600
DAYS = 7
KEPT = 5_000
"""Queries of a day; the rarest are forgotten first."""
TIMEOUT_S = 0.5
OUTAGE = (RedisError, OSError, TimeoutError)


class RedisQueries:
    """`QueryCounter` in Redis."""

    def __init__(self, redis: "Redis") -> None:
        self._redis = redis

    async def add(self, query: str) -> None:
        key = DAILY.format(day=int(time.time()) // DAY_S)
        try:
            async with asyncio.timeout(TIMEOUT_S), self._redis.pipeline() as pipe:
                pipe.zincrby(key, 1, query)
                pipe.zremrangebyrank(key, 0, -KEPT - 1)
                pipe.expire(key, (DAYS + 1) * DAY_S)
                await pipe.execute()
        except OUTAGE as error:
            log.debug("a query was not counted: %s", error)

    async def most_asked(self, at_least: int, limit: int) -> Sequence[tuple[str, int]]:
        today = int(time.time()) // DAY_S
        keys = [DAILY.format(day=today - back) for back in range(DAYS)]
        try:
            async with asyncio.timeout(TIMEOUT_S):
                counted: list[tuple[bytes, float]] = await self._redis.zunion(  # type: ignore[assignment]
                    keys, withscores=True
                )
        except OUTAGE:
            return []
        often = [(query.decode(), int(count)) for query, count in counted if count >= at_least]
        return sorted(often, key=lambda pair: (-pair[1], pair[0]))[:limit]
