"""Answers to whole batches, kept under the publisher's idempotency key.

The scripts keep them in the same records, and judge them in the same order, as those that decide
on single requests: `recall` and `remember` in the prelude.
"""

from typing import Any, Literal, cast

from redis.asyncio import Redis

from services.ingest.adapters.redis_ledger import idempotency_key
from services.ingest.adapters.scripts import script
from services.ingest.domain.decisions import Idempotency
from services.ingest.ports import PartUnavailableError
from shared.messaging.outages import outages_as

LEASE_MS = 30_000


class RedisIdempotency:
    def __init__(self, redis: "Redis") -> None:
        self._redis = redis
        self._begin = redis.register_script(script("begin"))
        self._keep = redis.register_script(script("keep"))
        self._recall = redis.register_script(script("recall"))

    async def begin(self, publisher: str, key: str) -> Literal["first", "running", "answered"]:
        with outages_as(PartUnavailableError):
            found: Any = await self._begin(keys=[_name(publisher, key)], args=[LEASE_MS])
        return cast('Literal["first", "running", "answered"]', found.decode())

    async def renew(self, publisher: str, key: str) -> None:
        with outages_as(PartUnavailableError):
            await self._redis.pexpire(_name(publisher, key), LEASE_MS)

    async def keep(self, publisher: str, idempotency: Idempotency, answer: bytes) -> None:
        name = idempotency_key(publisher, idempotency)
        with outages_as(PartUnavailableError):
            await self._keep(keys=[name], args=[idempotency.fingerprint, "batch", answer])

    async def give_back(self, publisher: str, key: str) -> None:
        with outages_as(PartUnavailableError):
            await self._redis.delete(_name(publisher, key))

    async def answer(self, publisher: str, idempotency: Idempotency) -> bytes | None:
        name = idempotency_key(publisher, idempotency)
        with outages_as(PartUnavailableError):
            found: Any = await self._recall(keys=[name], args=[idempotency.fingerprint])
        outcome, *parts = found or [b""]
        return bytes(parts[0]) if outcome == b"batch" else None


def _name(publisher: str, key: str) -> str:
    return idempotency_key(publisher, Idempotency(key, ""))
