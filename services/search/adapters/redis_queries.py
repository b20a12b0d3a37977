"""How often something was asked: two sorted sets per day, of texts and numbers alone.

Where a day has more queries than are kept, a new one takes the place of the rarest and inherits its
rank, but not its count: the "space-saving" algorithm of Metwally, Agrawal and El Abbadi (2005). So
whatever is asked more often than all queries of the day divided by `KEPT` is kept, and no count is
more than was asked.
"""

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Sequence

from redis.asyncio import Redis
from redis.exceptions import RedisError

log = logging.getLogger(__name__)

DAILY = "search:queries:{day}"
RANKS = "search:queries:{day}:ranks"
DAY_S = 24 * 3600
DAYS = 7
KEPT = 5_000
"""Queries of a day."""
LEADERS = 1_000
"""Queries of a day that can become the most asked of the week."""
TIMEOUT_S = 0.5
ADD = """
-- KEYS: counts, ranks. ARGV: query, queries to keep, seconds to keep the day.
if not redis.call('ZSCORE', KEYS[2], ARGV[1])
    and redis.call('ZCARD', KEYS[2]) >= tonumber(ARGV[2]) then
  local rarest = redis.call('ZPOPMIN', KEYS[2])
  redis.call('ZREM', KEYS[1], rarest[1])
  redis.call('ZADD', KEYS[2], rarest[2], ARGV[1])
end
for _, key in ipairs(KEYS) do
  redis.call('ZINCRBY', key, 1, ARGV[1])
  redis.call('EXPIRE', key, ARGV[3])
end
"""
OUTAGE = (RedisError, OSError, TimeoutError)


class RedisQueries:
    """`QueryCounter` in Redis."""

    def __init__(self, redis: "Redis") -> None:
        self._redis = redis
        self._add = redis.register_script(ADD)

    async def add(self, query: str) -> None:
        today = int(time.time()) // DAY_S
        keys = [name.format(day=today) for name in (DAILY, RANKS)]
        try:
            async with asyncio.timeout(TIMEOUT_S):
                await self._add(keys=keys, args=[query, KEPT, (DAYS + 1) * DAY_S])
        except OUTAGE as error:
            log.debug("a query was not counted: %s", error)

    async def most_asked(self, at_least: int, limit: int) -> Sequence[tuple[str, int]]:
        today = int(time.time()) // DAY_S
        try:
            async with asyncio.timeout(TIMEOUT_S), self._redis.pipeline(transaction=False) as pipe:
                for back in range(DAYS):
                    key = DAILY.format(day=today - back)
                    pipe.zrevrange(key, 0, LEADERS - 1, withscores=True)
                of_days: list[list[tuple[bytes, float]]] = await pipe.execute()
        except OUTAGE:
            return []
        asked: Counter[bytes] = Counter()
        for leaders in of_days:
            for query, count in leaders:
                asked[query] += int(count)
        often = [(query.decode(), count) for query, count in asked.items() if count >= at_least]
        return sorted(often, key=lambda pair: (-pair[1], pair[0]))[:limit]
