"""The tags that ingest has seen pass, and what editors decided about them."""

from collections.abc import Sequence
from typing import Any, cast

from redis.asyncio import Redis
from redis.exceptions import RedisError

from services.ingest.adapters import keyspace
from services.ingest.adapters.scripts import script
from services.ingest.domain.tags import TagDecision, TagOutcome
from services.ingest.ports import PartUnavailableError
from shared.events import Tag
from shared.names import nearest
from shared.streams import PUBLISHED


class RedisTags:
    def __init__(self, redis: "Redis") -> None:
        self._redis = redis
        self._rule = redis.register_script(script("rule"))

    async def note(self, tags: Sequence[Tag]) -> None:
        # Each time: Redis may have lost what it was told before.
        if not tags:
            return
        try:
            async with self._redis.pipeline(transaction=False) as pipe:
                pipe.hset(keyspace.TAGS, mapping={tag.slug: tag.name for tag in tags})
                for tag in tags:
                    if tag.renamed:
                        pipe.hsetnx(keyspace.TAG_NAMES, tag.slug, tag.name)
                    for alias in tag.aliases:
                        pipe.hsetnx(keyspace.TAGS_MERGED, alias, tag.slug)
                await pipe.execute()
        except (RedisError, OSError) as error:
            raise PartUnavailableError(str(error)) from error

    async def rename(self, slug: str, name: str, event: bytes) -> TagDecision:
        return await self._decide("rename", slug, name, event)

    async def merge(self, slug: str, into: str, event: bytes) -> TagDecision:
        return await self._decide("merge", slug, into, event)

    async def nearest(self, slug: str) -> str | None:
        try:
            known = cast("list[bytes]", await self._redis.hkeys(keyspace.TAGS))
        except (RedisError, OSError) as error:
            raise PartUnavailableError(str(error)) from error
        return nearest(slug, (each.decode() for each in known))

    async def _decide(self, kind: str, slug: str, value: str, event: bytes) -> TagDecision:
        keys = [
            keyspace.GENERATION,
            keyspace.TAGS,
            keyspace.TAG_NAMES,
            keyspace.TAGS_MERGED,
            keyspace.TAG_DECISIONS,
            PUBLISHED.name,
        ]
        try:
            answer: Any = await self._rule(keys=keys, args=[kind, slug, value, event])
        except (RedisError, OSError) as error:
            raise PartUnavailableError(str(error)) from error
        outcome, decided, name = (part.decode() for part in answer)
        return TagDecision(cast("TagOutcome", outcome), decided, name)
