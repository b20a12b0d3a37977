"""The editors' synonyms in one key, which search reads, too."""

import json

from redis.asyncio import Redis

from services.ingest.adapters import keyspace
from services.ingest.domain.synonyms import SynonymsInput
from services.ingest.ports import PartUnavailableError
from shared.messaging.outages import outages_as


class RedisSynonyms:
    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def get(self) -> SynonymsInput:
        with outages_as(PartUnavailableError):
            kept = await self._redis.get(keyspace.SYNONYMS)
        return SynonymsInput.model_validate({"sets": json.loads(kept) if kept else []})

    async def replace(self, synonyms: SynonymsInput) -> None:
        sets = synonyms.model_dump(mode="json", exclude_none=True)["sets"]
        with outages_as(PartUnavailableError):
            await self._redis.set(keyspace.SYNONYMS, json.dumps(sets, ensure_ascii=False))
