"""What editors decided last about each article; the ledger writes it with its event."""

from typing import cast

from redis.asyncio import Redis

from services.ingest.adapters import keyspace
from services.ingest.domain.curation import CurationInput
from services.ingest.ports import PartUnavailableError
from shared.messaging.outages import outages_as


class RedisCurations:
    def __init__(self, redis: "Redis") -> None:
        self._redis = redis

    async def get(self, article_id: str) -> CurationInput:
        with outages_as(PartUnavailableError):
            raw = await self._redis.hget(keyspace.curation(article_id), "choices")
        choices = cast("bytes | None", raw)
        return CurationInput.model_validate_json(choices) if choices else CurationInput()
