"""What is counted in Redis: enrichments of a version, and the generation that search keeps."""

from collections.abc import Sequence
from typing import Final, cast

from redis.asyncio import Redis

GENERATION: Final = "dateline:generation"
_LAST: Final = 8191

_NEXT = """
-- KEYS: counter. ARGV: version, last number, number known to be taken.
-- The next number of this version; 0 if there is none.
-- An older version than the counted one gets 1: whatever its number, the newer one wins.
local version = tonumber(redis.call('HGET', KEYS[1], 'version') or -1)
if version > tonumber(ARGV[1]) then return 1 end
if version < tonumber(ARGV[1]) then
  redis.call('HSET', KEYS[1], 'version', ARGV[1], 'number', 0)
end
local taken = math.max(tonumber(redis.call('HGET', KEYS[1], 'number')), tonumber(ARGV[3]))
if taken >= tonumber(ARGV[2]) then return 0 end
redis.call('HSET', KEYS[1], 'number', taken + 1)
return taken + 1
"""


class RedisCounters:
    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._next = redis.register_script(_NEXT)

    async def generation(self) -> int:
        value = cast("bytes | None", await self._redis.get(GENERATION))
        return generation_in(value.decode() if value else None)

    async def next_enrichments(self, versions: Sequence[tuple[str, int, int]]) -> list[int | None]:
        async with self._redis.pipeline(transaction=False) as pipe:
            for article_id, version, beyond in versions:
                keys = [_counter(article_id)]
                await self._next(keys=keys, args=[version, _LAST, beyond], client=pipe)
            answers = await pipe.execute()
        return [int(answer) or None for answer in answers]

    async def newest(self, article_ids: Sequence[str]) -> list[int]:
        async with self._redis.pipeline(transaction=False) as pipe:
            for article_id in article_ids:
                pipe.hget(_counter(article_id), "version")
            answers = await pipe.execute()
        return [int(answer) if answer else -1 for answer in answers]


def generation_in(value: str | None) -> int:
    """0 before search has set one."""
    number = (value or "").rpartition(":")[2]
    return int(number) if number.isdigit() else 0


def _counter(article_id: str) -> str:
    return f"enrich:number:{article_id}"
