"""Rebuilding the index, for the operators' command line: search does it, this asks and follows."""

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from services.search.adapters.redis_rebuild_orders import RedisRebuildOrders
from services.search.ports import RebuildProgress
from shared.messaging import connect

POLL_S = 0.2
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


@asynccontextmanager
async def _orders(redis_url: str) -> AsyncIterator[RedisRebuildOrders]:
    redis = connect(redis_url)
    try:
        yield RedisRebuildOrders(redis)
    finally:
        await redis.aclose()
