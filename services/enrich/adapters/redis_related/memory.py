"""The memory as its port describes it."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple, TypeVar, cast

import numpy as np
from redis.asyncio import Redis
from redis.asyncio.client import Pipeline

from services.enrich.adapters.redis_related import scripts
from services.enrich.adapters.redis_related.records import (
    MEMBER_BYTES,
    NO_MEMBER,
    NUMBER_BYTES,
    PREFIX,
    id_of,
    is_tombstone,
    key,
    member_of,
    pack,
    pack_tombstone,
    pack_version,
    published_of,
    record_of,
    unpack_columns,
)
from services.enrich.domain.related import (
    LEAST_LIKENESS,
    SCALE,
    Pair,
    Record,
    reason,
    score_pairs,
    shared_numbers,
)
from services.enrich.ports import KnownArticle, Linked, Restored, Withdrawal
from shared.events import Link

LINKS: Final = 30
# Read on either side of the article's own time, in each posting list: the same window from both
# ends of a pair, so links hardly depend on the order in which articles come.
_SIDE: Final = 64
_CANDIDATES: Final = 100
# Times as far, and as many candidates, where there is time for it.
_THOROUGH: Final = 4
_ORIGINALS: Final = 10
# A call holds Redis up for all others: some 50 microseconds for each of these.
_POSTINGS_AT_ONCE: Final = 100
_ARTICLES_AT_ONCE: Final = 40
_HOLDS: Final = PREFIX + b"holds"
_REBUILDER: Final = PREFIX + b"rebuilder"
_LEASE_MS: Final = 60_000

Argument = bytes | str | int
T = TypeVar("T")
Run = Sequence[Argument]
"""The arguments of a script for one article."""


class _Posted(NamedTuple):
    """An article as it is looked for: `changed` is false where a newer version is known."""

    member: bytes
    article: KnownArticle
    record: Record
    changed: bool
    linked_at: int
    copies: Sequence[bytes]
    candidates: Sequence[bytes]


class _Place(NamedTuple):
    """A posting list of the article at this place of a batch."""

    at: int
    number: int
    published: int


@dataclass(frozen=True, slots=True)
class _Near:
    """The articles around one, as they are kept.

    Attributes:
        links: members above the threshold with their scores, the best first.
        alike: members that may tell of the same event, with their likeness, the best first.
        originals: members it may be a copy of, the earliest first.
        freed: ids of articles that were copies of it before, and are none of its present text.
    """

    links: Sequence[tuple[bytes, int]] = ()
    alike: Sequence[tuple[bytes, int]] = ()
    originals: Sequence[bytes] = ()
    freed: tuple[str, ...] = ()


class RedisRelatedMemory:
    def __init__(self, redis: Redis, *, clock: Callable[[], float] = time.time) -> None:
        self._redis = redis
        self._clock = clock
        self._remember = redis.register_script(scripts.REMEMBER)
        self._around = redis.register_script(scripts.AROUND)
        self._settle = redis.register_script(scripts.SETTLE)

    async def link(
        self, articles: Sequence[KnownArticle], *, thorough: bool = False
    ) -> list[Linked]:
        if not articles:
            return []
        posted = await self._post(articles, _THOROUGH if thorough else 1)
        wanted = {m for each in posted for m in (*each.candidates, *each.copies)}
        raws = await self._records(sorted(wanted))
        now = self._clock()
        near = [_near(each, raws, now) for each in posted]
        settled = await self._settled(posted, near)
        return [
            _linked(each, found, decided, raws)
            for each, found, decided in zip(posted, near, settled, strict=True)
        ]

    async def withdraw(self, withdrawals: Sequence[Withdrawal]) -> list[str]:
        now = int(self._clock())
        async with self._redis.pipeline(transaction=False) as pipe:
            await self._run(
                pipe,
                self._remember,
                [(member_of(each.id), pack_tombstone(each.version, now)) for each in withdrawals],
            )
            answers = [answer for call in await pipe.execute() for answer in call]
        raws = await self._records(sorted({copy for *_, copies in answers for copy in copies}))
        return [id_of(raw) for raw in raws.values()]

    async def restore(self, articles: Sequence[Restored]) -> None:
        runs = []
        for each in articles:
            copy = member_of(each.copy_of) if each.copy_of else NO_MEMBER
            placed = copy + each.story_id.encode("utf-8", "replace")
            runs.append((member_of(each.article.id), pack(each.article), placed))
        async with self._redis.pipeline(transaction=False) as pipe:
            await self._run(pipe, self._remember, runs)
            await pipe.execute()

    async def missing(self, article_ids: Sequence[str]) -> set[str]:
        async with self._redis.pipeline(transaction=False) as pipe:
            for each in article_ids:
                pipe.exists(key(b"a", member_of(each)))
            found = await pipe.execute()
        return {each for each, known in zip(article_ids, found, strict=True) if not known}

    async def claim_rebuild(self, worker: str) -> bool:
        if await self._redis.set(_REBUILDER, worker, nx=True, px=_LEASE_MS):
            return True
        # Between the two calls another may take over: then both rebuild, which does no harm.
        if cast("bytes | None", await self._redis.get(_REBUILDER)) != worker.encode():
            return False
        return bool(await self._redis.pexpire(_REBUILDER, _LEASE_MS))

    async def holds(self) -> int:
        return int(await self._redis.get(_HOLDS) or 0)

    async def note_holding(self, generation: int) -> None:
        await self._redis.set(_HOLDS, generation)

    async def _post(self, articles: Sequence[KnownArticle], reach: int) -> list[_Posted]:
        """Post the articles, which reads the clock, then look around each: in this order."""
        records = [record_of(article) for article in articles]
        runs = [(member_of(article.id), pack(article)) for article in articles]
        places = [
            _Place(at, number, record.published)
            for at, record in enumerate(records)
            for number in record.vector.posted
        ]
        async with self._redis.pipeline(transaction=False) as pipe:
            calls = await self._run(pipe, self._remember, runs)
            for call in _portions(places, _POSTINGS_AT_ONCE // reach):
                keys = [key(b"p", each.number.to_bytes(NUMBER_BYTES, "little")) for each in call]
                times = [each.published for each in call]
                await self._around(keys=keys, args=[_SIDE * reach, *times], client=pipe)
            answers = await pipe.execute()
        windows: list[list[tuple[int, bytes]]] = [[] for _ in articles]
        around = [window for call in answers[calls:] for window in call]
        for place, window in zip(places, around, strict=True):
            windows[place.at].append((place.number, window))
        remembered = [answer for call in answers[:calls] for answer in call]
        return [
            _Posted(
                member,
                article,
                record,
                changed=bool(changed),
                linked_at=int(linked_at),
                copies=copies,
                candidates=_heaviest(member, record, found, _CANDIDATES * reach),
            )
            for (member, _), article, record, (changed, linked_at, copies), found in zip(
                runs, articles, records, remembered, windows, strict=True
            )
        ]

    async def _settled(
        self, posted: Sequence[_Posted], near: Sequence[_Near]
    ) -> list[tuple[int, bytes]]:
        """In the order of the articles: a later one of a batch joins the story of an earlier."""
        runs = []
        for each, found in zip(posted, near, strict=True):
            alike = [argument for one in found.alike for argument in one]
            run: list[Argument] = [each.member, pack_version(each.article.version)]
            run += [LEAST_LIKENESS, len(found.originals), *found.originals, *alike]
            runs.append(run)
        async with self._redis.pipeline(transaction=False) as pipe:
            await self._run(pipe, self._settle, runs)
            return [(int(at), story) for call in await pipe.execute() for at, story in call]

    async def _records(self, members: Sequence[bytes]) -> dict[bytes, bytes]:
        """The records of these articles; withdrawn and unknown ones are left out."""
        if not members:
            return {}
        answer = await self._redis.mget([key(b"a", member) for member in members])
        raws = cast("list[bytes | None]", answer)
        found = zip(members, raws, strict=True)
        return {member: raw for member, raw in found if raw and not is_tombstone(raw)}

    async def _run(self, pipe: Pipeline, script: Any, runs: Sequence[Run]) -> int:  # noqa: ANN401
        """Put the calls for these articles into the pipeline; answers how many calls there are."""
        calls = _portions(runs, _ARTICLES_AT_ONCE)
        for call in calls:
            args = [argument for run in call for argument in (len(run), *run)]
            await script(args=args, client=pipe)
        return len(calls)


def _portions(items: Sequence[T], size: int) -> list[Sequence[T]]:
    return [items[at : at + size] for at in range(0, len(items), size)]


def _heaviest(
    own: bytes, record: Record, windows: Sequence[tuple[int, bytes]], most: int
) -> Sequence[bytes]:
    """The candidates with most weight in common, by the article's own weights."""
    if not windows:
        return ()
    vector = record.vector
    weight_of = dict(zip(vector.numbers.tolist(), vector.weights.tolist(), strict=True))
    # As numbers: arrays of bytes would lose zeros at their ends.
    members = np.frombuffer(b"".join([window for _, window in windows]), ">u8")
    counts = [len(window) // MEMBER_BYTES for _, window in windows]
    weights = np.repeat([weight_of[number] for number, _ in windows], counts)
    # Sorted by member, and so are ties after a stable sort.
    distinct, places = np.unique(members, return_inverse=True)
    sums = np.bincount(places, weights, len(distinct))
    best = distinct[np.argsort(-sums, kind="stable")[: most + 1]].tolist()
    found = [int(number).to_bytes(MEMBER_BYTES) for number in best]
    return [member for member in found if member != own][:most]


def _near(posted: _Posted, raws: Mapping[bytes, bytes], now: float) -> _Near:
    if not posted.changed:
        return _Near()
    members = [member for member in posted.candidates if member in raws]
    pairs = dict(zip(members, _pairs(posted.record, members, raws), strict=True))
    # Whoever sees the copy must see its original, too: not one under a longer embargo.
    latest = max(posted.record.published, now)
    originals = [
        (published_of(raws[member]), member)
        for member, pair in pairs.items()
        if pair.copy and published_of(raws[member]) <= latest
    ]
    copies = [member for member in posted.copies if member in raws]
    return _Near(
        _best({member: pair.score for member, pair in pairs.items()}),
        _best({member: pair.likeness for member, pair in pairs.items()}),
        [member for _, member in sorted(originals)][:_ORIGINALS],
        tuple(
            id_of(raws[member])
            for member, pair in zip(copies, _pairs(posted.record, copies, raws), strict=True)
            if not pair.copy
        ),
    )


def _best(values: Mapping[bytes, int]) -> list[tuple[bytes, int]]:
    found = [(member, value) for member, value in values.items() if value]
    return sorted(found, key=lambda each: (-each[1], each[0]))[:LINKS]


def _pairs(own: Record, members: Sequence[bytes], raws: Mapping[bytes, bytes]) -> list[Pair]:
    return score_pairs(own, unpack_columns([raws[m] for m in members])) if members else []


def _linked(
    posted: _Posted,
    near: _Near,
    settled: tuple[int, bytes],
    raws: Mapping[bytes, bytes],
) -> Linked:
    original, story = settled
    others = unpack_columns([raws[member] for member, _ in near.links]) if near.links else None
    shared = shared_numbers(posted.record.vector, others) if others else []
    return Linked(
        links=tuple(
            Link(
                id=id_of(raws[member]),
                score=min(1.0, score / SCALE),
                reason=reason(numbers, posted.article.written),
            )
            for (member, score), numbers in zip(near.links, shared, strict=True)
        ),
        story_id=story.decode() or posted.article.id,
        copy_of=id_of(raws[near.originals[original - 1]]) if original else None,
        linked_at=posted.linked_at,
        freed=near.freed,
    )
