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
from services.enrich.adapters.redis_related.per_article import Argument, PerArticle
from services.enrich.adapters.redis_related.records import Stored, key, unpack
from services.enrich.domain.related import SCALE, Rank, kinship

KEPT: Final = 30
DUE: Final = "rel:{due}"
TAKEN: Final = "rel:{due}:taken"
_LEASE_S: Final = 60
_MOVED, _TAKEN_OUT = -1, 2
# A list that was left alone for so long is announced as soon as a new one.
QUIET_S: Final = 3600
_LONGER: Final = 3
# From then on a pause is the longest anyway, and no float has room for many more.
_TIMES_LONGER: Final = 60
# Copies that have the list of another, articles that are of the story of another: there may be many
# of them, so they may take longer.
THOSE_BEHIND_S: Final = 60


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
    """Links in one list, and in whose lists its article comes to be."""

    owner: bytes
    stored: Stored
    links: Sequence[Link]
    listing: Sequence[bytes] = ()


class _Answer(NamedTuple):
    """`refreshes`, `refreshed`: how often the list was announced, and when last, in seconds.

    `gone`: members that the list no longer has.
    """

    announce: int
    lost: int
    refreshes: bytes | None
    refreshed: bytes | None
    gone: Sequence[bytes]


_Written = tuple[_Write, _Answer]


class Lists:
    def __init__(
        self,
        redis: Redis,
        clock: Callable[[], float],
        shown: int,
        *,
        pause_s: float,
        longest_pause_s: float,
    ) -> None:
        self._redis = redis
        self._clock = clock
        self._shown = shown
        self._pauses = (pause_s, max(pause_s, longest_pause_s))
        self._link = PerArticle(redis, scripts.LINK, "lsak")
        self._unlisted = PerArticle(redis, scripts.UNLISTED, "k")
        self._take = redis.register_script(TAKE)

    async def link(self, linkings: Sequence[Linking], *, announce: bool) -> Linked:
        """Write each pair into both lists.

        The own list before the other's: a neighbour that moves afterwards finds the link there and
        mends it; one that moved before says so.
        """
        linked = Linked()
        others = [each.others_links() for each in linkings]
        own = [
            _Write(
                each.member,
                each.own,
                each.own_links(),
                [n.member for n, link in links if link.score],
            )
            for each, links in zip(linkings, others, strict=True)
        ]
        own_written = await self._write(own)
        linked.moved |= {write.owner for write, answer in own_written if answer.announce == _MOVED}
        theirs = [
            (each.member, _other_write(n, link, own_list))
            for each, links, own_list in zip(linkings, others, map(_listed, own), strict=True)
            if each.member not in linked.moved
            for n, link in links
        ]
        written = await self._write([write for _, write in theirs])
        for (member, _), (write, answer) in zip(theirs, written, strict=True):
            if answer.announce == _MOVED:
                linked.others[member].add(write.owner)
            elif answer.lost:
                linked.lost.add(write.owner)
        await self._make_written_due([*written, *own_written] if announce else written)
        await self._unlist([*written, *own_written])
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
        written = await self._write(writes)
        await self._make_written_due(written)
        await self._unlist(written)
        return {write.owner for write, answer in written if answer.lost}

    async def _write(self, writes: Sequence[_Write]) -> list[_Written]:
        answers = await self._link((write.owner, self._arguments(write)) for write in writes)
        return [
            (write, _Answer(announce, lost, refreshes, refreshed, gone))
            for write, (announce, lost, refreshes, refreshed, *gone) in zip(
                writes, answers, strict=True
            )
        ]

    def _arguments(self, write: _Write) -> list[Argument]:
        listing: list[Argument] = [value for member in write.listing for value in (0, member)]
        arguments = [write.stored.version, KEPT, self._shown, len(listing), *listing]
        for link in write.links:
            arguments += link
        return arguments

    async def _unlist(self, written: Iterable[_Written]) -> None:
        """Only when those lists are due: who does it again after a crash finds them by these.

        A back reference too few, after a race, costs a late announcement: whoever reads a list
        leaves out what is gone.
        """
        unlisted: defaultdict[bytes, list[bytes]] = defaultdict(list)
        for write, answer in written:
            for member in answer.gone:
                unlisted[member].append(write.owner)
        await self._unlisted(unlisted.items())

    async def _make_written_due(self, written: Iterable[_Written]) -> None:
        now = self._clock()
        due: dict[bytes, float] = {}
        for write, answer in written:
            if answer.announce > 0:
                at = now + self._answered_pause(answer, now)
                due[write.owner] = min(at, due.get(write.owner, at))
        await self.make_due(due)

    async def make_due(self, due: Mapping[bytes, float]) -> None:
        """Announce these at their times, if they are not due before."""
        if due:
            # The earliest time stands: changes that go on must not put it off for ever.
            await self._redis.zadd(DUE, dict(due), lt=True)

    async def make_due_as_changed(self, members: Iterable[bytes], least_s: float = 0) -> None:
        """Announce these when a change of their lists would be, but not within `least_s`."""
        changed = sorted(set(members))
        async with self._redis.pipeline(transaction=False) as pipe:
            for member in changed:
                pipe.hmget(key("s", member), ["refreshes", "refreshed"])
            states = await pipe.execute()
        now = self._clock()
        await self.make_due(
            {
                member: now + max(least_s, self._pause(refreshes, refreshed, now))
                for member, (refreshes, refreshed) in zip(changed, states, strict=True)
            }
        )

    def _answered_pause(self, answer: _Answer, now: float) -> float:
        # Something new may wait; what is withdrawn or no longer alike is not shown on meanwhile.
        if answer.announce == _TAKEN_OUT:
            return self._pauses[0]
        return self._pause(answer.refreshes, answer.refreshed, now)

    def _pause(self, refreshes: bytes | None, refreshed: bytes | None, now: float) -> float:
        """Three times as long from each announcement to the next.

        So a list that changes all the time is announced a few times, not all the time: soon at
        first, and later at a pace that is that of its story.
        """
        shortest, longest = self._pauses
        if refreshes is None or refreshed is None or now - float(refreshed) >= QUIET_S:
            return shortest
        return float(min(shortest * _LONGER ** min(int(refreshes) - 1, _TIMES_LONGER), longest))

    async def make_due_after(self, members: Iterable[bytes], pause_s: float = 0) -> None:
        """Announce these after a pause, at least the shortest, however often they were."""
        at = self._clock() + max(self._pauses[0], pause_s)
        await self.make_due(dict.fromkeys(members, at))

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
    listing = [link.member] if neighbour.member in listed else []
    return _Write(neighbour.member, neighbour.stored, [link], listing)
