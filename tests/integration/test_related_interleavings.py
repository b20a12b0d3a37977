"""Related links under any interleaving of workers: every round trip waits for its turn."""

import asyncio
import os
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, example, given, settings, strategies as st
from redis.asyncio import ConnectionPool, Redis
from redis.asyncio.client import Pipeline

from services.enrich.adapters.redis_related import RedisRelatedMemory
from services.enrich.adapters.redis_related.records import member_of
from services.enrich.domain.related import Record, Records, follows, kinship, score_pairs
from services.enrich.domain.version import version_of
from services.enrich.ports import KnownArticle, RelatedList, Withdrawal
from tests.news import START, changed, known_article, story_text

NOW = (START + timedelta(days=400)).timestamp()
IDS = [f"article-{at}" for at in range(6)]
LONG = {text: story_text(1, text, length=300) for text in range(2)}
#: Two stories in two tellings each, two near copies, and a text that is like nothing else.
TEXTS = [
    *(story_text(story, telling) for story in (1, 2) for telling in (0, 1)),
    LONG[0],
    changed(LONG[0], 0.02),
    story_text(9, 9),
]
EXAMPLES = int(os.environ.get("INTERLEAVINGS", "12"))


class Turns:
    """Lets one worker at a time make a round trip, in the order that is drawn."""

    def __init__(self, order: Sequence[int]) -> None:
        self._order = order
        self._step = 0
        self._working = 0
        self._waiting: list[asyncio.Future[None]] = []

    async def run(self, works: Sequence[Awaitable[None]]) -> None:
        self._working = len(works)
        await asyncio.gather(*(self._worker(work) for work in works))

    async def _worker(self, work: Awaitable[None]) -> None:
        try:
            await work
        finally:
            self._working -= 1
            self._next()

    async def wait(self) -> None:
        if self._working:
            turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiting.append(turn)
            self._next()
            await turn

    def _next(self) -> None:
        if self._waiting and len(self._waiting) == self._working:
            chosen = self._order[self._step % len(self._order)] % len(self._waiting)
            self._step += 1
            self._waiting.pop(chosen).set_result(None)


class TurnedPipeline(Pipeline):
    turns: Turns

    async def execute(self, raise_on_error: bool = True) -> list[Any]:  # noqa: FBT001, FBT002
        await self.turns.wait()
        return await super().execute(raise_on_error)


class TurnedRedis(Redis):
    turns: Turns

    async def execute_command(self, *args: Any, **options: Any) -> Any:  # noqa: ANN401
        await self.turns.wait()
        return await super().execute_command(*args, **options)  # type: ignore[no-untyped-call]

    def pipeline(self, transaction: bool = True, shard_hint: str | None = None) -> TurnedPipeline:  # noqa: FBT001, FBT002
        pipe = TurnedPipeline(
            self.connection_pool, self.response_callbacks, transaction, shard_hint
        )
        pipe.turns = self.turns
        return pipe


@dataclass(frozen=True)
class Told:
    """One event: an article with a text and a time, or its withdrawal (no text)."""

    at: int
    revision: int
    text: int | None
    hours: int

    @property
    def version(self) -> int:
        return version_of(0, self.revision, withdrawn=self.text is None)

    def article(self) -> KnownArticle:
        assert self.text is not None
        # An hour beyond 9,000 lies after the present: an embargo.
        after = timedelta(hours=self.hours)
        return known_article(IDS[self.at], TEXTS[self.text], revision=self.revision, after=after)


@dataclass
class World:
    """What is known to be so, beside what the memory says."""

    newest: dict[int, Told] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    published: dict[str, RelatedList] = field(default_factory=dict)

    def tell(self, told: Told) -> None:
        if told.at not in self.newest or told.version > self.newest[told.at].version:
            self.newest[told.at] = told

    def publish(self, lists: Sequence[RelatedList], gone: frozenset[str]) -> None:
        for each in lists:
            assert not gone & {link.id for link in each.links}
            if each.number > (self.published[each.id].number if each.id in self.published else 0):
                self.published[each.id] = each

    def live(self) -> dict[str, KnownArticle]:
        told = [each.article() for each in self.newest.values() if each.text is not None]
        return {each.id: each for each in told if each.published_at.timestamp() <= NOW}


EVENTS = st.builds(
    Told,
    at=st.integers(0, len(IDS) - 1),
    revision=st.integers(1, 3),
    text=st.one_of(st.none(), st.integers(0, len(TEXTS) - 1), st.integers(0, len(TEXTS) - 1)),
    hours=st.sampled_from([0, 1, 5, 200, 9_000, 20_000]),
)


