"""KeepGeneration: Redis and the index belong together, and both know how often one was lost."""

from __future__ import annotations

import asyncio
import logging
import secrets

from services.search.domain.articles import Marker
from services.search.domain.versions import MAX_GENERATION
from services.search.ports import (
    Announcements,
    GenerationStore,
    IndexUnavailableError,
    SearchIndex,
    StoreUnavailableError,
)
from services.search.use_cases.announce_articles import AnnounceArticles

log = logging.getLogger(__name__)


class _LeaseLostError(Exception):
    """Another replica decides now, or Redis was lost again: start over."""


class KeepGeneration:
    """Compares the marker of Redis with the marker of the index, and repairs a difference.

    Neither: a new pair at generation 1. Redis lost, or older than the index: the index tells ingest
    all it holds, then the next generation. The index lost, or of another pair: the next generation.
    Of several replicas the holder of a lease decides; the others wait for the result.
    """

    def __init__(
        self,
        index: SearchIndex,
        store: GenerationStore,
        announcements: Announcements,
        announce: AnnounceArticles,
        *,
        poll_s: float = 0.2,
    ) -> None:
        self._index = index
        self._store = store
        self._announcements = announcements
        self._announce = announce
        self._poll_s = poll_s
        self.marker: Marker | None = None
        self.not_ready: str | None = "the generation is not decided yet"

    def decided(self) -> Marker | None:
        """The present generation; None while it is undecided."""
        return self.marker if not self.not_ready else None

    async def run(self, *, every_s: float = 1.0) -> None:
        """Keep comparing until cancelled."""
        while True:
            try:
                await self.compare()
            except (IndexUnavailableError, StoreUnavailableError) as error:
                # An outage changes nothing that was decided; what is lost shows afterwards.
                self._say(self.not_ready and f"waiting: {error}")
            except _LeaseLostError:
                self._say("another replica decides the generation")
            await asyncio.sleep(every_s)

    async def observe(self, *, every_s: float = 1.0) -> None:
        """Follow what others decide, without asking the index, until cancelled."""
        while True:
            try:
                self.marker = await self._store.read() or self.marker
                self._say(None if self.marker else "the generation is not decided yet")
            except StoreUnavailableError as error:
                self._say(self.not_ready and f"waiting: {error}")
            await asyncio.sleep(every_s)

    async def compare(self) -> None:
        """One comparison, with the repair where one is needed."""
        in_redis, in_index = await self._store.read(), await self._index.read_marker()
        if in_index is not None and in_redis == in_index:
            self.marker = in_index
            self._say(None)
            return
        self._say("the generation is being decided")
        if not await self._store.take_lease():
            return
        try:
            # Whoever held the lease before may have decided it.
            await self._repair(await self._store.read(), await self._index.read_marker())
        finally:
            await self._store.release_lease()

    async def _repair(self, in_redis: Marker | None, in_index: Marker | None) -> None:
        if in_redis == in_index and in_redis is not None:
            return
        highest = max(marker.generation if marker else 0 for marker in (in_redis, in_index))
        # A new index counts from the last generation that may still be on its way to it.
        base = in_index.base if in_index else max(0, highest - 1)
        if highest - base >= MAX_GENERATION:
            self._say(f"generation {highest} is the last one; rebuild the index to renumber it")
            return
        if in_index and (in_redis is None or _is_behind(in_redis, in_index)):
            await self._tell_ingest()
        pair = in_redis or in_index
        new = Marker(pair.pair if pair else secrets.token_hex(16), highest + 1, base)
        # The index first: until Redis has it, ingest takes nothing in.
        await self._index.write_marker(new)
        if await self._store.replace(in_redis, new):
            log.info("generation %s", new.generation, extra={"pair": new.pair[:8]})
            self.marker = new
            self._say(None)

    async def _tell_ingest(self) -> None:
        """Publish what the index holds and wait until ingest has taken all of it in."""
        self._say("recovering: telling ingest what the index holds")
        log.warning("Redis has lost its records; recovering them from the index")
        position = await self._announce.announce_all(self._renew)
        if position is None:
            return
        self._say("recovering: waiting until ingest has read what the index holds")
        while not await self._announcements.read_up_to(position):
            await self._renew()
            await asyncio.sleep(self._poll_s)

    async def _renew(self) -> None:
        if not await self._store.renew_lease():
            raise _LeaseLostError

    def _say(self, reason: str | None) -> None:
        if reason and reason != self.not_ready:
            log.warning("not ready: %s", reason)
        self.not_ready = reason


def _is_behind(in_redis: Marker, in_index: Marker) -> bool:
    """Redis was restored from an older copy: what it acknowledged since is in the index only."""
    return in_redis.pair == in_index.pair and in_redis.generation < in_index.generation
