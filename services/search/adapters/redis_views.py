"""View counts: a total per article, and a sorted set per hour for the most viewed."""

import asyncio
import hashlib
import logging
import secrets
import time
from collections import Counter
from collections.abc import Mapping, Sequence

from redis.asyncio import Redis
from redis.exceptions import RedisError

from services.search.domain.readers import Reader

log = logging.getLogger(__name__)

TOTALS = "search:views"
HOURLY = "search:views:{hour}"
SALT = "search:views:salt:{day}"
READER = "search:viewed:{digest}"
DAY_S = 24 * 3600
HOUR_S = 3600
KEEP_S = 8 * DAY_S
READ_TIMEOUT_S = 0.25
WRITE_TIMEOUT_S = 1.0
LEADERS = 500
"""Articles of an hour that can become the most viewed of a longer time."""
REMEMBERED_S = 1.0
OUTAGE = (RedisError, OSError, TimeoutError)

ADD = """
-- KEYS: reader, totals, hour. ARGV: article id, seconds of the window, seconds to keep the hour.
if not redis.call('SET', KEYS[1], '', 'NX', 'EX', ARGV[2]) then return 0 end
redis.call('HINCRBY', KEYS[2], ARGV[1], 1)
redis.call('ZINCRBY', KEYS[3], 1, ARGV[1])
redis.call('EXPIRE', KEYS[3], ARGV[3])
return 1
"""


class RedisViews:
    """`ViewCounter` in Redis; a reader counts once per article and window."""

    def __init__(self, redis: "Redis", *, window_s: int) -> None:
        self._redis = redis
        self._window_s = window_s
        self._add = redis.register_script(ADD)
        self._salt: tuple[int, bytes] = (-1, b"")
        self._most: dict[int, tuple[float, list[str]]] = {}

    async def add(self, article_id: str, reader: Reader) -> None:
        now = int(time.time())
        try:
            async with asyncio.timeout(WRITE_TIMEOUT_S):
                salt = await self._salt_of(now // DAY_S)
                seen = READER.format(digest=_digest(salt, article_id, reader))
                await self._add(
                    keys=[seen, TOTALS, HOURLY.format(hour=now // HOUR_S)],
                    args=[article_id, self._window_s, KEEP_S],
                )
        except OUTAGE as error:
            log.debug("a view was not counted: %s", error)

    async def counts(self, ids: Sequence[str]) -> Mapping[str, int]:
        if not ids:
            return {}
        try:
            async with asyncio.timeout(READ_TIMEOUT_S):
                found = await self._redis.hmget(TOTALS, list(ids))
        except OUTAGE:
            return {}
        return {one: int(count) for one, count in zip(ids, found, strict=True) if count}

    async def most_viewed(self, hours: int, limit: int) -> Sequence[str]:
        read_at, most = self._most.get(hours, (float("-inf"), []))
        if time.monotonic() - read_at >= REMEMBERED_S:
            try:
                async with asyncio.timeout(WRITE_TIMEOUT_S):
                    most = await self._count(hours)
            except OUTAGE:
                return most[:limit]
            self._most[hours] = time.monotonic(), most
        return most[:limit]

    async def _count(self, hours: int) -> list[str]:
        """Hour by hour: one union of a week would hold up everything else that Redis does."""
        this_hour = int(time.time()) // HOUR_S
        async with self._redis.pipeline(transaction=False) as pipe:
            for back in range(hours):
                key = HOURLY.format(hour=this_hour - back)
                pipe.zrevrange(key, 0, LEADERS - 1, withscores=True)
            of_hours: list[list[tuple[bytes, float]]] = await pipe.execute()
        views: Counter[bytes] = Counter()
        for leaders in of_hours:
            for article_id, count in leaders:
                views[article_id] += int(count)
        ranked = sorted(views.items(), key=lambda pair: (-pair[1], pair[0]))
        return [article_id.decode() for article_id, _ in ranked[:LEADERS]]

    async def _salt_of(self, day: int) -> bytes:
        """Drawn anew every day and forgotten with it: then no hash leads back to a reader."""
        if self._salt[0] != day:
            key = SALT.format(day=day)
            await self._redis.set(key, secrets.token_bytes(16), nx=True, ex=2 * DAY_S)
            salt: bytes | None = await self._redis.get(key)  # type: ignore[assignment]
            self._salt = day, salt or b""
        return self._salt[1]


def _digest(salt: bytes, article_id: str, reader: Reader) -> str:
    text = f"{article_id}\0{reader.address}\0{reader.user_agent}"
    return hashlib.blake2b(text.encode(errors="replace"), key=salt, digest_size=12).hexdigest()
