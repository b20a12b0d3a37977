"""TellHub: the hub of the settings learns that the feeds have news."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence

from services.search.ports import (
    HubUnavailableError,
    IndexedLog,
    NewsHub,
    StoreUnavailableError,
    Turns,
)
from services.search.use_cases.follow_articles import is_news

log = logging.getLogger(__name__)

BATCH = 1000
WAIT_MS = 1000
AGAIN_S = 1.0


class TellHub:
    """Pings once for all that is new, and not again within a pause, over all replicas.

    Args:
        topics: the addresses of the feeds.
    """

    def __init__(
        self, log: IndexedLog, hub: NewsHub, turns: Turns, topics: Sequence[str], *, pause_s: int
    ) -> None:
        self._log = log
        self._hub = hub
        self._turns = turns
        self._topics = tuple(topics)
        self._pause_s = pause_s
        self._due = False

    async def run(self) -> None:
        """Watch the log from now on, until cancelled. A ping that failed is tried again."""
        position: str | None = None
        while True:
            try:
                position = await self._watch(position or await self._log.end())
                if self._due and await self._turns.take("websub", self._pause_s):
                    await self._hub.ping(self._topics)
                    self._due = False
            except (StoreUnavailableError, HubUnavailableError) as error:
                log.warning("the hub waits: %s", error)
                await asyncio.sleep(AGAIN_S)

    async def _watch(self, position: str) -> str:
        reached, entries = await self._log.after(position, limit=BATCH, wait_ms=WAIT_MS)
        self._due |= any(entry.event.withdrawn or is_news(entry) for entry in entries)
        return reached
