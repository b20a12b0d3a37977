"""The lists: linking two articles, announcing what changed, reading what a reader may see."""

import asyncio
import heapq
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, Final

from redis.asyncio import Redis

from services.enrich.adapters.redis_related import scripts
from services.enrich.adapters.redis_related.answers import members, values
from services.enrich.adapters.redis_related.neighbourhood import Neighbour, Surroundings
from services.enrich.adapters.redis_related.records import (
    Stored,
    key,
    member_of,
    pack_choices,
    unpack,
    unpack_card,
    unpack_choices,
)
from services.enrich.domain.curation import Curation
from services.enrich.domain.related import SCALE, Record, score_pairs, shared_numbers
from services.enrich.ports import RelatedList
from shared.events import RelatedLink

KEPT: Final = 30
DUE: Final = "rel:{due}"
TAKEN: Final = "rel:{due}:taken"
_LEASE_S: Final = 60
# From so many announcements on, a list is announced less often.
_MANY: Final = 20
_NAMED: Final = 3
PINNED: Final = "Chosen by an editor"
_MOVED, _OFTEN = -1, 2


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
        self._read = redis.register_script(scripts.READ)
        self._announced = redis.register_script(scripts.ANNOUNCED)
        self._take = redis.register_script(scripts.TAKE)
        self._choose = redis.register_script(scripts.CHOOSE)

    async def link(
        self,
        member: bytes,
        own: Stored,
        neighbours: Sequence[Neighbour],
        around: Surroundings,
        *,
        folded: bool,
        announce: bool,
    ) -> set[bytes]:
        """Write each pair into both lists; answers whose version is no longer the one scored.

        Back references first: no list may have a member that does not know of it. The own list
        before the other's: a neighbour that moves afterwards finds the link there and mends it.
        """
        ours = [(n, 0 if n.folded else n.pair.score) for n in neighbours]
        best = heapq.nsmallest(KEPT, ours, key=lambda link: (-link[1], link[0].member))
        gone = [(n, 0) for n, score in ours if not score and n.member in around.listed]
        ours = [(n, score) for n, score in best if score] + gone
        theirs = [(n, 0 if folded else n.pair.score) for n in neighbours]
        theirs = [(n, score) for n, score in theirs if score or n.member in around.listing]
        async with self._redis.pipeline(transaction=False) as pipe:
            for neighbour, score in ours:
                if score:
                    pipe.zadd(key("k", neighbour.member), {member: 0})
            if listing := {n.member: 0 for n, score in theirs if score}:
                pipe.zadd(key("k", member), listing)
            await pipe.execute()
        own_answers = await self._write((member, own, n.member, score) for n, score in ours)
        other_answers = await self._write(
            (n.member, n.stored, member, score) for n, score in theirs
        )
        if _MOVED in own_answers:
            return {member}
        changed = [(n.member, answer) for (n, _), answer in zip(theirs, other_answers, strict=True)]
        if announce and own_answers:
            changed.append((member, max(own_answers)))
        await self._make_due(changed)
        return {other for other, answer in changed if answer == _MOVED}

    async def drop(self, member: bytes) -> None:
        """Take an article out of all lists of others."""
        listing = await members(self._redis, key("k", member))
        raws = await values(self._redis, [key("a", m) for m in listing])
        found = [(m, unpack(raw)) for m, raw in zip(listing, raws, strict=True) if raw]
        answers = await self._write((m, stored, member, 0) for m, stored in found)
        await self._make_due([(m, a) for (m, _), a in zip(found, answers, strict=True)])

    async def choose(self, member: bytes, curation: Curation) -> None:
        """Keep the editors' choice of links, and have the list announced at once."""
        choices = pack_choices(curation.related)
        keys = [key("e", member), key("s", member)]
        if await self._choose(keys=keys, args=[curation.number, choices]):
            await self._redis.zadd(DUE, {member: self._clock()})

    async def _write(self, links: Iterable[tuple[bytes, Stored, bytes, int]]) -> list[int]:
        """Each link: whose list, as of which record, the member, the score."""
        owners = []
        async with self._redis.pipeline(transaction=False) as pipe:
            for owner, stored, member, score in links:
                owners.append(owner)
                await self._link(
                    keys=[key("l", owner), key("s", owner), key("a", owner)],
                    args=[stored.version, member, score, KEPT, self._shown, _MANY],
                    client=pipe,
                )
            answers = await pipe.execute()
            # A back reference too few, after a race, costs a late announcement: whoever reads a
            # list leaves out what is gone.
            for owner, (_, gone) in zip(owners, answers, strict=True):
                if gone:
                    pipe.zrem(key("k", gone), owner)
            await pipe.execute()
        return [int(answer) for answer, _ in answers]

    async def _make_due(self, changed: Iterable[tuple[bytes, int]]) -> None:
        now = self._clock()
        short, long = self._pauses
        due = {
            member: now + (long if answer == _OFTEN else short)
            for member, answer in changed
            if answer > 0
        }
        if due:
            # The first change sets the time: later ones must not put it off for ever.
            await self._redis.zadd(DUE, due, nx=True)

    async def take_due(self, limit: int) -> Sequence[RelatedList]:
        """Lists to announce, leased for a minute; those that say nothing new are settled here."""
        changed = []
        for member in await self._take(keys=[DUE, TAKEN], args=[self._clock(), limit, _LEASE_S]):
            related = await self.read(member)
            if related is not None and related.changed:
                changed.append(related)
            else:
                await self._redis.zrem(TAKEN, member)
        return changed

    async def announced(self, related: RelatedList) -> None:
        member = member_of(related.id)
        digest = _digest(related.links)
        await self._announced(keys=[key("s", member)], args=[related.number, digest])
        await self._redis.zrem(TAKEN, member)

    async def read(self, member: bytes) -> RelatedList | None:
        number, announced, flat, choices = await self._read(
            keys=[key("l", member), key("s", member), key("e", member)]
        )
        chosen = unpack_choices(choices)
        pinned = {other: SCALE for other in map(member_of, chosen.pin) if other != member}
        scores = {flat[at]: int(float(flat[at + 1])) for at in range(0, len(flat), 2)}
        scores = pinned | {other: score for other, score in scores.items() if other not in pinned}
        for banned in map(member_of, chosen.ban):
            scores.pop(banned, None)
        shown = [member, *scores]
        cards, records, folds = await asyncio.gather(
            *(values(self._redis, [key(kind, m) for m in shown]) for kind in ("c", "a", "f"))
        )
        if cards[0] is None:
            return None
        own_card = unpack_card(cards[0])
        own = unpack(records[0]).live(self._clock()) if records[0] else None
        found = zip(scores.items(), cards[1:], records[1:], folds[1:], strict=True)
        now = self._clock()
        visible = [
            _Visible(unpack_card(card), record, score, pinned=other in pinned)
            for (other, score), card, raw, fold in found
            if card and raw and (fold is None or other in pinned)
            if (record := unpack(raw).live(now))
        ]
        links = _links(own_card, own, visible, self._shown) if own else ()
        return RelatedList(
            id=own_card["id"],
            generation=own_card["generation"],
            number=int(number),
            links=links,
            changed=_digest(links) != announced,
        )


