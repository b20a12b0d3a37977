"""FollowArticles: new articles that match, told to whoever listens, on every replica."""

from __future__ import annotations

import asyncio
import json
import logging
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from services.search.domain.positions import order_of
from services.search.domain.requests import SearchRequest
from services.search.ports import (
    IndexedLog,
    IndexUnavailableError,
    LoggedArticle,
    StoreUnavailableError,
)
from services.search.use_cases.find_articles import FindArticles
from services.search.use_cases.read_articles import ReadArticles

log = logging.getLogger(__name__)

BATCH = 200
WAIT_MS = 1000
GATHER_S = 0.1
"""New articles are looked at together, so that a question is put to the index once for many."""
AGAIN_S = 1.0
QUEUE = 100
REMEMBERED = 10_000
BACK = 5_000
FRESH = timedelta(minutes=15)

Card = Mapping[str, Any]


class TooManyFollowersError(Exception):
    """This replica follows as many questions as it may; another may have room, or later."""


class TooManyOfOneClientError(Exception):
    """One client follows as many questions here as it may."""


@dataclass(frozen=True, slots=True)
class Told:
    """A card and where it stood; without a card only how far the log was read.

    `missed`: what happened since the position that was asked for is not all known any more.
    """

    position: str
    card: Card | None = None
    missed: bool = False


@dataclass(eq=False, slots=True)
class _Follower:
    request: SearchRequest
    client: str
    key: str
    queue: asyncio.Queue[Told] = field(default_factory=lambda: asyncio.Queue(QUEUE))
    overrun: bool = False


