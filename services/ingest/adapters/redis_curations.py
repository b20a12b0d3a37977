"""What editors decided last about each article; the ledger writes it with its event."""

from typing import cast

from redis.asyncio import Redis
from redis.exceptions import RedisError

from services.ingest.adapters import keyspace
from services.ingest.domain.curation import CurationInput
from services.ingest.ports import PartUnavailableError


class RedisCurations:
    def __init__(self, redis: "Redis") -> None:
        self._redis = redis

    async def get(self, article_id: str) -> CurationInput:
        try:
            raw = await self._redis.hget(keyspace.curation(article_id), "choices")
        except (RedisError, OSError) as error:
            raise PartUnavailableError(str(error)) from error
        choices = cast("bytes | None", raw)
        return CurationInput.model_validate_json(choices) if choices else CurationInput()
