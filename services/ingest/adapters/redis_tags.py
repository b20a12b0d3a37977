"""The tags that ingest has seen pass, and what editors decided about them."""

from collections.abc import Sequence
from typing import Any, cast

from redis.asyncio import Redis

from services.ingest.adapters import keyspace
from services.ingest.adapters.redis_ledger import idempotency_key
from services.ingest.adapters.scripts import script
from services.ingest.domain.tags import TagCommand, TagDecision, TagOutcome
from services.ingest.ports import PartUnavailableError
from shared.events import Tag
from shared.messaging.outages import outages_as
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
        with outages_as(PartUnavailableError):
            async with self._redis.pipeline(transaction=False) as pipe:
                pipe.hset(keyspace.TAGS, mapping={tag.slug: tag.name for tag in tags})
                for tag in tags:
                    if tag.renamed:
                        pipe.hsetnx(keyspace.TAG_NAMES, tag.slug, tag.name)
                    for alias in tag.aliases:
                        pipe.hsetnx(keyspace.TAGS_MERGED, alias, tag.slug)
                await pipe.execute()

    async def nearest(self, slug: str) -> str | None:
        with outages_as(PartUnavailableError):
            known = cast("list[bytes]", await self._redis.hkeys(keyspace.TAGS))
        return nearest(slug, (each.decode() for each in known))

    async def decide(self, command: TagCommand) -> TagDecision:
        keys = [
            keyspace.GENERATION,
            keyspace.TAGS,
            keyspace.TAG_NAMES,
            keyspace.TAGS_MERGED,
            keyspace.TAG_DECISIONS,
            PUBLISHED.name,
            idempotency_key(command.publisher, command.idempotency),
        ]
        fingerprint = command.idempotency.fingerprint if command.idempotency else ""
        args: list[str | bytes] = [
            command.kind,
            command.slug,
            command.value,
            command.event,
            fingerprint,
        ]
        with outages_as(PartUnavailableError):
            answer: Any = await self._rule(keys=keys, args=args)
        outcome, decided, name = (part.decode() for part in answer)
        return TagDecision(cast("TagOutcome", outcome), decided, name)
