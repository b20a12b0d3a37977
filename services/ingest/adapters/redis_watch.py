"""Looks at the streams and at Redis in the background, so that no request has to."""

import asyncio
import logging

from redis.asyncio import Redis

from services.ingest.domain.intake import Intake
from services.ingest.ports import PartUnavailableError
from shared.messaging.backlog import read_backlog, read_redis_state
from shared.messaging.outages import outages_as
from shared.streams import STREAMS
from shared.telemetry import CLOSED, MEMORY, Metrics

log = logging.getLogger(__name__)

LOOK_S = 1.0


class RedisWatch:
    """Opens and closes the intake by what it sees; while Redis is away nothing changes."""

    def __init__(self, redis: "Redis", intake: Intake, metrics: Metrics) -> None:
        self._redis = redis
        self._intake = intake
        self._metrics = metrics

    async def run(self) -> None:
        while True:
            await asyncio.sleep(LOOK_S)
            await self.look()

    async def look(self) -> None:
        before = self._reasons()
        try:
            with outages_as(PartUnavailableError):
                backlog = await read_backlog(self._redis, STREAMS)
                state = await read_redis_state(self._redis)
        except PartUnavailableError as error:
            log.debug("cannot look at Redis: %s", error)
            return
        last = max(backlog, key=lambda group: group.lag_seconds)
        share = state.memory_share
        lag = (last.lag_seconds, f"{last} is {last.lag_seconds:.0f} s behind")
        memory = (share, f"Redis uses {share:.0%} of its memory")
        self._intake.look({"lag": lag, "memory": memory}, state.unsafe)
        self._metrics.gauge(MEMORY, share)
        self._tell(before, self._reasons())

    def _reasons(self) -> dict[str, str]:
        reasons: dict[str, str] = dict(self._intake.closed.items())
        return reasons | ({"unsafe": self._intake.unsafe} if self._intake.unsafe else {})

    def _tell(self, before: dict[str, str], now: dict[str, str]) -> None:
        for reason in ("lag", "memory", "unsafe"):
            self._metrics.gauge(CLOSED, int(reason in now), reason=reason)
        for reason in now.keys() - before.keys():
            log.error("closed: %s", now[reason], extra={"reason": reason})
        for reason in before.keys() - now.keys():
            log.warning("open again", extra={"reason": reason})
