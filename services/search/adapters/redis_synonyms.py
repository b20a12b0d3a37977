"""`SynonymStore` in Redis. The sets are ingest's; search only reads them."""

import json

from redis.asyncio import Redis

from services.search.adapters.redis_outage import reported_outage
from services.search.ports import SynonymSet

KEY = "ingest:synonyms"
"""A JSON list of `{"words": [...], "language"?: "en"}`."""


class RedisSynonyms:
    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def read(self) -> list[SynonymSet]:
        with reported_outage():
            kept = await self._redis.get(KEY)
        sets = json.loads(kept) if kept else []
        return [SynonymSet(tuple(one["words"]), one.get("language")) for one in sets]
