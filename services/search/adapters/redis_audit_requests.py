"""What an operator's audit asks of the index: a list of requests, an answer for each."""

import json
import secrets
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import TimeoutError as RedisTimeoutError

from services.search.adapters.redis_outage import reported_outage
from services.search.ports import AuditRequest

REQUESTS = "search:audit:requests"
ANSWER = "search:audit:answer:{id}"
# Nobody waits longer for either.
KEPT_SECONDS = 600
POLL_S = 4


class RedisAuditRequests:
    """`AuditRequests` in Redis, and the operators' side of it."""

    def __init__(self, redis: "Redis") -> None:
        self._redis = redis

    async def next(self) -> AuditRequest | None:
        with reported_outage():
            text = await self._redis.lpop(REQUESTS)
        return AuditRequest(**json.loads(text)) if isinstance(text, bytes) else None

    async def answer(self, request: AuditRequest, value: object) -> None:
        key = ANSWER.format(id=request.id)
        with reported_outage():
            async with self._redis.pipeline(transaction=True) as pipe:
                pipe.rpush(key, json.dumps(value))
                pipe.expire(key, KEPT_SECONDS)
                await pipe.execute()

    async def ask(self, what: str, chosen: list[int] | list[str], within_s: float) -> Any:  # noqa: ANN401 - JSON.
        """The answer of one search process.

        Raises:
            TimeoutError: there was none within the time.
        """
        request = {"id": secrets.token_hex(6), "what": what, "chosen": chosen}
        with reported_outage():
            async with self._redis.pipeline(transaction=True) as pipe:
                pipe.rpush(REQUESTS, json.dumps(request))
                pipe.expire(REQUESTS, KEPT_SECONDS)
                await pipe.execute()
        for _ in range(max(1, int(within_s / POLL_S))):
            with reported_outage():
                try:
                    row = await self._redis.blpop([ANSWER.format(id=request["id"])], POLL_S)
                except RedisTimeoutError:
                    continue
            if row:
                return json.loads(row[1])
        raise TimeoutError(f"no search process answered within {within_s:g} s")