class FollowArticles:
    """One reader of the log for all followers of a replica; it reads only while there are any.

    A follower that does not keep up is let go, and goes on from its last position when it comes
    again: no list grows without bound, and nobody waits for anybody.

    Args:
        limit: followers at a time.
        per_client: of these, those of one client.
    """

    def __init__(
        self,
        find_articles: FindArticles,
        read_articles: ReadArticles,
        log: IndexedLog,
        *,
        limit: int,
        per_client: int,
    ) -> None:
        self._find = find_articles
        self._read = read_articles
        self._log = log
        self._limit = limit
        self._per_client = per_client
        self._followers: set[_Follower] = set()
        self._position: str | None = None
        self._known: OrderedDict[tuple[str, int], None] = OrderedDict()
        self._wanted = asyncio.Event()
        self.stopping = False

    def stop(self) -> None:
        """Let every follower go at the next look: they come again elsewhere."""
        self.stopping = True

    @asynccontextmanager
    async def following(
        self, request: SearchRequest, last: str | None, *, client: str
    ) -> AsyncIterator[Callable[[float], AsyncIterator[Told]]]:
        """Follow a question; what it gives is called with the seconds after which to say "here".

        Args:
            request: the words and filters; how they are sorted or paged is no matter.
            last: the last position that the follower knows; None is now.
            client: who follows, by whatever tells clients apart.

        Raises:
            ParameterError: the question cannot be read.
            TooManyFollowersError: there are too many already.
            TooManyOfOneClientError: too many of them are this client's.
            StoreUnavailableError: the log is out of reach.
        """
        await self._find.among(request, ())
        if len(self._followers) >= self._limit or self.stopping:
            raise TooManyFollowersError
        if sum(one.client == client for one in self._followers) >= self._per_client:
            raise TooManyOfOneClientError
        key = json.dumps(request.identity, default=str, sort_keys=True)
        follower = _Follower(request, client, key)
        self._followers.add(follower)
        try:
            if self._position is None:
                self._begin_at(await self._log.end())
            joined = await self._log.end()
            self._wanted.set()
            yield lambda idle_s: self._told(follower, last, joined, idle_s)
        finally:
            self._followers.discard(follower)

    def _begin_at(self, position: str) -> None:
        """Unless another follower came first while this one asked."""
        self._position = self._position or position

    async def run(self) -> None:
        """Read the log and tell the followers, until cancelled."""
        while True:
            if not self._followers:
                self._position = None
                self._wanted.clear()
                await self._wanted.wait()
            try:
                await self._tell_next()
            except (IndexUnavailableError, StoreUnavailableError) as error:
                log.warning("followers wait: %s", error)
                await asyncio.sleep(AGAIN_S)

    async def _tell_next(self) -> None:
        if self._position is None:
            await asyncio.sleep(GATHER_S)
            return
        reached, entries = await self._log.after(self._position, limit=BATCH, wait_ms=WAIT_MS)
        # Whoever came before the entries were read hears of them.
        followers = list(self._followers)
        news = [one for one in entries if is_news(one) and self._is_new(one)]
        by_key: dict[str, list[Told]] = {}
        for follower in followers if news else ():
            if follower.key not in by_key:
                by_key[follower.key] = await self._matching(follower.request, news)
        for follower in followers:
            _hand_over(follower, by_key.get(follower.key, ()))
        self._remember(news)
        self._position = reached
        if entries:
            await asyncio.sleep(GATHER_S)

    async def _matching(
        self, request: SearchRequest, entries: Sequence[LoggedArticle]
    ) -> list[Told]:
        last = {entry.article_id: entry.position for entry in entries}
        found = await self._find.among(request, list(last))
        cards = await self._read.with_views(list(found.values()))
        told = [Told(last[card["id"]], card) for card in cards]
        return sorted(told, key=lambda one: order_of(one.position))

    async def _told(
        self, follower: _Follower, last: str | None, joined: str, idle_s: float
    ) -> AsyncIterator[Told]:
        """First what was missed since `last`, then what comes; a position when nothing did."""
        if last is not None and order_of(last) < order_of(joined):
            async for told in self._missed(follower.request, last, joined):
                yield told
        position = joined
        yield Told(position)
        quiet_s = 0.0
        while not self.stopping:
            try:
                told = await asyncio.wait_for(follower.queue.get(), AGAIN_S)
            except TimeoutError:
                if follower.overrun:
                    return
                quiet_s += AGAIN_S
                if quiet_s >= idle_s:
                    # All that was read is handed over, and the queue is empty.
                    position = max(position, self._position or position, key=order_of)
                    quiet_s = 0.0
                    yield Told(position)
                continue
            if order_of(told.position) > order_of(position):
                position = told.position
                quiet_s = 0.0
                yield told

    async def _missed(self, request: SearchRequest, last: str, until: str) -> AsyncIterator[Told]:
        if not await self._log.reaches_back_to(last):
            yield Told(last, missed=True)
        position, read = last, 0
        while order_of(position) < order_of(until) and read < BACK and not self.stopping:
            reached, entries = await self._log.after(position, limit=BATCH)
            if reached == position:
                return
            within = [one for one in entries if order_of(one.position) <= order_of(until)]
            for told in await self._matching(request, [one for one in within if is_news(one)]):
                yield told
            position, read = reached, read + BATCH
        if order_of(position) < order_of(until):
            yield Told(until, missed=True)

    def _is_new(self, entry: LoggedArticle) -> bool:
        return (entry.article_id, entry.event.revision) not in self._known

    def _remember(self, entries: Sequence[LoggedArticle]) -> None:
        for entry in entries:
            self._known[entry.article_id, entry.event.revision] = None
        while len(self._known) > REMEMBERED:
            self._known.popitem(last=False)


def is_news(entry: LoggedArticle) -> bool:
    """Whether an article, or a new revision of one, became visible by this.

    What is told after a loss of Redis, and articles enriched anew long after they came, is no news.
    """
    event = entry.event
    if event.withdrawn or event.recovered or event.embargoed_until is not None:
        return False
    moments = [moment for moment in (event.accepted_at, event.published_at) if moment]
    recent = any(timedelta() <= entry.time - moment < FRESH for moment in moments)
    return event.number <= 1 or recent


def _hand_over(follower: _Follower, told: Sequence[Told]) -> None:
    for one in () if follower.overrun else told:
        try:
            follower.queue.put_nowait(one)
        except asyncio.QueueFull:
            follower.overrun = True
            return
