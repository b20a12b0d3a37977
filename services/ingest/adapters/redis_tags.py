"""The tags that ingest has seen pass, and what editors decided about them."""

from collections.abc import Mapping
from typing import Any, Final, cast

from redis.asyncio import Redis
from redis.exceptions import RedisError

from services.ingest.adapters import keyspace
from services.ingest.adapters.scripts import script
from services.ingest.domain.tags import TagDecision, TagOutcome
from services.ingest.ports import PartUnavailableError
from shared.names import nearest
from shared.streams import PUBLISHED

_REMEMBERED: Final = 20_000


class RedisTags:
    def __init__(self, redis: "Redis") -> None:
        self._redis = redis
        self._rule = redis.register_script(script("rule"))
        self._noted: dict[str, str] = {}

    async def note(self, names: Mapping[str, str]) -> None:
        new = {slug: name for slug, name in names.items() if self._noted.get(slug) != name}
        if not new:
            return
        try:
            await self._redis.hset(keyspace.TAGS, mapping=cast("Any", new))
        except (RedisError, OSError) as error:
            raise PartUnavailableError(str(error)) from error
        if len(self._noted) > _REMEMBERED:
            self._noted.clear()
        self._noted |= new

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
