"""MaintainIndex: what keeps an index quick and true, done by one process for all."""

from __future__ import annotations

import asyncio
import logging

from services.search.ports import (
    IndexUnavailableError,
    SearchIndex,
    StoreUnavailableError,
    Turns,
)

log = logging.getLogger(__name__)

EVERY_S = 300


class MaintainIndex:
    """Brings the counts of names up to date every few minutes."""

    def __init__(self, index: SearchIndex, turns: Turns) -> None:
        self._index = index
        self._turns = turns

    async def run(self, *, look_s: float = 10.0) -> None:
        """Maintain when it is this process' turn, until cancelled."""
        while True:
            try:
                if await self._turns.take("maintain", EVERY_S):
                    await self._index.maintain()
            except (IndexUnavailableError, StoreUnavailableError) as error:
                log.warning("maintenance of the index waits: %s", error)
            await asyncio.sleep(look_s)
