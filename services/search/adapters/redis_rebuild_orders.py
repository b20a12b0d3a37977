"""Orders to rebuild the index: placed by the command line, carried out by one search process."""

import json
import secrets
from dataclasses import asdict

from redis.asyncio import Redis

from services.search.adapters.redis_lease import RedisLease
from services.search.adapters.redis_outage import reported_outage
from services.search.ports import RebuildProgress

ORDER = "search:rebuild:order"
LEASE = "search:rebuild:lease"
PROGRESS = "search:rebuild:progress"
ANSWER = "search:rebuild:answer:{order}"
ANSWER_SECONDS = 24 * 3600


class RedisRebuildOrders:
    """`RebuildOrders` in Redis, and the operators' side of it."""

    def __init__(self, redis: "Redis") -> None:
        self._redis = redis
        self._lease = RedisLease(redis, LEASE)

    async def wanted(self) -> str | None:
        with reported_outage():
            order = await self._redis.get(ORDER)
        return order.decode() if isinstance(order, bytes) else None

    async def take_lease(self) -> bool:
        return await self._lease.take()

    async def renew_lease(self) -> bool:
        return await self._lease.renew()

    async def release_lease(self) -> None:
        await self._lease.release()

    async def show(self, progress: RebuildProgress) -> None:
        with reported_outage():
            await self._redis.set(PROGRESS, json.dumps(asdict(progress)))

    async def answer(self, order: str | None, *, said: str, failed: bool) -> None:
        with reported_outage():
            async with self._redis.pipeline(transaction=True) as pipe:
                if order:
                    text = json.dumps([said, failed])
                    pipe.set(ANSWER.format(order=order), text, ex=ANSWER_SECONDS)
                    pipe.delete(ORDER)
                pipe.delete(PROGRESS)
                await pipe.execute()

    async def place(self) -> str:
        """Order a rebuild, or join the one that was ordered already; answers its name."""
        with reported_outage():
            order = secrets.token_hex(6)
            await self._redis.set(ORDER, order, nx=True)
        return await self.wanted() or order

    async def progress(self) -> RebuildProgress | None:
        """How far it is; None while nobody works on it."""
        with reported_outage():
            shown, held = await self._redis.get(PROGRESS), await self._redis.exists(LEASE)
        return RebuildProgress(**json.loads(shown)) if shown and held else None

    async def answered(self, order: str) -> tuple[str, bool] | None:
        """What was said of an order and whether it failed; None while it is open."""
        with reported_outage():
            answer = await self._redis.get(ANSWER.format(order=order))
        if not answer:
            return None
        said, failed = json.loads(answer)
        return said, failed
