"""The lists: linking two articles, and which lists are to be announced."""

import heapq
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple, cast

from redis.asyncio import Redis

from services.enrich.adapters.redis_due import TAKE
from services.enrich.adapters.redis_related import scripts
from services.enrich.adapters.redis_related.answers import records
from services.enrich.adapters.redis_related.neighbourhood import Neighbour, Surroundings
from services.enrich.adapters.redis_related.records import Stored, key, unpack
from services.enrich.domain.related import SCALE, Rank, kinship

KEPT: Final = 30
DUE: Final = "rel:{due}"
TAKEN: Final = "rel:{due}:taken"
_LEASE_S: Final = 60
# From so many announcements on, a list is announced less often.
_MANY: Final = 5
_MOVED, _SOON, _OFTEN = -1, 1, 2


class Link(NamedTuple):
    """A place in a list; `score` 0 takes it out, `kin` is that of `domain.related.kinship`."""

    member: bytes
    score: int
    kin: int


@dataclass(frozen=True, slots=True)
class Linking:
    """An article and what it is to be linked with.

    Attributes:
        original: the member it is folded into, if it is a copy.
        copies: members that are folded into it now.
        again: members whose links were written before and whose articles moved meanwhile.
    """

    member: bytes
    own: Stored
    own_rank: Rank
    neighbours: Sequence[Neighbour]
    around: Surroundings
    original: bytes | None
    copies: Collection[bytes]
    again: Collection[bytes] = ()

    def own_links(self) -> list[Link]:
        pairs = [(n, 0 if n.folded else n.pair.score) for n in self.neighbours]
        best = heapq.nlargest(KEPT, pairs, key=lambda link: (link[1], link[0].member))
        kept = {n.member for n, score in best if score}
        kin = {n.member: self._own_kinship(n) for n in self.neighbours}
        nearest = min(kin, key=lambda member: (-kin[member], member), default=b"")
        links = []
        for n, score in pairs:
            if n.member in kept or (n.member == nearest and kin[nearest]):
                links.append(Link(n.member, score, kin[n.member]))
            elif not score and (n.member in self.around.listed or n.member in self.again):
                links.append(Link(n.member, 0, 0))
        return links

    def _own_kinship(self, neighbour: Neighbour) -> int:
        if self.original is not None:
            return SCALE if neighbour.member == self.original else 0
        if neighbour.folded or neighbour.live is None:
            return 0
        return kinship(self.own_rank, neighbour.rank, neighbour.pair)

    def others_links(self) -> list[tuple[Neighbour, Link]]:
        """What stands in the lists of others; also where nothing but their knowing of it does."""
        links = []
        for n in self.neighbours:
            score = 0 if self.original else n.pair.score
            kin = 0 if self.original or not n.live else self._others_kinship(n)
            known = n.member in self.around.listing or n.member in self.around.copies
            if kin or known or n.member in self.again or n.pair.score:
                links.append((n, Link(self.member, score, kin)))
        return links

    def _others_kinship(self, neighbour: Neighbour) -> int:
        folded_here = neighbour.member in self.copies or neighbour.member in self.around.copies
        if folded_here or neighbour.folded:
            return SCALE if folded_here and neighbour.pair.copy else 0
        return kinship(neighbour.rank, self.own_rank, neighbour.pair)


@dataclass(slots=True)
class Linked:
    """What linking found out: articles that have moved, and those to be settled again.

    Attributes:
        moved: articles whose own version is no longer the one settled.
        others: by article, neighbours whose version is no longer the one scored.
        lost: articles whose nearest earlier article is no longer so near: another may be nearer.
    """

    moved: set[bytes] = field(default_factory=set)
    others: defaultdict[bytes, set[bytes]] = field(default_factory=lambda: defaultdict(set))
    lost: set[bytes] = field(default_factory=set)


class _Write(NamedTuple):
    """Links in one list, and who is now listed by its article (b"" for nobody new)."""

    owner: bytes
    stored: Stored
    links: Sequence[Link]
    listed_by: bytes = b""


class _Answer(NamedTuple):
    announce: int
    lost: bool


