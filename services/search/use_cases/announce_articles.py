"""AnnounceArticles: the end of an embargo, and the whole index after a loss of Redis."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Sequence

from services.search.domain.articles import StoredArticle
from services.search.domain.records import indexed_event, is_embargoed, is_visible
from services.search.ports import (
    Announcements,
    EmbargoSchedule,
    IndexUnavailableError,
    SearchIndex,
    StoreUnavailableError,
)

log = logging.getLogger(__name__)

SCAN_SIZE = 500
DUE_SIZE = 200


class AnnounceArticles:
    """Acts on what is stored, never on what was once planned: either may have moved since."""

    def __init__(
        self,
        index: SearchIndex,
        schedule: EmbargoSchedule,
        announcements: Announcements,
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._index = index
        self._schedule = schedule
        self._announcements = announcements
        self._clock = clock

    async def announce_due(self) -> int:
        """Announce articles whose embargo has ended; answers how many due times were looked at."""
        now = self._clock()
        due = await self._schedule.due(int(now), DUE_SIZE)
        articles = await self._index.get(due, whole=False) if due else {}
        ended = [article for article in articles.values() if is_visible(article, now)]
        if ended:
            await self._announcements.publish(
                [(article.id, indexed_event(article, now)) for article in ended]
            )
        await self._plan(articles.values(), now)
        for article_id in due:
            await self._schedule.settle(article_id, int(now))
        return len(due)

    async def recover_schedule(self) -> None:
        """Set the due time of every article under embargo."""
        after = int(self._clock())
        while due := await self._index.embargoed(after, SCAN_SIZE):
            await self._schedule.put(dict(due))
            after = due[-1][1]
            if len(due) < SCAN_SIZE:
                break

    async def announce_all(self, on_page: Callable[[], Awaitable[None]]) -> str | None:
        """Tell the pipeline of every article the index holds; answers the position after it.

        Tombstones and embargoed articles too: after a loss of Redis this is all that is known.
        """
        position = None
        async for page in self._pages():
            await on_page()
            now = self._clock()
            await self._plan(page, now)
            position = await self._announcements.publish(
                [(article.id, indexed_event(article, now, recovered=True)) for article in page]
            )
        return position

    async def announce(self, ids: Sequence[str]) -> int:
        """Tell the pipeline of these articles, as after a loss of Redis; answers how many are."""
        articles = list((await self._index.get(ids, whole=False)).values())
        now = self._clock()
        if articles:
            await self._announcements.publish(
                [(article.id, indexed_event(article, now, recovered=True)) for article in articles]
            )
        return len(articles)

    async def run(self, *, every_s: float = 1.0) -> None:
        """Set every due time once, then announce what comes due, until cancelled."""
        planned = False
        while True:
            try:
                if not planned:
                    await self.recover_schedule()
                    planned = True
                while await self.announce_due() == DUE_SIZE:
                    pass
            except (IndexUnavailableError, StoreUnavailableError) as error:
                log.warning("embargoes wait: %s", error)
            await asyncio.sleep(every_s)

    async def _plan(self, articles: Collection[StoredArticle], now: float) -> None:
        due = {article.id: article.published for article in articles if is_embargoed(article, now)}
        if due:
            await self._schedule.put(due)

    async def _pages(self) -> AsyncIterator[Sequence[StoredArticle]]:
        after: str | None = None
        while page := await self._index.scan(after, SCAN_SIZE):
            yield page
            after = page[-1].id