@dataclass(frozen=True, slots=True)
class _Visible:
    card: dict[str, Any]
    record: Record
    score: int
    pinned: bool


def _links(
    own_card: dict[str, Any], own: Record, visible: Sequence[_Visible], limit: int
) -> tuple[RelatedLink, ...]:
    """What editors pinned, then the best of what is visible, no text twice."""
    chosen: list[RelatedLink] = []
    records: list[Record] = []
    for each in visible:
        card, record = each.card, each.record
        if len(chosen) == limit:
            break
        if not each.pinned and any(pair.copy for pair in score_pairs(record, records)):
            continue
        records.append(record)
        reason = PINNED if each.pinned else _reason((own_card, own), (card, record))
        chosen.append(
            RelatedLink(
                id=card["id"],
                title=card["title"],
                url=card["url"],
                published_at=card["published_at"],
                read_minutes=card["read_minutes"],
                score=min(1.0, each.score / SCALE),
                reason=reason,
            )
        )
    return tuple(chosen)


def _reason(own: tuple[dict[str, Any], Record], other: tuple[dict[str, Any], Record]) -> str:
    """The shared terms of most weight, as they are written in one of the articles."""
    written: dict[int, str] = {}
    for card, record in (other, own):
        written |= zip(record.vector.posted(), card["written"], strict=False)
    shared = shared_numbers(own[1].vector, other[1].vector)
    named = list(dict.fromkeys(word for n in shared if (word := written.get(n))))[:_NAMED]
    return f"Both mention {', '.join(named)}" if named else "Similar words"


def _digest(links: Sequence[RelatedLink]) -> bytes:
    ids = "\0".join(link.id for link in links)
    return blake2b(ids.encode("utf-8", "replace"), digest_size=8).hexdigest().encode()
