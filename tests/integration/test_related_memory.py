"""Related links as several workers keep them in a real Redis, at any order of events."""

import asyncio
import random
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from typing import cast

import pytest
from redis.asyncio import Redis

from services.enrich.adapters.redis_related import RedisRelatedMemory, lists, neighbourhood
from services.enrich.adapters.redis_related.records import key, member_of
from services.enrich.commands import settle_related
from services.enrich.domain.curation import Choices, Curation
from services.enrich.domain.version import version_of
from services.enrich.ports import KnownArticle, Withdrawal
from shared.messaging import connect
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


def telling(story: int, number: int, *, after: timedelta = timedelta()) -> KnownArticle:
    return known_article(f"{story}-{number}", story_text(story, number), after=after)


def withdrawal(article_id: str, revision: int = 1) -> Withdrawal:
    return Withdrawal(article_id, version_of(0, revision, withdrawn=True))


async def listed(memory: RedisRelatedMemory, article_id: str) -> list[str]:
    (related,) = await memory.read([article_id])
    return [link.id for link in related.links] if related else []


async def places(redis: Redis, article_id: str) -> list[tuple[bytes, float]]:
    """Members and scores of its list, the best one last."""
    answer = await redis.zrange(key("l", member_of(article_id)), 0, -1, withscores=True)
    return cast("list[tuple[bytes, float]]", answer)


async def crash(*_: object) -> None:
    raise ConnectionError


async def stories(memory: RedisRelatedMemory, *article_ids: str) -> list[str | None]:
    return [related.story_id if related else None for related in await memory.read(article_ids)]


async def publish(memory: RedisRelatedMemory, article: KnownArticle) -> None:
    await memory.remember([article])
    await memory.announced([each for each in await memory.read([article.id]) if each])


async def refresh(memory: RedisRelatedMemory) -> list[str]:
    """Publish what is due; the ids that it was."""
    due = await memory.take_due(1000)
    await memory.announced(due)
    return [related.id for related in due]


async def state(redis: Redis) -> Mapping[bytes, object]:
    """All keys of the memory but the counters of readings and the due set."""
    found: dict[bytes, object] = {}
    for name in [name async for name in redis.scan_iter(b"rel:*")]:
        kind = await redis.type(name)
        if not name.startswith((b"rel:s:", b"rel:{due}")):
            if kind == b"string":
                found[name] = await redis.get(name)
            else:
                found[name] = await redis.zrange(name, 0, -1, withscores=True)
    return found


async def test_links_stand_in_both_directions(memory: RedisRelatedMemory) -> None:
    await memory.remember([telling(1, 1), telling(2, 1)])
    await memory.remember([telling(1, 2, after=HOUR)])
    assert await listed(memory, "1-1") == ["1-2"]
    assert await listed(memory, "1-2") == ["1-1"]
    assert await listed(memory, "2-1") == []


