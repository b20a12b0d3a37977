"""KeepSchema: the index is rebuilt on an order, and where a release has another schema."""

from __future__ import annotations

import asyncio
import logging

from services.search.domain.schema import SchemaDifference
from services.search.ports import (
    IndexUnavailableError,
    RebuildFailedError,
    RebuildOrders,
    RebuildProgress,
    SearchIndex,
    StoreUnavailableError,
)
from services.search.use_cases.rebuild_index import RebuildIndex, Rebuilt

log = logging.getLogger(__name__)


class _LeaseLostError(Exception):
    """Another replica rebuilds now, or Redis was lost: end what was begun."""


class KeepSchema:
    """Of several replicas the holder of a lease rebuilds.

    `current` is set once the index has the schema of this release; before that questions are
    answered from the index as it is, and nothing can be written: `rebuilding`, or `not_ready` says
    why not.
    """

    def __init__(
        self, index: SearchIndex, orders: RebuildOrders, rebuild_index: RebuildIndex
    ) -> None:
        self._index = index
        self._orders = orders
        self._rebuild_index = rebuild_index
        self.current = asyncio.Event()
        self.not_ready: str | None = None
        self.rebuilding = False
        self._said: str | None = None

    async def run(self, *, every_s: float = 0.5) -> None:
        """Look for something to do until cancelled."""
        while True:
            try:
                await self.look()
            except (IndexUnavailableError, StoreUnavailableError) as error:
                log.warning("rebuilding waits: %s", error)
            except _LeaseLostError:
                log.warning("another replica rebuilds the index")
            await asyncio.sleep(every_s)

    async def look(self) -> None:
        """Rebuild, if there is a reason to."""
        difference = None if self.current.is_set() else await self._index.outdated()
        self._judge(difference)
        self.rebuilding = difference is not None and not self.not_ready
        if (self.rebuilding or await self._orders.wanted()) and await self._orders.take_lease():
            try:
                # Whoever held the lease before may have done it.
                if await self._orders.wanted() or await self._index.outdated():
                    await self._rebuild(await self._orders.wanted())
            finally:
                await self._orders.release_lease()

    def _judge(self, difference: SchemaDifference | None) -> None:
        if difference is None:
            self.current.set()
            self.not_ready = None
        elif difference.newer:
            # A release that is on its way out must not undo what the next one has done.
            self.not_ready = (
                f"the index was made by release {difference.release}, which is newer than this "
                "one: finish the upgrade, or go back for good with `dateline reindex`"
            )
            self._say(self.not_ready)
        else:
            self._say("the index has the schema of an older release: it is rebuilt")

    def _say(self, what: str) -> None:
        if what != self._said:
            log.warning("%s", what)
        self._said = what

    async def _rebuild(self, order: str | None) -> None:
        log.info("rebuilding the index", extra={"order": order})
        try:
            rebuilt = await self._rebuild_index(self._report)
        except RebuildFailedError as error:
            log.exception("the index was not rebuilt")
            if not self.current.is_set():
                self.not_ready = f"{error}; `dateline reindex` tries again"
            await self._orders.answer(order, said=str(error), failed=True)
            return
        said = _summary(rebuilt)
        log.info("the index was rebuilt: %s", said)
        await self._orders.answer(order, said=said, failed=False)

    async def _report(self, progress: RebuildProgress) -> None:
        if not await self._orders.renew_lease():
            raise _LeaseLostError
        await self._orders.show(progress)


def _summary(rebuilt: Rebuilt) -> str:
    articles = rebuilt.articles
    return f"{articles.count} articles (hash {articles.hash:016x}) in {rebuilt.seconds:.1f} s"
