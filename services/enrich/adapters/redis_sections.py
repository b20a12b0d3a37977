"""What publishers' sections have taught: one snapshot each, replaced as a whole.

enrich:sections              HASH of the version of each publisher's snapshot
enrich:sections:<publisher>  the snapshot
"""

from collections.abc import Sequence
from typing import Final, cast

import orjson
from redis.asyncio import Redis

from services.enrich.ports import NOTHING_LEARNED, Learned

_VERSIONS: Final = "enrich:sections"


class RedisSections:
    """A snapshot is read when it has another version than the one that is known."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._known: dict[str, Learned] = {}

    async def of(self, publishers: Sequence[str]) -> list[Learned]:
        asked = sorted(set(publishers))
        if not asked:
            return []
        answer = await self._redis.hmget(_VERSIONS, asked)
        versions = zip(asked, cast("list[bytes | None]", answer), strict=True)
        learned = {name: await self._at(name, int(version or 0)) for name, version in versions}
        return [learned[name] for name in publishers]

    async def _at(self, publisher: str, version: int) -> Learned:
        known = self._known.get(publisher, NOTHING_LEARNED)
        if known.version != version:
            raw = cast("bytes | None", await self._redis.get(_key(publisher)))
            known = Learned(*orjson.loads(raw)) if raw else NOTHING_LEARNED
            self._known[publisher] = known
        return known

    async def keep(self, publisher: str, learned: Learned) -> None:
        async with self._redis.pipeline(transaction=True) as pipe:
            pipe.set(_key(publisher), orjson.dumps([learned.version, learned.weights]))
            pipe.hset(_VERSIONS, publisher, str(learned.version))
            await pipe.execute()


def _key(publisher: str) -> str:
    return f"{_VERSIONS}:{publisher}"
