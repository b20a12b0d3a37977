"""Related links as several workers keep them in a real Redis, at any order of events."""

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from redis.asyncio import Redis

from services.enrich.adapters.redis_related import RedisMemoryBound, RedisRelatedMemory, memory as m
from services.enrich.adapters.redis_related.records import (
    MEMBER_BYTES,
    id_of,
    is_tombstone,
    member_of,
)
from services.enrich.domain.version import version_of
from services.enrich.ports import KnownArticle, Linked, Restored, Withdrawal
from tests.news import START, changed, known_article, story_text

HOUR = timedelta(hours=1)


@dataclass
class Clock:
    now: float = (START + timedelta(days=400)).timestamp()

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def memory(redis: Redis, clock: Clock) -> RedisRelatedMemory:
    return RedisRelatedMemory(redis, clock=clock)


def telling(
    story: int, number: int, *, revision: int = 1, after: timedelta = timedelta()
) -> KnownArticle:
    text = story_text(story, number)
    return known_article(f"{story}-{number}", text, revision=revision, after=after)


def withdrawal(article_id: str, revision: int = 1) -> Withdrawal:
    return Withdrawal(article_id, version_of(0, revision, withdrawn=True))


def ids(linked: Linked) -> set[str]:
    return {link.id for link in linked.links}


async def link(memory: RedisRelatedMemory, article: KnownArticle) -> Linked:
    (linked,) = await memory.link([article])
    return linked


async def state(redis: Redis) -> dict[bytes, object]:
    """All that is kept but the clock and the counts."""
    found: dict[bytes, object] = {}
    for name in [name async for name in redis.scan_iter(b"{rel}*")]:
        match await redis.type(name):
            case b"string":
                found[name] = await redis.get(name)
            case b"zset":
                found[name] = await redis.zrange(name, 0, -1, withscores=True)
            case b"set":
                found[name] = sorted(await redis.smembers(name))
            case b"list":
                found[name] = await redis.lrange(name, 0, -1)
    found.pop(b"{rel}clock", None)
    # Each time it is posted at another time, in the eight bytes behind its original.
    return {
        name: _timeless(value) if name.startswith(b"{rel}a") else value
        for name, value in found.items()
    }


def _timeless(record: object) -> object:
    assert isinstance(record, bytes)
    if is_tombstone(record):
        return record
    at = record.index(id_of(record).encode()) + len(id_of(record).encode()) + MEMBER_BYTES
    return record[:at] + record[at + 8 :]


async def test_a_later_article_has_the_link_and_an_earlier_one_has_none(
    memory: RedisRelatedMemory,
) -> None:
    first = await link(memory, telling(1, 1))
    assert first.links == ()
    await link(memory, telling(2, 1))
    later = await link(memory, telling(1, 2, after=HOUR))
    assert ids(later) == {"1-1"}
    assert later.linked_at > first.linked_at


async def test_articles_of_one_batch_have_links_with_each_other(
    memory: RedisRelatedMemory,
) -> None:
    one, two, other = await memory.link([telling(1, 1), telling(1, 2), telling(2, 1)])
    assert (ids(one), ids(two), ids(other)) == ({"1-2"}, {"1-1"}, set())
    assert one.linked_at < two.linked_at


async def test_of_two_workers_at_once_the_one_with_the_later_time_has_found_the_other(
    redis: Redis,
) -> None:
    workers = [RedisRelatedMemory(redis) for _ in range(2)]
    for story in range(20):
        one, two = await asyncio.gather(
            *(link(worker, telling(story, at)) for at, worker in enumerate(workers))
        )
        first, later = sorted([one, two], key=lambda each: each.linked_at)
        assert first.linked_at < later.linked_at
        assert len(later.links) == 1
        assert one.story_id == two.story_id


