"""Finding the articles near some, and scoring them."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import numpy as np
from redis.asyncio import Redis

from services.enrich.adapters.redis_related import scripts
from services.enrich.adapters.redis_related.answers import records, values
from services.enrich.adapters.redis_related.per_article import PerArticle
from services.enrich.adapters.redis_related.records import (
    MEMBER_BYTES,
    Stored,
    by_slot,
    is_tombstone,
    key,
    posting,
    posting_slot,
    unpack,
    unpack_columns,
)
from services.enrich.domain.related import NO_PAIR, Pair, Rank, Record, score_pairs

# Read on either side of the article's own time, in each posting: the same window from both ends of
# a pair, so lists hardly depend on the order in which articles come.
_SIDE: Final = 64
_CANDIDATES: Final = 100
# A call holds Redis up for all others: some 50 microseconds for each posting.
_POSTED_AT_ONCE: Final = 100


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Another article as it stands, and its pair with the one being settled."""

    member: bytes
    stored: Stored
    live: Record | None
    folded: bool
    pair: Pair

    @property
    def rank(self) -> Rank:
        """Of two copies the lower one is the original."""
        return rank_of(self.live, self.member)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What stands around an article.

    Attributes:
        posted: the terms under which it now stands.
        candidates: members that may be related.
        listed: members in its list; `listing` those whose lists may have it; `pinned_in` those
            where an editor may have pinned it.
        copies: members folded into it.
        older: terms of older versions, as bytes.
        untold: names the card that those in `listing` have not been made due for; b"" for none.
    """

    posted: Sequence[int]
    candidates: frozenset[bytes]
    listed: frozenset[bytes]
    listing: frozenset[bytes]
    pinned_in: frozenset[bytes]
    copies: frozenset[bytes]
    older: bytes
    untold: bytes

    @property
    def standing(self) -> frozenset[bytes]:
        """Members with which it has been linked, whatever has become of them."""
        return self.listed | self.listing | self.copies


@dataclass(frozen=True, slots=True)
class Nearby:
    """`folded_into` is the member this article is a copy of, as it stood before."""

    neighbours: Sequence[Neighbour]
    folded_into: bytes | None


def rank_of(live: Record | None, member: bytes) -> Rank:
    return (live.published if live else 0, member)


class _Place(NamedTuple):
    """Of an article in the posting of a term."""

    number: int
    member: bytes
    time: int


class Neighbourhood:
    def __init__(self, redis: Redis, clock: Callable[[], float]) -> None:
        self._redis = redis
        self._clock = clock
        self._post = redis.register_script(scripts.POST)
        self._around = PerArticle(redis, scripts.AROUND, "lkndot")

    async def look_around(
        self, articles: Mapping[bytes, Stored], reach: int
    ) -> Mapping[bytes, Surroundings]:
        """Post the articles, then read: of two that come at once, the later reader sees both.

        `reach`: how many times as far in each posting, and as many candidates.
        """
        now = self._clock()
        lives = {member: stored.live(now) for member, stored in articles.items()}
        calls = _calls(lives, _POSTED_AT_ONCE // reach)
        async with self._redis.pipeline(transaction=False) as pipe:
            for call in calls:
                names = [posting(place.number) for place in call]
                args = [value for place in call for value in (place.member, place.time)]
                await self._post(keys=names, args=[_SIDE * reach, *args], client=pipe)
            around = await self._around.ask(pipe, [(member, ()) for member in lives])
            answers = await pipe.execute()
        windows: defaultdict[bytes, dict[int, bytes]] = defaultdict(dict)
        for call, answer in zip(calls, answers[: len(calls)], strict=True):
            for place, window in zip(call, answer, strict=True):
                windows[place.member][place.number] = window
        return {
            member: _surroundings(member, live, windows[member], found, reach)
            for (member, live), found in zip(lives.items(), around.answers(answers), strict=True)
        }

    async def neighbours(
        self,
        articles: Mapping[bytes, Stored],
        candidates: Mapping[bytes, frozenset[bytes]],
        standing: Mapping[bytes, Collection[bytes]],
    ) -> Mapping[bytes, Nearby]:
        """By article: candidates that are related or copies, and all known that are standing."""
        wanted = {m: candidates.get(m, frozenset()).union(standing[m]) for m in standing}
        known = sorted({m for members in wanted.values() for m in members})
        raws = await records(self._redis, known)
        now = self._clock()
        pairs = {
            member: [
                (other, pair)
                for other, pair in _pairs(articles[member].live(now), raws, members, now)
                if pair.score or pair.copy or other in standing[member]
            ]
            for member, members in wanted.items()
        }
        near = sorted({*pairs, *(other for found in pairs.values() for other, _ in found)})
        folds = await values(self._redis, [key("f", member) for member in near])
        folded = dict(zip(near, folds, strict=True))
        return {
            member: Nearby(
                [
                    Neighbour(
                        other,
                        stored := unpack(raws[other]),
                        stored.live(now),
                        folded[other] is not None,
                        pair,
                    )
                    for other, pair in found
                ],
                folded[member],
            )
            for member, found in pairs.items()
        }

    async def standing(self, members: Sequence[bytes]) -> Mapping[bytes, Stored]:
        """The records of these articles; unknown ones are left out."""
        return {m: unpack(raw) for m, raw in (await records(self._redis, members)).items()}


def _calls(lives: Mapping[bytes, Record | None], most: int) -> list[Sequence[_Place]]:
    """What is posted with one call: in one slot, whichever articles it is of."""
    places = (
        _Place(number, member, live.published)
        for member, live in lives.items()
        if live
        for number in live.vector.posted
    )
    return by_slot(places, lambda place: posting_slot(place.number), most)


def _surroundings(
    member: bytes,
    live: Record | None,
    windows: Mapping[int, bytes],
    around: Sequence[Any],
    reach: int,
) -> Surroundings:
    listed, listing, pinned_in, copies = map(frozenset, around[:4])
    candidates = _heaviest(live, windows, _CANDIDATES * reach) if live else frozenset()
    return Surroundings(
        posted=list(windows),
        candidates=candidates - {member},
        listed=listed,
        listing=listing,
        pinned_in=pinned_in,
        copies=copies,
        older=around[4],
        untold=around[5],
    )


def _heaviest(live: Record, windows: Mapping[int, bytes], most: int) -> frozenset[bytes]:
    """The candidates with most weight in common, by the article's own weights."""
    if not windows:
        return frozenset()
    vector = live.vector
    weight_of = dict(zip(vector.numbers.tolist(), vector.weights.tolist(), strict=True))
    members = np.frombuffer(b"".join(windows.values()), f"S{MEMBER_BYTES}")
    counts = [len(window) // MEMBER_BYTES for window in windows.values()]
    weights = np.repeat([weight_of[number] for number in windows], counts)
    # Sorted by member, and so are ties after a stable sort.
    distinct, places = np.unique(members, return_inverse=True)
    sums = np.bincount(places, weights, len(distinct))
    return frozenset(distinct[np.argsort(-sums, kind="stable")[:most]].tolist())


def _pairs(
    own: Record | None, raws: Mapping[bytes, bytes], members: Iterable[bytes], now: float
) -> list[tuple[bytes, Pair]]:
    known = sorted(member for member in members if member in raws)
    written = [member for member in known if not is_tombstone(raws[member])]
    scored: dict[bytes, Pair] = {}
    if own is not None and written:
        others = unpack_columns([raws[member] for member in written])
        live = (others.published <= now).tolist()
        pairs = score_pairs(own, others)
        scored = {m: pair for m, pair, each in zip(written, pairs, live, strict=True) if each}
    return [(member, scored.get(member, NO_PAIR)) for member in known]
