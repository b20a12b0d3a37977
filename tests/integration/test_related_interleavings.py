"""Related links under any interleaving of workers: every round trip waits for its turn."""

import asyncio
import os
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from redis.asyncio import ConnectionPool, Redis
from redis.asyncio.client import Pipeline

from services.enrich.adapters.redis_related import RedisRelatedMemory
from services.enrich.adapters.redis_related.records import record_of
from services.enrich.domain.related import SCALE, Records, score_pairs
from services.enrich.domain.version import version_of
from services.enrich.ports import KnownArticle, Linked, Withdrawal
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
    """What is known to be so, and what search would hold by what was published."""

    newest: dict[int, Told] = field(default_factory=dict)
    published: dict[str, tuple[int, Linked]] = field(default_factory=dict)
    due: set[str] = field(default_factory=set)

    def tell(self, told: Told) -> None:
        if told.at not in self.newest or told.version > self.newest[told.at].version:
            self.newest[told.at] = told

    def publish(self, article: KnownArticle, linked: Linked) -> None:
        version, _ = self.published.get(article.id, (0, linked))
        if article.version >= version:
            self.published[article.id] = article.version, linked
        self.due.update(linked.freed)

    def live(self) -> dict[str, KnownArticle]:
        told = [each.article() for each in self.newest.values() if each.text is not None]
        return {each.id: each for each in told}

    def shown(self, article_id: str) -> dict[str, float]:
        """The links of an article, read from both ends; those of a copy with its original's."""
        _, own = self.published[article_id]
        found = {link.id: link.score for link in own.links}
        for end in {article_id, own.copy_of or article_id}:
            _, linked_to = self.published[end]
            found |= {
                id_: link.score
                for id_, (_, linked) in self.published.items()
                if linked.linked_at > linked_to.linked_at
                for link in linked.links
                if link.id == end
            }
        return {id_: score for id_, score in found.items() if id_ in self.live()}


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
def test_whatever_the_interleaving_links_read_from_both_ends_are_right(
    redis_url: str, events: list[Told], workers: int, order: list[int]
) -> None:
    asyncio.run(_play(redis_url, events, workers, order))


async def _play(url: str, events: list[Told], workers: int, order: list[int]) -> None:
    turns, world = Turns(order), World()
    clients = [_turned(url, turns) for _ in range(workers)]
    await clients[0].flushall()
    memories = [RedisRelatedMemory(client, clock=lambda: NOW) for client in clients]

    async def work(memory: RedisRelatedMemory, share: Sequence[Told]) -> None:
        for told in share:
            await _apply(memory, told, world)

    # Every event comes twice, to two workers.
    await turns.run(
        [work(m, events[at::workers] + events[at - 1 :: workers]) for at, m in enumerate(memories)]
    )
    while world.due:
        again = world.due & world.live().keys()
        world.due.clear()
        for article_id in sorted(again):
            await _link(memories[0], world.live()[article_id], world)
    _check(world)
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
        world.due.update(await memory.withdraw([Withdrawal(IDS[told.at], told.version)]))
    else:
        await _link(memory, told.article(), world)


async def _link(memory: RedisRelatedMemory, article: KnownArticle, world: World) -> None:
    (linked,) = await memory.link([article])
    world.publish(article, linked)


def _check(world: World) -> None:
    live = world.live()
    records = {id_: record_of(article) for id_, article in live.items()}
    pairs = {
        (one, other): score_pairs(records[one], Records.of([records[other]]))[0]
        for one, other in permutations(live, 2)
    }
    for id_ in live:
        _, own = world.published[id_]
        shown = world.shown(id_)
        for other in live.keys() - {id_}:
            pair = pairs[id_, other]
            if other in shown:
                assert shown[other] * SCALE == pytest.approx(pair.score)
            elif pair.score:
                # One of its copies is shown instead, or it is read as what its original has.
                copies = {o for o in shown if o != other and pairs[o, other].copy}
                assert copies or own.copy_of, (id_, other)
        assert own.copy_of is None or own.copy_of not in live or pairs[id_, own.copy_of].copy
