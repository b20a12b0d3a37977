"""Answers to whole batches, kept under the publisher's idempotency key.

Single requests keep theirs in the script that decides; the records have one form: a JSON list of
the request's fingerprint, an outcome, and what the answer needs.
"""

import json

from redis.asyncio import Redis

from services.ingest.adapters.redis_ledger import idempotency_key
from services.ingest.domain.decisions import Idempotency
from services.ingest.ports import KeptAnswer, PartUnavailableError
from shared.messaging.outages import outages_as

LEASE_MS = 30_000
KEPT_S = 24 * 3600
RUNNING = "running"


class RedisIdempotency:
    def __init__(self, redis: "Redis") -> None:
        self._redis = redis

    async def begin(self, publisher: str, key: str) -> KeptAnswer | None:
        name = _name(publisher, key)
        with outages_as(PartUnavailableError):
            mark = json.dumps(["", RUNNING])
            if await self._redis.set(name, mark, nx=True, px=LEASE_MS):
                return None
            record = json.loads(await self._redis.get(name) or mark)
        if record[1] == RUNNING:
            return KeptAnswer("", None)
        return KeptAnswer(record[0], str(record[2]).encode())

    async def renew(self, publisher: str, key: str) -> None:
        with outages_as(PartUnavailableError):
            await self._redis.pexpire(_name(publisher, key), LEASE_MS)

    async def finish(self, publisher: str, key: str, kept: KeptAnswer | None) -> None:
        name = _name(publisher, key)
        with outages_as(PartUnavailableError):
            if kept is None or kept.body is None:
                await self._redis.delete(name)
            else:
                record = json.dumps([kept.fingerprint, "batch", kept.body.decode()])
                await self._redis.set(name, record, ex=KEPT_S)


def _name(publisher: str, key: str) -> str:
    return idempotency_key(publisher, Idempotency(key, ""))
