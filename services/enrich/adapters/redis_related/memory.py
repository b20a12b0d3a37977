"""The memory as its port describes it: keeping, settling and withdrawing articles."""

import asyncio
import logging
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Final, cast

from redis.asyncio import Redis

from services.enrich.adapters.redis_related import scripts
from services.enrich.adapters.redis_related.answers import value
from services.enrich.adapters.redis_related.lists import Lists
from services.enrich.adapters.redis_related.neighbourhood import (
    Neighbour,
    Neighbourhood,
    Surroundings,
)
from services.enrich.adapters.redis_related.records import (
    Stored,
    key,
    member_of,
    pack,
    pack_card,
    pack_tombstone,
    posting,
    unpack,
    unpack_numbers,
)
from services.enrich.domain.curation import Curation
from services.enrich.ports import KnownArticle, RelatedList, Withdrawal

log = logging.getLogger(__name__)

_AT_ONCE: Final = 8
_ATTEMPTS: Final = 20
_EMBARGO: Final = "rel:embargo"
_EMBARGOES: Final = 100
_UNKNOWN: Final = Stored(b"", None)


class RedisRelatedMemory:
    """`shown`: how many links a list has; a change among these is worth an announcement."""

    def __init__(
        self,
        redis: Redis,
        *,
        shown: int = 10,
        clock: Callable[[], float] = time.time,
        pause_s: float = 5,
        long_pause_s: float = 60,
    ) -> None:
        self._redis = redis
        self._clock = clock
        self._lists = Lists(redis, clock, shown, pause_s=pause_s, long_pause_s=long_pause_s)
        self._neighbourhood = Neighbourhood(redis, clock)
        self._set_record = redis.register_script(scripts.SET_RECORD)
        self._cleaned = redis.register_script(scripts.CLEANED)

    async def remember(self, articles: Sequence[KnownArticle]) -> None:
        for article in articles:
            await self._keep(article.id, article.version, pack(article), pack_card(article))
        await self._settle_all(article.id for article in articles)

    async def withdraw(self, withdrawals: Sequence[Withdrawal]) -> None:
        for each in withdrawals:
            await self._keep(each.id, each.version, pack_tombstone(each.version), b"")
        await self._settle_all(each.id for each in withdrawals)

    async def lift_embargoes(self) -> None:
        due = await self._redis.zrangebyscore(_EMBARGO, "-inf", self._clock(), 0, _EMBARGOES)
        for member in cast("list[bytes]", due):
            await self._settle(member, announce=True)

    async def curate(self, article_id: str, curation: Curation) -> None:
        await self._lists.choose(member_of(article_id), curation)

    async def read(self, article_id: str) -> RelatedList | None:
        return await self._lists.read(member_of(article_id))

    async def announced(self, related: RelatedList) -> None:
        await self._lists.announced(related)

    async def take_due(self, limit: int) -> Sequence[RelatedList]:
        return await self._lists.take_due(limit)

    async def _keep(self, article_id: str, version: int, record: bytes, card: bytes) -> None:
        member = member_of(article_id)
        keys = [key("a", member), key("c", member), key("o", member)]
        await self._set_record(keys=keys, args=[version, record, card])

    async def _settle_all(self, article_ids: Iterable[str]) -> None:
        slots = asyncio.Semaphore(_AT_ONCE)

        async def settle(member: bytes) -> None:
            async with slots:
                await self._settle(member, announce=False)

        async with asyncio.TaskGroup() as group:
            for member in dict.fromkeys(map(member_of, article_ids)):
                group.create_task(settle(member))

    async def _settle(self, member: bytes, *, announce: bool) -> None:
        """Make postings, links and copies those of the present record, whoever set it."""
        for _ in range(_ATTEMPTS):
            raw = await value(self._redis, key("a", member))
            if raw is None:
                return
            own = unpack(raw)
            around = await self._look_around(member, own)
            if await self._settle_once(member, own, around, announce=announce):
                await self._settle_former_copies(member, around)
                return
            # A newer version came meanwhile; what was posted for the older one is taken back.
            await self._unpost(member, around.posted)
        log.warning("related links not settled: the article keeps moving")

    async def _look_around(self, member: bytes, own: Stored) -> Surroundings:
        now = self._clock()
        if own.record and own.record.published > now:
            await self._redis.zadd(_EMBARGO, {member: own.record.published})
        else:
            await self._redis.zrem(_EMBARGO, member)
        return await self._neighbourhood.look_around(member, own.live(now))

    async def _settle_once(
        self, member: bytes, own: Stored, around: Surroundings, *, announce: bool
    ) -> bool:
        neighbours = await self._neighbourhood.neighbours(own, around.considered)
        folded = await self._fold_copies(member, own, neighbours)
        while neighbours:
            moved = await self._lists.link(
                member, own, neighbours, around, folded=folded, announce=announce
            )
            if member in moved:
                return False
            neighbours = await self._neighbourhood.neighbours(own, moved)
        standing = set() if folded else set(around.posted)
        await self._unpost(member, set(unpack_numbers(around.older)) - standing)
        await self._cleaned(keys=[key("o", member)], args=[around.older])
        return bool(await self._redis.getrange(key("a", member), 0, 7) == own.version)

    async def _unpost(self, member: bytes, numbers: Iterable[int]) -> None:
        async with self._redis.pipeline(transaction=False) as pipe:
            for number in numbers:
                pipe.zrem(posting(number), member)
            await pipe.execute()

    async def _fold_copies(
        self, member: bytes, own: Stored, neighbours: Sequence[Neighbour]
    ) -> bool:
        """Of copies the earliest alone keeps its postings; says whether this one is folded.

        A thousand copies would otherwise fill all places for candidates of each other.
        """
        live = own.live(self._clock())
        copies = [n for n in neighbours if n.pair.copy and n.live and not n.folded]
        mine = (live.published if live else 0, member)
        earlier = [n for n in copies if n.rank < mine]
        if live and earlier:
            original = min(earlier, key=lambda n: n.rank)
            await self._fold(member, live.vector.posted(), original.member)
            return True
        await self._redis.delete(key("f", member))
        for copy in copies:
            if copy.live:
                await self._fold(copy.member, copy.live.vector.posted(), member)
        return False

    async def _fold(self, copy: bytes, posted: Iterable[int], original: bytes) -> None:
        await self._redis.zadd(key("d", original), {copy: 0})
        await self._redis.set(key("f", copy), original)
        await self._unpost(copy, posted)
        await self._lists.drop(copy)

    async def _settle_former_copies(self, member: bytes, around: Surroundings) -> None:
        """Copies of what was withdrawn or corrected stand for themselves again."""
        if not around.copies:
            return
        raw = await value(self._redis, key("a", member))
        own = unpack(raw) if raw else _UNKNOWN
        for copy in await self._neighbourhood.neighbours(own, around.copies):
            if not copy.pair.copy:
                await self._settle(copy.member, announce=True)
                await self._redis.zrem(key("d", member), copy.member)
