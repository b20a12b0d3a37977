"""Rebuilding and auditing the index, for the operators' command line: search does it, this asks."""

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from redis.asyncio import Redis

from services.search.adapters.redis_audit_requests import RedisAuditRequests
from services.search.adapters.redis_rebuild_orders import RedisRebuildOrders
from services.search.ports import RebuildProgress
from shared.messaging import connect

POLL_S = 0.2
ANSWER_S = 300.0
PATIENCE_S = 60.0
"""How long nobody may work on an order: a lease of one that was killed ends well before."""


class NobodyRebuildsError(Exception):
    """No search process takes the order, or it went with Redis."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of an order."""

    said: str
    failed: bool


async def follow_rebuild(redis_url: str) -> AsyncGenerator[RebuildProgress | Answer, None]:
    """Order a rebuild and follow it: progress, at last one answer.

    Raises:
        NobodyRebuildsError: nobody works on it.
        StoreUnavailableError: Redis is out of reach.
    """
    async with _orders(redis_url) as orders:
        order = await orders.place()
        last_sign = time.monotonic()
        while (answer := await orders.answered(order)) is None:
            if progress := await orders.progress():
                last_sign = time.monotonic()
                yield progress
            if time.monotonic() - last_sign > PATIENCE_S:
                raise NobodyRebuildsError(f"no search process took the order in {PATIENCE_S:g} s")
            if await orders.wanted() != order and await orders.answered(order) is None:
                raise NobodyRebuildsError("the order was lost with Redis")
            await asyncio.sleep(POLL_S)
        yield Answer(*answer)


State = tuple[str, int, bool]
"""Id, revision, whether withdrawn."""


class IndexAudit:
    """What search answers about its index; raises `TimeoutError` where no search process does."""

    def __init__(self, redis: "Redis", *, within_s: float = ANSWER_S) -> None:
        self._requests = RedisAuditRequests(redis)
        self._within_s = within_s

    async def digests(self) -> dict[int, str]:
        """A digest of (id, revision, withdrawn) by bucket, where there is anything."""
        answer = await self._requests.ask("digests", [], self._within_s)
        return {int(bucket): digest for bucket, digest in answer.items()}

    async def states(self, buckets: Iterable[int]) -> list[State]:
        answer = await self._requests.ask("states", sorted(buckets), self._within_s)
        return [(id_, revision, withdrawn) for id_, revision, withdrawn in answer]

    async def announce(self, ids: Iterable[str]) -> int:
        """Have search tell ingest what it holds of these; answers how many it knows."""
        return int(await self._requests.ask("announce", sorted(ids), self._within_s))


@asynccontextmanager
async def _orders(redis_url: str) -> AsyncIterator[RedisRebuildOrders]:
    redis = connect(redis_url)
    try:
        yield RedisRebuildOrders(redis)
    finally:
        await redis.aclose()