class Lists:
    def __init__(
        self,
        redis: Redis,
        clock: Callable[[], float],
        shown: int,
        *,
        pause_s: float,
        long_pause_s: float,
    ) -> None:
        self._redis = redis
        self._clock = clock
        self._shown = shown
        self._pauses = (pause_s, long_pause_s)
        self._link = redis.register_script(scripts.LINK)
        self._take = redis.register_script(TAKE)

    async def link(self, linkings: Sequence[Linking], *, announce: bool) -> Linked:
        """Write each pair into both lists.

        The own list before the other's: a neighbour that moves afterwards finds the link there and
        mends it; one that moved before says so.
        """
        linked = Linked()
        own = [_Write(each.member, each.own, each.own_links()) for each in linkings]
        async with self._redis.pipeline(transaction=False) as pipe:
            for each in linkings:
                listing = [n.member for n, link in each.others_links() if link.score]
                if listing:
                    pipe.zadd(key("k", each.member), dict.fromkeys(listing, 0))
            await pipe.execute()
        own_answers = await self._write(own)
        linked.moved |= {w.owner for w, a in zip(own, own_answers, strict=True) if a.announce < 0}
        theirs = [
            (each.member, _other_write(n, link, own_list))
            for each, own_list in zip(linkings, map(_listed, own), strict=True)
            if each.member not in linked.moved
            for n, link in each.others_links()
        ]
        other_answers = await self._write([write for _, write in theirs])
        for (member, write), answer in zip(theirs, other_answers, strict=True):
            if answer.announce == _MOVED:
                linked.others[member].add(write.owner)
            elif answer.lost:
                linked.lost.add(write.owner)
        changed = [(w.owner, a.announce) for (_, w), a in zip(theirs, other_answers, strict=True)]
        if announce:
            changed += [(w.owner, a.announce) for w, a in zip(own, own_answers, strict=True)]
        await self._make_due(changed)
        return linked

    async def drop(self, listing: Mapping[bytes, Sequence[bytes]]) -> set[bytes]:
        """Take articles out of all lists of others; who followed one of them is answered."""
        owners = sorted({owner for owners in listing.values() for owner in owners})
        if not owners:
            return set()
        stored = {o: unpack(raw) for o, raw in (await records(self._redis, owners)).items()}
        writes = [
            _Write(owner, stored[owner], [Link(member, 0, 0)])
            for member, owners_ in listing.items()
            for owner in owners_
            if owner in stored
        ]
        answers = await self._write(writes)
        pairs = list(zip(writes, answers, strict=True))
        await self._make_due([(write.owner, answer.announce) for write, answer in pairs])
        return {write.owner for write, answer in pairs if answer.lost}

    async def _write(self, writes: Sequence[_Write]) -> list[_Answer]:
        async with self._redis.pipeline(transaction=False) as pipe:
            for owner, stored, links, listed_by in writes:
                await self._link(
                    keys=[key(kind, owner) for kind in ("l", "s", "a", "k")],
                    args=[
                        *(stored.version, KEPT, self._shown, _MANY, listed_by),
                        *(value for link in links for value in link),
                    ],
                    client=pipe,
                )
            answers = await pipe.execute()
            # A back reference too few, after a race, costs a late announcement: whoever reads a
            # list leaves out what is gone.
            unlisted: defaultdict[bytes, list[bytes]] = defaultdict(list)
            for write, (_, _, *gone) in zip(writes, answers, strict=True):
                for member in gone:
                    unlisted[member].append(write.owner)
            for member, owners in unlisted.items():
                pipe.zrem(key("k", member), *owners)
            await pipe.execute()
        return [_Answer(int(announce), bool(lost)) for announce, lost, *_ in answers]

    async def _make_due(self, changed: Iterable[tuple[bytes, int]]) -> None:
        now = self._clock()
        short, long = self._pauses
        await self.make_due(
            {
                member: now + (long if answer == _OFTEN else short)
                for member, answer in changed
                if answer > 0
            }
        )

    async def make_due(self, due: Mapping[bytes, float]) -> None:
        """Announce these at their times, if they are not due before."""
        if due:
            # The earliest time stands: changes that go on must not put it off for ever.
            await self._redis.zadd(DUE, dict(due), lt=True)

    async def make_due_as_changed(self, members: Iterable[bytes]) -> None:
        """Announce these when a change of their lists would be: those announced often, later."""
        changed = sorted(set(members))
        async with self._redis.pipeline(transaction=False) as pipe:
            for member in changed:
                pipe.hget(key("s", member), "refreshes")
            refreshes = await pipe.execute()
        often = [int(count or 0) >= _MANY for count in refreshes]
        await self._make_due(
            (member, _OFTEN if each else _SOON) for member, each in zip(changed, often, strict=True)
        )

    async def make_due_later(self, members: Iterable[bytes]) -> None:
        await self._make_due((member, _OFTEN) for member in members)

    async def take_due(self, limit: int) -> list[bytes]:
        """Members whose lists are to be announced, leased for a minute."""
        answer = await self._take(keys=[DUE, TAKEN], args=[self._clock(), limit, _LEASE_S])
        return cast("list[bytes]", answer)

    async def settled(self, members: Sequence[bytes]) -> None:
        """These are announced, or say nothing new: they are no longer leased."""
        if members:
            await self._redis.zrem(TAKEN, *members)


def _listed(write: _Write) -> frozenset[bytes]:
    return frozenset(link.member for link in write.links if link.score)


def _other_write(neighbour: Neighbour, link: Link, listed: frozenset[bytes]) -> _Write:
    back = link.member if neighbour.member in listed else b""
    return _Write(neighbour.member, neighbour.stored, [link], back)