def consistent(events: Sequence[Told]) -> list[Told]:
    """One content for each revision, as ingest has it: what was drawn first."""
    first: dict[tuple[int, int], Told] = {}
    return [first.setdefault((each.at, each.version), each) for each in events]


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    events=st.lists(EVENTS, min_size=3, max_size=14).map(consistent),
    workers=st.integers(2, 3),
    order=st.lists(st.integers(0, 5), min_size=7, max_size=60),
)
@example(
    # The same text an hour earlier: same links, same scores, another card.
    events=[
        Told(at=2, revision=1, text=1, hours=1),
        Told(at=0, revision=1, text=0, hours=1),
        Told(at=2, revision=2, text=1, hours=0),
    ],
    workers=2,
    order=[0] * 7,
)
@example(
    # A correction of one article in the middle of the other's: same links, another score.
    events=[
        Told(at=3, revision=1, text=1, hours=200),
        Told(at=4, revision=2, text=5, hours=1),
        Told(at=3, revision=3, text=1, hours=1),
    ],
    workers=2,
    order=[3, 3, 4, 4, 5, 4, 0, 4, 1, 5, 3],
)
def test_whatever_the_interleaving_lists_and_stories_end_right(
    redis_url: str, events: list[Told], workers: int, order: list[int]
) -> None:
    asyncio.run(_play(redis_url, events, workers, order))


async def _play(url: str, events: list[Told], workers: int, order: list[int]) -> None:
    now = [NOW]
    turns, world = Turns(order), World()
    clients = [_turned(url, turns) for _ in range(workers)]
    await clients[0].flushall()
    memories = [RedisRelatedMemory(client, clock=lambda: now[0]) for client in clients]

    async def work(memory: RedisRelatedMemory, share: Sequence[Told]) -> None:
        for told in share:
            await _apply(memory, told, world)
            now[0] += 3
            await _announce(memory, world)

    # Every event comes twice, to two workers.
    await turns.run(
        [work(m, events[at::workers] + events[at - 1 :: workers]) for at, m in enumerate(memories)]
    )
    while True:
        now[0] += 61
        if not await _announce(memories[0], world):
            break
    await _check(memories[0], world)
    for client in clients:
        await client.aclose()


def _turned(url: str, turns: Turns) -> TurnedRedis:
    client = TurnedRedis.from_pool(ConnectionPool.from_url(url))
    assert isinstance(client, TurnedRedis)
    client.turns = turns
    return client


async def _apply(memory: RedisRelatedMemory, told: Told, world: World) -> None:
    world.tell(told)
    if told.text is None:
        await memory.withdraw([Withdrawal(IDS[told.at], told.version)])
        if world.newest[told.at] == told:
            world.gone.add(IDS[told.at])
        return
    # From here on it may be back, by whichever worker.
    if world.newest[told.at] == told:
        world.gone.discard(IDS[told.at])
    await memory.remember([told.article()])
    gone = frozenset(world.gone)
    lists = [each for each in await memory.read([IDS[told.at]]) if each]
    world.publish(lists, gone)
    await memory.announced(lists)


async def _announce(memory: RedisRelatedMemory, world: World) -> int:
    gone = frozenset(world.gone)
    due = await memory.take_due(100)
    # What was reinstated while this was read may be in it.
    world.publish(due, gone & frozenset(world.gone))
    await memory.announced(due)
    return len(due)


async def _check(memory: RedisRelatedMemory, world: World) -> None:
    live = world.live()
    records = {
        id_: Record(int(each.published_at.timestamp()), each.vector) for id_, each in live.items()
    }
    rank = {id_: (record.published, member_of(id_)) for id_, record in records.items()}
    originals = _originals(records, rank)
    read = dict(zip(IDS, await memory.read(IDS), strict=True))
    stories: dict[str, str] = {}
    for id_ in sorted(live, key=rank.__getitem__):
        related = read[id_]
        assert related is not None
        expected = {o for o in originals if o != id_ and _pair(records, id_, o).score}
        assert {link.id for link in related.links} == expected
        assert world.published[id_].links == related.links
        stories[id_] = _story(id_, records, rank, originals, stories)
        assert related.story_id == stories[id_] == world.published[id_].story_id
    for id_ in set(IDS) - set(live):
        assert read[id_] is None or not read[id_].links  # type: ignore[union-attr]


def _pair(records: Mapping[str, Record], one: str, other: str) -> Any:  # noqa: ANN401
    return score_pairs(records[one], Records.of([records[other]]))[0]


def _originals(records: Mapping[str, Record], rank: Mapping[str, Any]) -> set[str]:
    """All but those of which an earlier one is a copy; here being a copy is transitive."""
    return {
        id_
        for id_ in records
        if not any(rank[o] < rank[id_] and _pair(records, id_, o).copy for o in records if o != id_)
    }


def _story(
    id_: str,
    records: Mapping[str, Record],
    rank: Mapping[str, Any],
    originals: set[str],
    stories: Mapping[str, str],
) -> str:
    kin: dict[str, int] = {}
    best = 0
    for other in originals - {id_}:
        pair = _pair(records, id_, other)
        best = max(best, pair.score)
        if id_ in originals or pair.copy:
            kin[other] = kinship(rank[id_], rank[other], pair)
    nearest = min(kin, key=lambda o: (-kin[o], member_of(o)), default=None)
    if nearest and follows(kin[nearest], best):
        return stories[nearest]
    return member_of(id_).decode()