async def test_a_batch_is_linked_the_same_by_many_calls_as_by_few(
    memory: RedisRelatedMemory, redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = [telling(at % 5, at // 5, after=timedelta(hours=at)) for at in range(20)]
    by_few = [replace(each, linked_at=0) for each in await memory.link(batch)]
    kept = await state(redis)
    await redis.flushall()
    monkeypatch.setattr(m, "_POSTINGS_AT_ONCE", 2)
    monkeypatch.setattr(m, "_ARTICLES_AT_ONCE", 3)
    assert [replace(each, linked_at=0) for each in await memory.link(batch)] == by_few
    assert await state(redis) == kept


async def test_links_come_best_first_and_name_words_as_they_stand_in_the_article(
    memory: RedisRelatedMemory,
) -> None:
    shared = "Karabakh consulates Musabayov Khankendi peacekeeping negotiations"
    near, far = (f"{shared} {shared} {story_text(1, at, length=at)}" for at in (20, 40))
    await memory.link([known_article("near", near), known_article("far", far)])
    linked = await link(
        memory, known_article("b", f"{shared} {shared} {story_text(2, 1, length=20)}")
    )
    assert [each.id for each in linked.links] == ["near", "far"]
    for each in linked.links:
        named = each.reason.removeprefix("Both mention ").split(", ")
        assert len(named) == 3
        assert set(named) <= set(shared.split())
        assert 0.18 <= each.score <= 1


async def test_an_article_has_thirty_links_at_most(memory: RedisRelatedMemory) -> None:
    await memory.link([telling(1, at) for at in range(40)])
    assert len(ids(await link(memory, telling(1, 40)))) == 30


async def test_redelivery_changes_nothing(memory: RedisRelatedMemory, redis: Redis) -> None:
    articles = [telling(story, at) for story in range(3) for at in range(4)]
    await memory.link(articles)
    before = await state(redis)
    again = await memory.link(articles[:5])
    assert ids(again[0]) == {"0-1", "0-2", "0-3"}
    assert await state(redis) == before


async def test_a_withdrawn_article_is_found_no_more_whichever_event_comes_first(
    memory: RedisRelatedMemory,
) -> None:
    await memory.link([telling(1, 1), telling(1, 2)])
    assert await memory.withdraw([withdrawal("1-1")]) == []
    await memory.withdraw([withdrawal("1-3")])
    await memory.link([telling(1, 1), telling(1, 3)])
    assert ids(await link(memory, telling(1, 4))) == {"1-2"}
    await memory.link([telling(1, 1, revision=2)])
    assert ids(await link(memory, telling(1, 5))) == {"1-1", "1-2", "1-4"}


async def test_a_correction_replaces_what_an_article_is_found_by(
    memory: RedisRelatedMemory, redis: Redis
) -> None:
    await memory.link([telling(story, at) for story in (1, 2) for at in range(3)])
    moved = await link(memory, known_article("1-0", story_text(2, 50), revision=2, after=HOUR))
    assert ids(moved) == {"2-0", "2-1", "2-2"}
    late = await link(memory, telling(1, 0))
    assert late.links == ()
    assert "1-0" not in ids(await link(memory, telling(1, 9)))
    assert "1-0" in ids(await link(memory, telling(2, 9)))
    left = [name async for name in redis.scan_iter(b"{rel}p*")]
    found = [await redis.zscore(name, member_of("1-0")) for name in left]
    assert len([score for score in found if score is not None]) == 25


async def test_two_versions_in_one_batch_do_not_mix(memory: RedisRelatedMemory) -> None:
    await memory.link([telling(1, 1), telling(2, 1)])
    newer = known_article("a", story_text(2, 9), revision=2)
    found, late = await memory.link([newer, known_article("a", story_text(1, 9))])
    assert (ids(found), ids(late)) == ({"2-1"}, set())


async def test_many_versions_at_once_end_as_the_last(redis: Redis, clock: Clock) -> None:
    workers = [RedisRelatedMemory(redis, clock=clock) for _ in range(4)]
    await workers[0].link([telling(story, at) for story in range(4) for at in range(3)])
    versions = [
        known_article("mover", story_text(revision % 4, 50), revision=revision)
        for revision in range(1, 24)
    ]
    random.Random(1).shuffle(versions)
    await asyncio.gather(*(workers[at % 4].link([each]) for at, each in enumerate(versions)))
    for story in range(4):
        assert ("mover" in ids(await link(workers[0], telling(story, 9)))) == (story == 3)


async def test_copies_do_not_link_with_each_other_nor_crowd_out_what_is_related(
    memory: RedisRelatedMemory,
) -> None:
    siblings = {f"1-{at}" for at in range(10)}
    await memory.link([telling(1, at) for at in range(10)])
    original = story_text(1, 50, length=400)
    for at in range(0, 100, 10):
        copies = [
            known_article(f"copy-{n}", changed(original, 0.02, n), after=HOUR * (1 + n))
            for n in range(at, at + 10)
        ]
        for each, linked in zip(copies, await memory.link(copies), strict=True):
            assert ids(linked) >= siblings
            assert linked.copy_of == (None if each.id == "copy-0" else "copy-0")
            assert not {link for link in ids(linked) if link.startswith("copy")}
    found = ids(await link(memory, telling(1, 99)))
    assert {link for link in found if link.startswith("copy")} == {"copy-0"}


async def test_a_copy_is_one_of_what_was_there_before_it_and_of_its_story(
    memory: RedisRelatedMemory,
) -> None:
    text = story_text(1, 50, length=400)
    await memory.link([telling(1, 1)])
    first = await link(memory, known_article("wire", text, after=HOUR))
    earlier = await link(memory, known_article("paper", changed(text, 0.02)))
    assert (first.copy_of, earlier.copy_of) == (None, "wire")
    assert first.story_id == earlier.story_id == "1-1"


async def test_of_two_copies_at_once_one_is_the_original(redis: Redis) -> None:
    workers = [RedisRelatedMemory(redis) for _ in range(2)]
    for at in range(20):
        text = story_text(at, 1, length=300)
        found = await asyncio.gather(
            *(link(worker, known_article(f"{at}-{n}", text)) for n, worker in enumerate(workers))
        )
        assert {each.copy_of for each in found} in ({None, f"{at}-0"}, {None, f"{at}-1"})
        assert len({each.story_id for each in found}) == 1


async def test_a_copy_that_is_visible_before_its_original_is_none(
    memory: RedisRelatedMemory, clock: Clock
) -> None:
    text = story_text(1, 50, length=400)
    soon = timedelta(seconds=clock.now + 3600 - START.timestamp())
    assert (await link(memory, known_article("later", text, after=soon))).copy_of is None
    assert (await link(memory, known_article("now", text))).copy_of is None
    assert (await link(memory, known_article("latest", text, after=soon + HOUR))).copy_of == "later"


async def test_when_the_original_goes_its_copies_are_named_and_one_takes_its_place(
    memory: RedisRelatedMemory,
) -> None:
    text = story_text(1, 50, length=400)
    copies = [known_article(f"copy-{at}", changed(text, 0.02, at)) for at in range(3)]
    for copy in copies:
        await link(memory, copy)
    assert set(await memory.withdraw([withdrawal("copy-0")])) == {"copy-1", "copy-2"}
    first, second = await memory.link(copies[1:])
    assert (first.copy_of, second.copy_of) == (None, "copy-1")
    assert ids(await link(memory, telling(1, 1))) == {"copy-1"}
    rewritten = await link(memory, known_article("copy-1", story_text(7, 1), revision=2))
    assert rewritten.freed == ("copy-2",)
    assert (await link(memory, copies[2])).copy_of is None
    assert ids(await link(memory, telling(1, 2))) == {"1-1", "copy-2"}
    assert await memory.withdraw([withdrawal("copy-1", revision=2)]) == []


async def test_articles_about_one_event_share_the_story_of_the_first(
    memory: RedisRelatedMemory,
) -> None:
    for story in (1, 2):
        for at in range(4):
            assert (await link(memory, telling(story, at))).story_id == f"{story}-0"
    assert (await link(memory, telling(3, 0))).story_id == "3-0"


async def test_a_story_is_never_renamed(memory: RedisRelatedMemory) -> None:
    for at in range(3):
        await link(memory, telling(1, at, after=HOUR * at))
    for revision, at in ((2, 0), (2, 2), (3, 0)):
        corrected = changed(story_text(1, at), 0.1, revision)
        again = await link(memory, known_article(f"1-{at}", corrected, revision=revision))
        assert again.story_id == "1-0"
    earlier = await link(memory, telling(1, 3, after=-HOUR))
    assert earlier.story_id == "1-0"
    await memory.withdraw([withdrawal("1-0", revision=9)])
    assert (await link(memory, telling(1, 4))).story_id == "1-0"
    other = await link(memory, known_article("1-1", story_text(8, 1), revision=2))
    assert other.story_id == "1-1"


async def test_restored_articles_keep_story_and_original_and_nothing_else_changes(
    memory: RedisRelatedMemory, redis: Redis
) -> None:
    text = story_text(1, 50, length=400)
    articles = [*(telling(1, at) for at in range(3)), known_article("wire", text)]
    articles.append(known_article("paper", changed(text, 0.02)))
    linked = await memory.link(articles)
    before = await state(redis)
    await redis.flushall()
    restored = [
        Restored(article, each.story_id, each.copy_of)
        for article, each in zip(articles, linked, strict=True)
    ]
    assert await memory.missing(["wire", "nobody"]) == {"wire", "nobody"}
    await memory.restore(restored)
    assert await memory.missing(["wire", "nobody"]) == {"nobody"}
    assert await state(redis) == before
    await memory.link([telling(1, 0, revision=2)])
    after = await state(redis)
    await memory.restore(restored)
    assert await state(redis) == after


async def test_one_worker_rebuilds_and_the_memory_tells_what_it_holds(
    memory: RedisRelatedMemory,
) -> None:
    assert await memory.claim_rebuild("one")
    assert await memory.claim_rebuild("one")
    assert not await memory.claim_rebuild("two")
    assert await memory.holds() == 0
    await memory.note_holding(3)
    assert await memory.holds() == 3


async def fill(memory: RedisRelatedMemory, stories: Sequence[int], days: int) -> None:
    for story in stories:
        await memory.link([telling(story, at, after=timedelta(days=days)) for at in range(40)])


async def test_when_memory_runs_out_the_oldest_are_forgotten_and_new_ones_still_link(
    memory: RedisRelatedMemory, redis: Redis
) -> None:
    await fill(memory, range(5), days=1)
    await fill(memory, range(5, 10), days=100)
    before = await state(redis)
    used = int((await redis.info("memory"))["used_memory"])
    await redis.config_set("maxmemory", used - 1)
    try:
        bound = RedisMemoryBound(redis, share=1 - 100_000 / used)
        found = await bound.make_room()
        assert 40 <= found.forgotten < 200
        assert found.articles == 400 - found.forgotten
        assert found.oldest == (START + timedelta(days=1)).date().isoformat()
        assert (await bound.make_room()).forgotten == found.forgotten
        linked = await link(memory, telling(9, 99, after=timedelta(days=101)))
        assert len(linked.links) == 30
    finally:
        await redis.config_set("maxmemory", 0)
    full = RedisMemoryBound(redis, share=0.000001)
    while (await full.make_room()).articles:
        pass
    assert len(before) > 400
    assert set(await state(redis)) == set()


async def test_where_there_is_memory_enough_nothing_is_forgotten(
    memory: RedisRelatedMemory, redis: Redis
) -> None:
    await fill(memory, [1], days=1)
    found = await RedisMemoryBound(redis).make_room()
    assert (found.articles, found.forgotten) == (40, 0)
