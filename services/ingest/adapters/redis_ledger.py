"""The ledger of articles: one Lua script per decision."""

import hashlib
import logging
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import RedisError

from services.ingest.adapters import keyspace
from services.ingest.adapters.scripts import script
from services.ingest.domain.decisions import Command, Decision, Idempotency
from services.ingest.ports import PartUnavailableError
from shared.streams import PUBLISHED

log = logging.getLogger(__name__)

RECEIPT_SECONDS = 30 * 24 * 3600


class RedisLedger:
    """`timeout_s` is how long a script may lie in Redis before it refuses to act.

    The time limit of `redis` must not be shorter: who gives up first would be told 503 for what is
    accepted a moment later.
    """

    def __init__(self, redis: "Redis", *, per_second: int, timeout_s: float = 2) -> None:
        self._redis = redis
        self._per_second = per_second
        self._timeout_ms = timeout_s * 1000
        self._decide = redis.register_script(script("decide"))
        self._reserve = redis.register_script(script("reserve"))
        self._ahead_ms: float | None = None

    async def decide(self, commands: Sequence[Command]) -> list[Decision]:
        try:
            answers = await self._ask(commands, await self._now_ms())
        except (RedisError, OSError) as error:
            log.warning("cannot decide: %s", error)
            answers = [error] * len(commands)
        return [
            self._decision(command, answer)
            for command, answer in zip(commands, answers, strict=True)
        ]

    async def _ask(self, commands: Sequence[Command], now: float) -> list[Any]:
        if len(commands) == 1:
            return [
                await self._decide(keys=_keys(command), args=self._arguments(command, now))
                for command in commands
            ]
        async with self._redis.pipeline(transaction=False) as pipe:
            for command in commands:
                await self._decide(
                    keys=_keys(command), args=self._arguments(command, now), client=pipe
                )
            answers: list[Any] = await pipe.execute(raise_on_error=False)
        return answers

    async def reserve(self, publisher: str, amount: int) -> float:
        try:
            wait = await self._reserve(
                keys=[keyspace.rate(publisher)], args=[self._per_second, amount]
            )
        except (RedisError, OSError) as error:
            raise PartUnavailableError(str(error)) from error
        return int(wait) / 1000

    async def _now_ms(self) -> float:
        """Redis' time, which all replicas share, without asking for it each time."""
        if self._ahead_ms is None:
            seconds, micros = await self._redis.time()
            self._see_time(seconds * 1000 + micros / 1000)
        return time.monotonic() * 1000 + (self._ahead_ms or 0)

    def _see_time(self, redis_ms: float) -> None:
        self._ahead_ms = redis_ms - time.monotonic() * 1000

    def _arguments(self, command: Command, now: float) -> list[str | bytes | int]:
        dated = command.published_at
        return [
            int(now + self._timeout_ms),
            command.kind,
            command.id,
            command.publisher,
            command.external_id or "",
            command.url,
            command.revision or "",
            command.content_hash,
            _text(dated) if dated else "",
            command.receipt,
            command.event,
            int(command.same_identity),
            _text(datetime.fromtimestamp(now // 1000, UTC)),
            self._per_second if command.rated else 0,
            command.idempotency.fingerprint if command.idempotency else "",
            keyspace.RECEIPT_PREFIX,
            RECEIPT_SECONDS,
            int(command.of_others),
            command.choices,
            _text(command.updated_at) if command.updated_at else "",
        ]

    def _decision(self, command: Command, answer: Any) -> Decision:  # noqa: ANN401 - of Lua
        if isinstance(answer, Exception):
            return Decision("unavailable", command.id, wait_s=1)
        outcome, revision, receipt, now, wait = (part.decode() for part in answer)
        self._see_time(float(now))
        return Decision(outcome, command.id, int(revision), receipt, int(wait) / 1000)


def _keys(command: Command) -> list[str]:
    return [
        keyspace.GENERATION,
        keyspace.article(command.id),
        keyspace.receipt(command.receipt),
        PUBLISHED.name,
        keyspace.open_receipts(command.id),
        keyspace.articles_of(command.publisher),
        keyspace.rate(command.publisher),
        idempotency_key(command.publisher, command.idempotency),
        keyspace.curation(command.id),
    ]


def idempotency_key(publisher: str, idempotency: Idempotency | None) -> str:
    digest = hashlib.sha256(idempotency.key.encode()).hexdigest() if idempotency else "none"
    return keyspace.idempotency(publisher, digest)


def _text(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
