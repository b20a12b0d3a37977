"""Streams are trimmed by what everybody has done with, never by their length.

An entry goes when every group has acknowledged it, when it is older than the retention, and when
nobody holds it. A group of the topology that Redis does not have has acknowledged nothing. All of
it is looked at and cut in one script, so that any number of replicas may trim. Dead and parked
streams are never trimmed.

Who reads a stream without a group (a rebuild) holds its entries with `holding`. The holds stand in
the hash `messaging:holds`: field `<stream> <holder>`, value `<first id to keep> <Redis' time in ms
until which it holds>`.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Literal

from redis.asyncio import Redis

from shared.background import cancel
from shared.messaging import scripts
from shared.messaging.outages import waiting_out
from shared.streams import Stream

log = logging.getLogger(__name__)

HOLDS = "messaging:holds"
TRIMMED = "messaging:trimmed"
"""A hash: stream to the id below which entries may be gone."""
LEASE_S = 60.0
PRESSED = 0.5
"""Above this share of Redis' memory the retention yields: what is acknowledged goes at once."""

FROM_NOW: Literal["$"] = "$"


class PositionLostError(Exception):
    """Entries that were to be held are trimmed already; what was read of the log has a gap."""


class Trimmer:
    """Cuts off what is done with, of one stream."""

    def __init__(self, redis: "Redis", stream: Stream, retention_s: float) -> None:
        self._stream = stream
        self._retention_ms = int(retention_s * 1000)
        self._trim = redis.register_script(scripts.TRIM)

    async def trim(self, *, pressed: bool = False) -> int:
        """How many entries went. `pressed` gives up the retention, and nothing else."""
        removed = 0
        retention_ms = 0 if pressed else self._retention_ms
        keys = [self._stream.name, HOLDS, TRIMMED]
        # Redis cuts some thousands at a time, so that nobody waits long for it.
        while cut := int(await self._trim(keys=keys, args=[retention_ms, *self._stream.groups])):
            removed += cut
        return removed


class Hold:
    """Positions of streams, held by one holder; renewed in the background by `holding`."""

    def __init__(self, redis: "Redis", holder: str, lease_s: float) -> None:
        self._redis = redis
        self._holder = holder
        self._lease_ms = int(lease_s * 1000)
        self._hold = redis.register_script(scripts.HOLD)
        self._lost: str | None = None
        self.positions: dict[str, str] = {}

    async def keep(self, positions: Mapping[str, str]) -> None:
        """Hold each stream from this id on (`$`: from now on), and no longer anything before it.

        Raises:
            PositionLostError: entries from there on are gone.
        """
        for stream, position in positions.items():
            held = await self._hold(
                keys=[stream, HOLDS, TRIMMED], args=[self._holder, position, self._lease_ms]
            )
            if not held:
                self._lost = f"{stream} is trimmed beyond {position}"
                raise PositionLostError(self._lost)
            self.positions[stream] = held.decode()

    def check(self) -> None:
        """Raises `PositionLostError` when the lease ended (a long pause) and entries went."""
        if self._lost:
            raise PositionLostError(self._lost)

    async def renew_for_ever(self) -> None:
        while True:
            await asyncio.sleep(self._lease_ms / 3000)
            try:
                with waiting_out(log, f"hold of {self._holder}"):
                    await self.keep(dict(self.positions))
            except Exception as error:
                log.exception("held entries are gone", extra={"holder": self._holder})
                self._lost = self._lost or f"the hold could not be renewed: {error!r}"
                return

    async def release(self) -> None:
        fields = [f"{stream} {self._holder}" for stream in self.positions]
        if fields:
            await self._redis.hdel(HOLDS, *fields)


@asynccontextmanager
async def holding(
    redis: "Redis", holder: str, positions: Mapping[str, str], *, lease_s: float = LEASE_S
) -> AsyncIterator[Hold]:
    """Keep streams from being trimmed from these ids on, while the block runs.

    `positions` maps stream names to the first id to keep, or to `FROM_NOW`; `Hold.positions` has
    the ids held. A holder that dies lets go after `lease_s`.

    Raises:
        PositionLostError: entries from there on are gone already.
    """
    hold = Hold(redis, holder, lease_s)
    renewing: list[asyncio.Task[None]] = []
    try:
        await hold.keep(positions)
        renewing.append(asyncio.create_task(hold.renew_for_ever()))
        yield hold
    finally:
        await cancel(renewing)
        await hold.release()