async def test_a_batch_is_linked_the_same_by_many_calls_as_by_few(
    memory: RedisRelatedMemory, redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = [telling(at % 5, at // 5, after=timedelta(hours=at)) for at in range(20)]
    await memory.remember(batch)
    by_few = await state(redis)
    await redis.flushall()
    monkeypatch.setattr(neighbourhood, "_POSTED_AT_ONCE", 2)
    await memory.remember(batch)
    assert await state(redis) == by_few
    assert len(await listed(memory, "0-0")) == 3


async def test_a_reason_names_words_as_they_stand_in_the_article(
    memory: RedisRelatedMemory,
) -> None:
    shared = "Karabakh consulates Musabayov Khankendi peacekeeping negotiations"
    await memory.remember(
        [
            known_article("a", f"{shared} {shared} {story_text(1, 1, length=40)}"),
            known_article("b", f"{shared} {shared} {story_text(2, 1, length=40)}"),
        ]
    )
    (related,) = await memory.read(["a"])
    assert related
    (link,) = related.links
    named = link.reason.removeprefix("Both mention ").split(", ")
    assert len(named) == 3
    assert set(named) <= set(shared.split())
    assert 0.18 <= link.score <= 1


async def test_two_articles_at_once_on_two_workers_find_each_other(
    redis: Redis, clock: Clock
) -> None:
    workers = [RedisRelatedMemory(redis, clock=clock) for _ in range(2)]
    for story in range(20):
        await asyncio.gather(
            *(worker.remember([telling(story, at)]) for at, worker in enumerate(workers))
        )
    for story in range(20):
        assert await listed(workers[0], f"{story}-0") == [f"{story}-1"]
        assert await listed(workers[0], f"{story}-1") == [f"{story}-0"]


async def test_redelivery_changes_nothing(memory: RedisRelatedMemory, redis: Redis) -> None:
    articles = [telling(story, at) for story in range(3) for at in range(4)]
    await memory.remember(articles)
    before = await state(redis)
    await memory.remember(articles[:5])
    await memory.withdraw([withdrawal("0-0", revision=9)])
    await memory.withdraw([withdrawal("0-0", revision=9)])
    await memory.remember(articles[1:])
    await memory.remember([known_article("0-0", story_text(0, 0), revision=10)])
    after = await state(redis)
    record = next(name for name in before if before[name] != after.get(name))
    assert record.startswith(b"rel:a:")
    assert {name: value for name, value in after.items() if before.get(name) != value} == {
        record: after[record]
    }


async def test_a_change_in_a_list_is_announced_once_and_not_at_once(
    memory: RedisRelatedMemory, clock: Clock
) -> None:
    await memory.remember([telling(1, 1)])
    clock.now += 10
    await refresh(memory)
    for at in range(2, 8):
        await memory.remember([telling(1, at)])
        clock.now += 0.5
        assert await refresh(memory) == []
    clock.now += 5
    assert "1-1" in await refresh(memory)
    clock.now += 100
    assert await refresh(memory) == []


async def test_a_list_that_changes_all_the_time_is_announced_a_third_as_often_each_time(
    memory: RedisRelatedMemory, clock: Clock
) -> None:
    await publish(memory, telling(1, 0))
    times = [clock.now]
    for at in range(1, 60):
        clock.now += 2
        # Longer than the one before and so more alike, each newcomer enters the list.
        text = story_text(1, at, length=40 + 8 * at)
        await publish(memory, known_article(f"new-{at}", text, after=HOUR))
        if "1-0" in await refresh(memory):
            times.append(clock.now)
    pauses = [later - earlier for earlier, later in pairwise(times)]
    assert len(pauses) > 2
    assert all(5 * 3**at <= pause <= 5 * 3**at + 4 for at, pause in enumerate(pauses))


async def test_a_list_left_alone_for_an_hour_is_announced_as_soon_as_a_new_one(
    memory: RedisRelatedMemory, clock: Clock
) -> None:
    await publish(memory, telling(1, 0))
    soon = []
    for at, quiet in enumerate([60, 60, 60, 3601, 60, 60], start=1):
        clock.now += quiet
        await publish(memory, telling(1, at, after=HOUR * at))
        clock.now += 6
        soon.append("1-0" in await refresh(memory))
        clock.now += 300
        await refresh(memory)
    # Each change waits for 5, 15 and 45 seconds, then for 5 again.
    assert soon == [True, False, False, True, True, False]


async def announced_for_long(memory: RedisRelatedMemory, redis: Redis, clock: Clock) -> list[str]:
    """So often that the next change waits for minutes; what the list of 1-0 has, best first."""
    for at in range(14):
        await publish(memory, telling(1, at, after=HOUR * at))
        clock.now += 301
        await refresh(memory)
    names = {member_of(f"1-{at}"): f"1-{at}" for at in range(14)}
    return [names[member] for member, _ in reversed(await places(redis, "1-0"))]


async def due_in(redis: Redis, clock: Clock, article_id: str) -> float | None:
    due = await redis.zscore(lists.DUE, member_of(article_id))
    return None if due is None else round(due - clock.now)


async def test_something_new_waits_where_a_list_was_announced_often(
    memory: RedisRelatedMemory, redis: Redis, clock: Clock
) -> None:
    await announced_for_long(memory, redis, clock)
    # Longer than the others and so more alike.
    await publish(memory, known_article("long", story_text(1, 20, length=600), after=HOUR * 20))
    assert await due_in(redis, clock, "1-0") == 300


@pytest.mark.parametrize("places_of", [(0,), (0, -1), (-1, 0)])
async def test_what_is_withdrawn_does_not_wait(
    memory: RedisRelatedMemory, redis: Redis, clock: Clock, places_of: tuple[int, ...]
) -> None:
    order = await announced_for_long(memory, redis, clock)
    await memory.withdraw([withdrawal(order[at]) for at in places_of])
    assert await due_in(redis, clock, "1-0") == 5


async def test_what_is_withdrawn_does_not_wait_where_it_was_shown_behind_banned_ones(
    memory: RedisRelatedMemory, redis: Redis, clock: Clock
) -> None:
    order = await announced_for_long(memory, redis, clock)
    await memory.curate("1-0", Curation(1, related=Choices(ban=tuple(order[:4]))))
    await refresh(memory)
    assert order[11] in await listed(memory, "1-0")
    await memory.withdraw([withdrawal(order[11])])
    assert await due_in(redis, clock, "1-0") == 5


@pytest.mark.parametrize("places_of", [(0,), (0, -1), (-1, 0)])
async def test_what_is_hardly_alike_any_more_does_not_wait(
    memory: RedisRelatedMemory, redis: Redis, clock: Clock, places_of: tuple[int, ...]
) -> None:
    order = await announced_for_long(memory, redis, clock)
    corrected = []
    for article_id in (order[at] for at in places_of):
        number = int(article_id.removeprefix("1-"))
        text, after = changed(story_text(1, number), 0.5), HOUR * number
        corrected.append(known_article(article_id, text, revision=2, after=after))
    await memory.remember(corrected)
    now = [member for member, _ in reversed(await places(redis, "1-0"))]
    assert member_of(order[0]) in now[10:]
    assert await due_in(redis, clock, "1-0") == 5


async def test_a_withdrawal_that_a_crash_cut_short_is_announced_when_it_comes_again(
    memory: RedisRelatedMemory, redis: Redis, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = await announced_for_long(memory, redis, clock)

    with monkeypatch.context() as patch:
        patch.setattr(lists.Lists, "make_due", crash)
        with pytest.raises(ConnectionError):
            await memory.withdraw([withdrawal(order[0])])
    assert await due_in(redis, clock, "1-0") is None
    await memory.withdraw([withdrawal(order[0])])
    assert await due_in(redis, clock, "1-0") == 5


async def test_a_list_is_announced_when_what_an_editor_pinned_changes(
    memory: RedisRelatedMemory, redis: Redis, clock: Clock
) -> None:
    for article in (telling(1, 0), telling(2, 0)):
        await publish(memory, article)
    await memory.curate("1-0", Curation(1, related=Choices(pin=("2-0", "2-1"))))
    assert await refresh(memory) == ["1-0"]
    await publish(memory, telling(2, 0))
    for revision in (2, 3):
        corrected = known_article("2-0", story_text(2, 0), title=f"{revision}", revision=revision)
        await memory.remember([corrected])
        clock.now += 301
        (first,) = [each for each in await memory.take_due(10) if each.id == "1-0"]
        assert [link.title for link in first.links] == [f"{revision}"]
        await memory.announced([first])
    await memory.withdraw([withdrawal("2-0", revision=4)])
    assert await due_in(redis, clock, "1-0") == 5
    clock.now += 6
    (first,) = await memory.take_due(10)
    assert (first.id, first.links) == ("1-0", ())
    await memory.announced([first])
    await publish(memory, telling(2, 1))
    clock.now += 301
    assert "1-0" in await refresh(memory)
    assert await listed(memory, "1-0") == ["2-1"]


async def test_a_list_that_was_taken_and_not_announced_is_due_again(
    memory: RedisRelatedMemory, clock: Clock
) -> None:
    await memory.remember([telling(1, 1)])
    await memory.remember([telling(1, 2)])
    clock.now += 6
    assert [related.id for related in await memory.take_due(10)] == ["1-1"]
    assert await memory.take_due(10) == []
    clock.now += 61
    assert await refresh(memory) == ["1-1"]


async def test_a_withdrawn_article_leaves_every_list(
    memory: RedisRelatedMemory, clock: Clock
) -> None:
    await memory.remember([telling(1, at) for at in range(12)])
    clock.now += 6
    await refresh(memory)
    await memory.withdraw([withdrawal("1-3")])
    for at in range(12):
        assert "1-3" not in await listed(memory, f"1-{at}")
    assert await memory.read(["1-3"]) == [None]
    clock.now += 6
    assert await refresh(memory)
    await memory.remember([telling(1, 3)])
    assert await memory.read(["1-3"]) == [None]


async def test_a_withdrawal_that_comes_first_holds(memory: RedisRelatedMemory) -> None:
    await memory.withdraw([withdrawal("1-1")])
    await memory.remember([telling(1, 1), telling(1, 2)])
    assert await memory.read(["1-1"]) == [None]
    assert await listed(memory, "1-2") == []


async def test_a_correction_moves_an_article_from_list_to_list(
    memory: RedisRelatedMemory,
) -> None:
    await memory.remember([telling(story, at) for story in (1, 2) for at in range(4)])
    await memory.remember([known_article("1-0", story_text(2, 0), revision=2)])
    assert "1-0" not in await listed(memory, "1-1")
    await memory.remember([known_article("1-0", story_text(1, 99), revision=1)])
    assert set(await listed(memory, "1-0")) == {"2-1", "2-2", "2-3"}
    await memory.remember([known_article("1-0", story_text(2, 77), revision=3)])
    assert set(await listed(memory, "1-0")) == {"2-0", "2-1", "2-2", "2-3"}
    assert "1-0" in await listed(memory, "2-1")


async def test_many_versions_at_once_end_as_the_last(redis: Redis, clock: Clock) -> None:
    workers = [RedisRelatedMemory(redis, clock=clock) for _ in range(4)]
    await workers[0].remember([telling(story, at) for story in range(4) for at in range(3)])
    versions = [
        known_article("mover", story_text(revision % 4, 50), revision=revision)
        for revision in range(1, 24)
    ]
    random.Random(1).shuffle(versions)
    await asyncio.gather(
        *(workers[at % 4].remember([version]) for at, version in enumerate(versions))
    )
    assert set(await listed(workers[0], "mover")) == {"3-0", "3-1", "3-2"}
    for story in range(3):
        for at in range(3):
            assert "mover" not in await listed(workers[0], f"{story}-{at}")


async def test_copies_are_not_listed_and_do_not_crowd_out(memory: RedisRelatedMemory) -> None:
    await memory.remember([telling(1, at) for at in range(10)])
    original = story_text(1, 50, length=400)
    copies = [
        known_article(f"copy-{at}", changed(original, 0.02, at), after=HOUR * (1 + at))
        for at in range(100)
    ]
    for at in range(0, 100, 10):
        await memory.remember(copies[at : at + 10])
    for at in (0, 50, 99):
        assert set(await listed(memory, f"copy-{at}")) == {f"1-{at}" for at in range(10)}
    for at in range(10):
        assert [i for i in await listed(memory, f"1-{at}") if i.startswith("copy")] == ["copy-0"]


async def test_when_the_original_is_withdrawn_its_copy_takes_its_place(
    memory: RedisRelatedMemory,
) -> None:
    original = story_text(1, 50, length=400)
    await memory.remember([telling(1, 1)])
    for at in (2, 0, 1):
        copy = changed(original, 0.02, at)
        await memory.remember([known_article(f"copy-{at}", copy, after=HOUR * (1 + at))])
    assert await listed(memory, "1-1") == ["copy-0"]
    await memory.withdraw([withdrawal("copy-0")])
    assert await listed(memory, "1-1") == ["copy-1"]
    await memory.remember([known_article("copy-1", story_text(7, 1), revision=2)])
    assert await listed(memory, "1-1") == ["copy-2"]


async def test_an_embargoed_article_is_absent_until_its_time(
    memory: RedisRelatedMemory, clock: Clock
) -> None:
    await memory.remember([telling(1, 1)])
    until = timedelta(seconds=clock.now + 3600 - START.timestamp())
    await memory.remember([telling(1, 2, after=until)])
    await memory.lift_embargoes()
    assert await listed(memory, "1-1") == []
    assert await listed(memory, "1-2") == []
    clock.now += 3601
    await memory.lift_embargoes()
    assert await listed(memory, "1-1") == ["1-2"]
    assert await listed(memory, "1-2") == ["1-1"]
    clock.now += 6
    assert set(await refresh(memory)) == {"1-1", "1-2"}


async def top_five(
    url: str, clock: Clock, articles: Iterable[KnownArticle]
) -> Mapping[str, list[str]]:
    client = connect(url)
    await client.flushall()
    memory = RedisRelatedMemory(client, clock=clock)
    articles = list(articles)
    for article in articles:
        await memory.remember([article])
    lists = {article.id: (await listed(memory, article.id))[:5] for article in articles}
    await client.aclose()
    return lists


async def test_lists_do_not_depend_on_the_order_of_arrival(redis_url: str, clock: Clock) -> None:
    articles = [
        telling(story, at, after=timedelta(days=5 * story, hours=7 * at))
        for story in range(30)
        for at in range(7)
    ]
    oldest_first = sorted(articles, key=lambda article: article.published_at)
    shuffled = random.Random(3).sample(articles, len(articles))
    expected = await top_five(redis_url, clock, oldest_first)
    assert sum(map(len, expected.values())) > 900
    assert await top_five(redis_url, clock, reversed(oldest_first)) == expected
    assert await top_five(redis_url, clock, shuffled) == expected


async def test_what_editors_pin_stands_first_and_what_they_ban_is_gone(
    memory: RedisRelatedMemory,
) -> None:
    await memory.remember([telling(1, 1), telling(1, 2), telling(1, 3), telling(2, 1)])
    pin, ban = ("2-1", "never-known"), ("1-2", "2-2")
    await memory.curate("1-1", Curation(2, related=Choices(pin, ban)))
    assert await listed(memory, "1-1") == ["2-1", "1-3"]
    (related,) = await memory.read(["1-1"])
    assert related is not None
    assert related.links[0].reason == "Chosen by an editor"

    await memory.curate("1-1", Curation(1, related=Choices(pin=("1-2",))))
    await memory.remember([telling(1, 1), telling(1, 4)])
    first, *others = await listed(memory, "1-1")
    assert (first, set(others)) == ("2-1", {"1-3", "1-4"})
    await memory.withdraw([withdrawal("2-1")])
    assert set(await listed(memory, "1-1")) == {"1-3", "1-4"}


async def test_a_decision_on_links_is_announced(memory: RedisRelatedMemory) -> None:
    await memory.remember([telling(1, 1), telling(2, 1)])
    await memory.announced([each for each in await memory.read(["1-1", "2-1"]) if each])
    await memory.curate("1-1", Curation(1, related=Choices(pin=("2-1",))))
    assert await refresh(memory) == ["1-1"]


async def announce_often(memory: RedisRelatedMemory, clock: Clock) -> None:
    """So often that the list of 1-1, which changes once more, waits for long."""
    await memory.remember([telling(1, 1), telling(2, 1)])
    for at in range(9):
        # Longer than the one before and so more alike, each newcomer enters the list.
        text = story_text(1, 100 + at, length=60 + 20 * at)
        await memory.remember([known_article(f"new-{at}", text)])
        clock.now += 6
        last = await refresh(memory)
    assert "1-1" not in last


async def test_a_decision_on_links_does_not_wait_for_a_change_that_may(
    memory: RedisRelatedMemory, clock: Clock
) -> None:
    await announce_often(memory, clock)
    await memory.curate("1-1", Curation(1, related=Choices(pin=("2-1",))))
    assert "1-1" in await refresh(memory)


async def test_what_a_dead_worker_took_does_not_wait_for_a_change_that_may(
    memory: RedisRelatedMemory, clock: Clock
) -> None:
    await announce_often(memory, clock)
    await memory.curate("1-1", Curation(1, related=Choices(pin=("2-1",))))
    taken = await memory.take_due(100)
    assert "1-1" in [each.id for each in taken]
    clock.now += 59
    await memory.remember([known_article("last", story_text(1, 110, length=260))])
    clock.now += 2
    assert "1-1" in await refresh(memory)


async def test_articles_about_one_event_share_a_story(memory: RedisRelatedMemory) -> None:
    await memory.remember([telling(1, 1), telling(2, 1)])
    first, other, unknown = await stories(memory, "1-1", "2-1", "nobody")
    assert (first and other and first != other, unknown) == (True, None)
    for at in range(2, 40):
        await memory.remember([telling(1, at, after=HOUR * at)])
    told = await stories(memory, *(f"1-{at}" for at in range(1, 40)))
    assert set(told) == {first}


async def settle_announcements(memory: RedisRelatedMemory, clock: Clock) -> None:
    for _ in range(20):
        clock.now += 301
        if not await refresh(memory):
            return
    pytest.fail("lists go on changing")


async def test_an_earlier_telling_that_comes_late_renames_the_story_for_all(
    memory: RedisRelatedMemory, clock: Clock
) -> None:
    names = [f"1-{at}" for at in range(12)]
    for at in range(1, 12):
        await publish(memory, telling(1, at, after=HOUR * at))
    (before,) = set(await stories(memory, *names[1:]))
    await settle_announcements(memory, clock)
    await memory.remember([telling(1, 0)])
    (after,) = await stories(memory, "1-0")
    assert after != before
    clock.now += 16
    announced = await memory.take_due(100)
    assert {each.story_id for each in announced} == {after}
    await memory.announced(announced)
    await settle_announcements(memory, clock)
    assert set(await stories(memory, *names)) == {after}


async def renamed(memory: RedisRelatedMemory, redis: Redis) -> str:
    """An article to be told as part of another story; "2-2" follows it, and nothing is due."""
    both = known_article("both", f"{story_text(1, 1)} {story_text(2, 1)}", after=HOUR)
    for article in (both, telling(2, 2, after=2 * HOUR)):
        await publish(memory, article)
    await memory.remember([telling(1, 2)])
    assert len(set(await stories(memory, "2-2", "1-2"))) == 2
    await redis.delete(lists.DUE)
    return both.id


async def test_followers_of_what_is_told_anew_are_due_in_a_minute_also_after_a_crash(
    memory: RedisRelatedMemory, redis: Redis, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    followed = await renamed(memory, redis)

    with monkeypatch.context() as patch:
        patch.setattr(lists.Lists, "make_due", crash)
        with pytest.raises(ConnectionError):
            await memory.read([followed])
    await memory.read([followed])
    assert await due_in(redis, clock, "2-2") == 60
    assert len(set(await stories(memory, "2-2", "1-2"))) == 1


async def test_a_follower_told_while_what_it_follows_is_told_anew_is_due_again(
    memory: RedisRelatedMemory, redis: Redis, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    followed = await renamed(memory, redis)
    make_due = lists.Lists.make_due

    async def taken_at_once(*_: object) -> None:
        monkeypatch.setattr(lists.Lists, "make_due", make_due)

    monkeypatch.setattr(lists.Lists, "make_due", taken_at_once)
    await memory.read([followed])
    assert await due_in(redis, clock, "2-2") == 60


@pytest.mark.parametrize("lower_first", [True, False])
async def test_of_two_earlier_articles_as_near_the_lower_one_is_followed(
    memory: RedisRelatedMemory, redis: Redis, *, lower_first: bool
) -> None:
    words = story_text(1, 1, length=50).split()
    shuffled = (" ".join(random.Random(at).sample(words, len(words))) for at in range(2))
    # All words of a lead weigh the same, so these two differ in nothing but their order.
    earlier = [known_article(f"earlier-{at}", text) for at, text in enumerate(shuffled)]
    earlier.sort(key=lambda article: member_of(article.id), reverse=not lower_first)
    later = known_article("later", f"{' '.join(words)} {story_text(2, 1)}", after=HOUR)
    for article in (later, *earlier):
        await memory.remember([article])
    (one, first), (other, second) = await places(redis, "later")
    assert first == second
    kin = cast("bytes", await redis.hget(key("s", member_of("later")), "kin"))
    assert kin.endswith(min(one, other))


async def test_a_story_goes_on_without_what_is_withdrawn_or_corrected_away(
    memory: RedisRelatedMemory, clock: Clock
) -> None:
    await memory.remember([telling(1, at, after=HOUR * at) for at in range(8)])
    await memory.remember([telling(2, 0)])
    await settle_announcements(memory, clock)
    await memory.withdraw([withdrawal("1-0")])
    moved = known_article("1-3", story_text(2, 3), revision=2, after=HOUR * 3)
    await memory.remember([moved])
    await settle_announcements(memory, clock)
    told = dict(
        zip(names := [f"1-{at}" for at in range(8)], await stories(memory, *names), strict=True)
    )
    (other,) = await stories(memory, "2-0")
    assert (told.pop("1-0"), told.pop("1-3")) == (None, other)
    assert len(set(told.values())) == 1
    assert other not in told.values()


async def test_a_copy_is_of_the_story_of_its_original(memory: RedisRelatedMemory) -> None:
    text = story_text(1, 1, length=400)
    copies = [
        known_article(f"copy-{at}", changed(text, 0.02, at), after=HOUR * at) for at in range(9)
    ]
    await memory.remember(copies)
    assert len(set(await stories(memory, *(copy.id for copy in copies)))) == 1


@pytest.mark.parametrize("seed", range(3))
async def test_a_full_list_keeps_the_best_in_whichever_order_they_came(
    memory: RedisRelatedMemory, redis: Redis, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    articles = [telling(0, at) for at in range(12)]
    await memory.remember(articles)
    everyone = {each.id: await places(redis, each.id) for each in articles}
    assert all(len(found) == 11 for found in everyone.values())
    await redis.flushall()
    monkeypatch.setattr(lists, "KEPT", 5)
    random.Random(seed).shuffle(articles)
    for each in articles:
        await memory.remember([each])
    for article_id, found in everyone.items():
        kept = await places(redis, article_id)
        # The fifth may be the one it follows, however far that one is down.
        assert len(kept) == 5
        assert kept[-4:] == found[-4:]
        assert set(kept) <= set(found)
        for member, _ in kept:
            back = await redis.zscore(key("k", member), member_of(article_id))
            assert back is not None


async def test_a_settle_pass_links_everything_anew_and_changes_nothing_that_is_right(
    memory: RedisRelatedMemory, redis: Redis, redis_url: str
) -> None:
    await memory.remember([telling(story, at) for story in range(9) for at in range(5)])
    before = await state(redis)
    lists = [name async for name in redis.scan_iter(b"rel:l:*")]
    await redis.delete(*lists)
    assert await state(redis) != before
    assert sum([settled async for settled in settle_related(redis_url)]) == 45
    assert await state(redis) == before


async def test_a_settle_pass_looks_further_than_who_comes(
    memory: RedisRelatedMemory, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(neighbourhood, "_SIDE", 1)
    tellings = [telling(1, at, after=HOUR * at) for at in range(9)]
    for _ in range(2):
        await memory.remember(tellings)
    before = await listed(memory, tellings[0].id)
    assert [settled async for settled in settle_related(redis_url)]
    after = await listed(memory, tellings[0].id)
    assert len(after) > len(before)


async def test_a_copy_has_the_links_that_its_original_gets_later(
    memory: RedisRelatedMemory, clock: Clock
) -> None:
    text = story_text(1, 50, length=400)
    for at in range(2):
        copy = changed(text, 0.02, at)
        await memory.remember([known_article(f"copy-{at}", copy, after=HOUR * at)])
    await memory.announced([each for each in await memory.read(["copy-0", "copy-1"]) if each])
    await memory.remember([telling(1, 1)])
    assert await listed(memory, "copy-0") == await listed(memory, "copy-1") == ["1-1"]
    clock.now += 6
    assert await refresh(memory) == ["copy-0"]
    clock.now += 61
    assert await refresh(memory) == ["copy-1"]


async def test_articles_whose_story_is_named_anew_all_the_time_are_told_at_a_bounded_rate(
    memory: RedisRelatedMemory, clock: Clock
) -> None:
    """An archive that comes newest first: each newcomer is the first of the story."""
    count, told = 60, Counter[str]()
    for at in range(count, 0, -1):
        await publish(memory, telling(1, at, after=HOUR * at))
        clock.now += 6
        told.update(await refresh(memory))
    # After 5, 15, 45 and 135 seconds, of these 360.
    assert 3 <= max(told.values()) <= 5
    await settle_announcements(memory, clock)
    assert len(set(await stories(memory, *(f"1-{at}" for at in range(1, count + 1))))) == 1
