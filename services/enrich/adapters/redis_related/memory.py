"""The memory as its port describes it: keeping, settling and withdrawing articles."""

import logging
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, cast

from redis.asyncio import Redis

from services.enrich.adapters.redis_related import scripts
from services.enrich.adapters.redis_related.answers import members as members_of
from services.enrich.adapters.redis_related.lists import THOSE_BEHIND_S, Linking, Lists
from services.enrich.adapters.redis_related.neighbourhood import (
    Nearby,
    Neighbourhood,
    Surroundings,
    rank_of,
)
from services.enrich.adapters.redis_related.per_article import PerArticle
from services.enrich.adapters.redis_related.reading import Reading
from services.enrich.adapters.redis_related.records import (
    MEMBER_BYTES,
    Stored,
    key,
    member_of,
    pack,
    pack_card,
    pack_choices,
    pack_tombstone,
    posting,
    unpack_numbers,
)
from services.enrich.domain.curation import Curation
from services.enrich.ports import KnownArticle, RelatedList, Withdrawal

log = logging.getLogger(__name__)

_ATTEMPTS: Final = 20
_EMBARGO: Final = "rel:embargo"
_EMBARGOES: Final = 100
_AT_ONCE: Final = 5
_NEAR: Final = 1
# Times as many candidates when all are linked anew: then lists hardly depend on the order in which
# their articles came.
_FAR: Final = 4


@dataclass(frozen=True, slots=True)
class _Folding:
    """A copy: the member it is, the terms it is no longer found by, the member it is one of."""

    copy: bytes
    posted: Sequence[int]
    original: bytes


@dataclass(slots=True)
class _Settled:
    """What settling some articles left to do.

    Attributes:
        moved: of these a newer version came meanwhile.
        again: neighbours to be settled, because what they followed or were copies of is gone.
        freed: by article, the copies that are folded into it no longer.
    """

    moved: set[bytes] = field(default_factory=set)
    again: set[bytes] = field(default_factory=set)
    freed: dict[bytes, set[bytes]] = field(default_factory=dict)


