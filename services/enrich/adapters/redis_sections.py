"""What publishers' sections have taught: one snapshot each, replaced as a whole."""

import time
from typing import Final, cast

import orjson
from redis.asyncio import Redis

from services.enrich.ports import NOTHING_LEARNED, Learned

_KNOWN_S: Final = 60


class RedisSections:
    """A snapshot is read again after a minute."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._known: dict[str, tuple[float, Learned]] = {}

    async def of(self, publisher: str) -> Learned:
        until, learned = self._known.get(publisher, (0.0, NOTHING_LEARNED))
        if until <= time.monotonic():
            raw = cast("bytes | None", await self._redis.get(_key(publisher)))
            learned = Learned(*orjson.loads(raw)) if raw else NOTHING_LEARNED
            self._known[publisher] = (time.monotonic() + _KNOWN_S, learned)
        return learned

    async def keep(self, publisher: str, learned: Learned) -> None:
        snapshot = orjson.dumps([learned.version, learned.weights])
        await self._redis.set(_key(publisher), snapshot)


def _key(publisher: str) -> str:
    return f"enrich:sections:{publisher}"
