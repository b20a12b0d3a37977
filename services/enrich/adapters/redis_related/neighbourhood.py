"""Finding the articles near one, and scoring them."""

import asyncio
import heapq
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from redis.asyncio import Redis

from services.enrich.adapters.redis_related.answers import values
from services.enrich.adapters.redis_related.records import Stored, key, posting, unpack
from services.enrich.domain.related import Pair, Record, score_pairs

# Read on either side of the article's own time, in each posting: the same window from both ends of
# a pair, so lists hardly depend on the order in which articles come.
_SIDE: Final = 64
_CANDIDATES: Final = 200
_NO_PAIR: Final = Pair(0, copy=False)


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Another article as it stands, and its pair with the one being settled."""

    member: bytes
    stored: Stored
    live: Record | None
    folded: bool
    pair: Pair

    @property
    def rank(self) -> tuple[int, bytes]:
        """Of two copies the lower one is the original."""
        return (self.live.published if self.live else 0, self.member)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What stands around an article.

    Attributes:
        posted: the terms under which it now stands.
        considered: members that may be related, or were.
        listed: members in its list; `listing` those whose lists may have it.
        copies: members folded into it.
        older: terms of older versions, as bytes.
    """

    posted: Sequence[int]
    considered: frozenset[bytes]
    listed: frozenset[bytes]
    listing: frozenset[bytes]
    copies: frozenset[bytes]
    older: bytes


class Neighbourhood:
    def __init__(self, redis: Redis, clock: Callable[[], float]) -> None:
        self._redis = redis
        self._clock = clock

    async def look_around(self, member: bytes, live: Record | None) -> Surroundings:
        """Post the article, then read: of two that come at once, the later reader sees both."""
        posted = live.vector.posted() if live else []
        async with self._redis.pipeline(transaction=False) as pipe:
            for number in posted:
                pipe.zadd(posting(number), {member: live.published if live else 0})
            for kind in ("l", "k", "d"):
                pipe.zrange(key(kind, member), 0, -1)
            pipe.get(key("o", member))
            for number in posted:
                time = live.published if live else 0
                pipe.zrevrangebyscore(posting(number), time, "-inf", 0, _SIDE)
                pipe.zrangebyscore(posting(number), f"({time}", "+inf", 0, _SIDE)
            answers = (await pipe.execute())[len(posted) :]
        listed, listing, copies = map(frozenset, answers[:3])
        candidates = _heaviest(live, posted, answers[4:]) if live else frozenset()
        return Surroundings(
            posted=posted,
            considered=(candidates | listed | listing | copies) - {member},
            listed=listed,
            listing=listing,
            copies=copies,
            older=answers[3] or b"",
        )

    async def neighbours(self, own: Stored, members: Iterable[bytes]) -> list[Neighbour]:
        """These articles, scored as they stand now; unknown ones are left out."""
        wanted = sorted(members)
        if not wanted:
            return []
        records, folds = await asyncio.gather(
            values(self._redis, [key("a", member) for member in wanted]),
            values(self._redis, [key("f", member) for member in wanted]),
        )
        now = self._clock()
        known = [
            (member, stored, stored.live(now), fold is not None)
            for member, raw, fold in zip(wanted, records, folds, strict=True)
            if raw is not None
            for stored in [unpack(raw)]
        ]
        pairs = _pairs(own.live(now), [live for _, _, live, _ in known])
        return [Neighbour(*each, pair) for each, pair in zip(known, pairs, strict=True)]


def _heaviest(
    live: Record, posted: Sequence[int], windows: Sequence[Sequence[bytes]]
) -> frozenset[bytes]:
    """The candidates with most weight in common, by the article's own weights."""
    numbers, weights = live.vector.numbers.tolist(), live.vector.weights.tolist()
    weight_of = dict(zip(numbers, weights, strict=True))
    sums: Counter[bytes] = Counter()
    for at, number in enumerate(posted):
        weight = weight_of[number]
        for window in windows[2 * at : 2 * at + 2]:
            for member in window:
                sums[member] += weight
    best = heapq.nsmallest(_CANDIDATES, sums.items(), key=lambda item: (-item[1], item[0]))
    return frozenset(member for member, _ in best)


def _pairs(own: Record | None, others: Sequence[Record | None]) -> list[Pair]:
    if own is None:
        return [_NO_PAIR] * len(others)
    scored = iter(score_pairs(own, [other for other in others if other]))
    return [next(scored) if other else _NO_PAIR for other in others]