class RedisRelatedMemory:
    """`shown`: how many links a list has; a change among these is worth an announcement."""

    def __init__(
        self,
        redis: Redis,
        *,
        shown: int = 10,
        clock: Callable[[], float] = time.time,
        pause_s: float = 5,
        longest_pause_s: float = 300,
    ) -> None:
        self._redis = redis
        self._clock = clock
        self._lists = Lists(redis, clock, shown, pause_s=pause_s, longest_pause_s=longest_pause_s)
        self._reading = Reading(redis, self._lists, shown, clock)
        self._neighbourhood = Neighbourhood(redis, clock)
        self._set_record = PerArticle(redis, scripts.SET_RECORD, "acot")
        self._choose = redis.register_script(scripts.CHOOSE)
        self._forget = redis.register_script(scripts.FORGET)
        self._lifted = redis.register_script(scripts.LIFTED)

    async def remember(self, articles: Sequence[KnownArticle]) -> None:
        await self._keep((a.id, a.version, pack(a), pack_card(a)) for a in articles)
        await self._settle([member_of(a.id) for a in articles], announce=False, reach=_NEAR)

    async def withdraw(self, withdrawals: Sequence[Withdrawal]) -> None:
        await self._keep((w.id, w.version, pack_tombstone(w.version), b"") for w in withdrawals)
        await self._settle([member_of(w.id) for w in withdrawals], announce=False, reach=_NEAR)

    async def lift_embargoes(self) -> None:
        answer = await self._redis.zrangebyscore(_EMBARGO, "-inf", self._clock(), 0, _EMBARGOES)
        due = cast("list[bytes]", answer)
        if due:
            await self._settle(due, announce=True, reach=_NEAR)
            await self._lifted(keys=[_EMBARGO], args=[self._clock(), *due])

    async def curate(self, article_id: str, curation: Curation) -> None:
        member = member_of(article_id)
        keys = [key("e", member), key("s", member)]
        choices = pack_choices(curation.related)
        async with self._redis.pipeline(transaction=False) as pipe:
            for pinned in curation.related.pin:
                pipe.zadd(key("n", member_of(pinned)), {member: 0})
            await pipe.execute()
        if await self._choose(keys=keys, args=[curation.number, choices]):
            await self._lists.make_due({member: self._clock()})

    async def read(self, article_ids: Sequence[str]) -> Sequence[RelatedList | None]:
        return await self._reading.read([member_of(each) for each in article_ids], self._clock())

    async def announced(self, lists: Sequence[RelatedList]) -> None:
        await self._reading.announced(lists)

    async def take_due(self, limit: int) -> Sequence[RelatedList]:
        taken = await self._lists.take_due(limit)
        read = await self._reading.read(taken, self._clock())
        changed = [each for each in read if each and each.changed]
        await self._tell_copies([member_of(each.id) for each in changed])
        announcing = {member_of(each.id) for each in changed}
        await self._lists.settled([member for member in taken if member not in announcing])
        return changed

    async def _tell_copies(self, originals: Sequence[bytes]) -> None:
        """Copies have the lists of their originals."""
        async with self._redis.pipeline(transaction=False) as pipe:
            for member in originals:
                pipe.zrange(key("d", member), 0, -1)
            copies = await pipe.execute()
        await self._lists.make_due_after({c for each in copies for c in each}, THOSE_BEHIND_S)

    async def settle_all(self) -> AsyncIterator[int]:
        """Link every article anew, with more of those around it than when each came.

        Answers after each batch how many were settled.
        """
        batch: list[bytes] = []
        async for name in self._redis.scan_iter(b"rel:a:*", count=1000):
            batch.append(name[-MEMBER_BYTES:])
            if len(batch) == _AT_ONCE:
                await self._settle(batch, announce=True, reach=_FAR)
                yield len(batch)
                batch = []
        await self._settle(batch, announce=True, reach=_FAR)
        yield len(batch)

    async def _keep(self, records: Iterable[tuple[str, int, bytes, bytes]]) -> None:
        await self._set_record(
            (member_of(id_), (version, record, card)) for id_, version, record, card in records
        )

    async def _settle(self, members: Sequence[bytes], *, announce: bool, reach: int) -> None:
        """Make postings, links and copies those of the present records, whoever set them.

        `reach`: how many times as many candidates as usual are looked for, and as far in time.
        """
        again = await self._settle_until_still(members, announce=announce, reach=reach)
        # Their pairs stand already: this finds whom they follow now, and moves nobody else.
        await self._settle_until_still(sorted(again), announce=True, reach=reach)

    async def _settle_until_still(
        self, members: Sequence[bytes], *, announce: bool, reach: int
    ) -> set[bytes]:
        pending = list(dict.fromkeys(members))
        again: set[bytes] = set()
        for _ in range(_ATTEMPTS):
            if not pending:
                return again
            settled = await self._settle_once(pending, announce=announce, reach=reach)
            again |= settled.again
            if settled.freed:
                freed = sorted(copy for copies in settled.freed.values() for copy in copies)
                again |= await self._settle_until_still(freed, announce=True, reach=reach)
                await self._let_go(settled.freed)
            pending = sorted(settled.moved)
        log.warning("related links not settled: articles keep moving")
        return again

    async def _settle_once(
        self, members: Sequence[bytes], *, announce: bool, reach: int
    ) -> _Settled:
        articles = await self._neighbourhood.standing(members)
        await self._keep_embargoes(articles)
        around = await self._neighbourhood.look_around(articles, reach)
        nearby = await self._neighbourhood.neighbours(
            articles,
            {member: each.candidates for member, each in around.items()},
            {member: each.standing for member, each in around.items()},
        )
        settled = _Settled()
        foldings = self._foldings(articles, nearby)
        settled.again |= await self._fold(foldings, nearby)
        await self._link(articles, around, nearby, foldings, settled, announce=announce)
        await self._tell_who_shows(articles, around)
        originals = {each.copy for each in foldings}
        await self._clean(around, originals, settled.moved)
        for member, each in nearby.items():
            free = {
                n.member
                for n in each.neighbours
                if n.member in around[member].copies and not n.pair.copy
            }
            if free and member not in settled.moved:
                settled.freed[member] = free
        return settled

    async def _tell_who_shows(
        self, articles: Mapping[bytes, Stored], around: Mapping[bytes, Surroundings]
    ) -> None:
        """Lists may stay what they are, and show another card or one that is gone."""
        gone: set[bytes] = set()
        changed: set[bytes] = set()
        for member, each in around.items():
            showing = each.pinned_in | (each.listing if each.untold else frozenset())
            (gone if articles[member].record is None else changed).update(showing)
        await self._lists.make_due_after(gone)
        await self._lists.make_due_as_changed(changed)

    async def _link(
        self,
        articles: Mapping[bytes, Stored],
        around: Mapping[bytes, Surroundings],
        nearby: Mapping[bytes, Nearby],
        foldings: Sequence[_Folding],
        settled: _Settled,
        *,
        announce: bool,
    ) -> None:
        """Link with the neighbours, and once more with those that have moved meanwhile."""
        now = self._clock()
        originals = {each.copy: each.original for each in foldings}
        copies: defaultdict[bytes, set[bytes]] = defaultdict(set)
        for folding in foldings:
            copies[folding.original].add(folding.copy)
        moved: Mapping[bytes, set[bytes]] = {}
        while nearby:
            linked = await self._lists.link(
                [
                    Linking(
                        member=member,
                        own=articles[member],
                        own_rank=rank_of(articles[member].live(now), member),
                        neighbours=each.neighbours,
                        around=around[member],
                        original=originals.get(member),
                        copies=copies[member],
                        again=moved.get(member, ()),
                    )
                    for member, each in nearby.items()
                ],
                announce=announce,
            )
            settled.moved |= linked.moved
            settled.again |= linked.lost
            moved = {m: others for m, others in linked.others.items() if m not in settled.moved}
            nearby = await self._neighbourhood.neighbours(articles, {}, moved) if moved else {}

    async def _keep_embargoes(self, articles: Mapping[bytes, Stored]) -> None:
        now = self._clock()
        times = {m: s.record.published for m, s in articles.items() if s.record}
        if future := {member: time for member, time in times.items() if time > now}:
            await self._redis.zadd(_EMBARGO, future)

    def _foldings(
        self, articles: Mapping[bytes, Stored], nearby: Mapping[bytes, Nearby]
    ) -> list[_Folding]:
        """Of copies the earliest alone keeps its postings.

        A thousand copies would otherwise fill all places for candidates of each other.
        """
        now = self._clock()
        foldings: list[_Folding] = []
        for member, each in nearby.items():
            live = articles[member].live(now)
            copies = [n for n in each.neighbours if n.pair.copy and n.live and not n.folded]
            earlier = [n for n in copies if n.rank < rank_of(live, member)]
            if live and earlier:
                original = min(earlier, key=lambda n: n.rank)
                foldings.append(_Folding(member, live.vector.posted, original.member))
            else:
                foldings += [
                    _Folding(n.member, n.live.vector.posted, member) for n in copies if n.live
                ]
        return foldings

    async def _fold(
        self, foldings: Sequence[_Folding], nearby: Mapping[bytes, Nearby]
    ) -> set[bytes]:
        """Take copies out of postings and lists; who followed one of them is answered."""
        folded = {each.copy for each in foldings}
        async with self._redis.pipeline(transaction=False) as pipe:
            for each in foldings:
                pipe.zadd(key("d", each.original), {each.copy: 0})
                pipe.set(key("f", each.copy), each.original)
                for number in each.posted:
                    pipe.zrem(posting(number), each.copy)
            for member, near in nearby.items():
                if near.folded_into is not None and member not in folded:
                    await self._forget(
                        keys=[key("f", member)], args=[near.folded_into], client=pipe
                    )
            await pipe.execute()
        listing = {copy: await members_of(self._redis, key("k", copy)) for copy in sorted(folded)}
        return await self._lists.drop(listing)

    async def _clean(
        self, around: Mapping[bytes, Surroundings], folded: set[bytes], moved: set[bytes]
    ) -> None:
        """Forget what is done: lists told of another card, postings of older versions.

        Those just written of what has moved since are taken back too.
        """
        async with self._redis.pipeline(transaction=False) as pipe:
            for member, each in around.items():
                if each.untold:
                    await self._forget(keys=[key("t", member)], args=[each.untold], client=pipe)
                gone = set(each.posted)
                if member not in moved:
                    standing = set() if member in folded else gone
                    gone = set(unpack_numbers(each.older)) - standing
                    if each.older:
                        older = key("o", member)
                        await self._forget(keys=[older], args=[each.older], client=pipe)
                for number in gone:
                    pipe.zrem(posting(number), member)
            await pipe.execute()

    async def _let_go(self, freed: Mapping[bytes, Iterable[bytes]]) -> None:
        async with self._redis.pipeline(transaction=False) as pipe:
            for member, copies in freed.items():
                pipe.zrem(key("d", member), *copies)
            await pipe.execute()
