"""The vocabulary of tags as several workers count it in a real Redis, at any order of events."""

import asyncio
import random
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from redis.asyncio import Redis

from services.enrich.adapters.redis_vocabulary import RedisAgenda, RedisDecisions, RedisVocabulary
from services.enrich.domain.vocabulary import Form, TagUses, Use
from services.enrich.ports import DecisionsUnavailableError
from services.enrich.use_cases.apply_decisions import ApplyDecisions
from shared.events import TagRenamed, wrap
from shared.messaging import connect

GAME, GAMES = Form("game", "topic"), Form("games", "topic")
CHESS = Form("Chess", "topic")


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    client = connect(redis_url)
    yield client
    await client.aclose()


async def state(redis: Redis) -> Mapping[bytes, object]:
    found: dict[bytes, object] = {}
    for pattern in ("{tags}:articles:*", "{tags}:forms:*"):
        async for name in redis.scan_iter(pattern):
            kind = await redis.type(name)
            found[name] = await (redis.smembers(name) if kind == b"set" else redis.hgetall(name))
    return found


async def shown(redis: Redis, slugs: Sequence[str]) -> Mapping[str, Form | None]:
    """What an article with these tags would show them as."""
    vocabulary = RedisVocabulary(redis)
    uses = tuple(Use(slug, None) for slug in slugs)
    (forms,) = await vocabulary.count([TagUses("reader", 0, "en", uses)])
    return forms


async def articles_with(vocabulary: RedisVocabulary, slug: str) -> set[str]:
    return {article_id async for page in vocabulary.articles(slug) for article_id in page}


def uses_of(article: str, slug: str, form: Form, language: str = "en") -> TagUses:
    return TagUses(article, 1, language, (Use(slug, form),))


async def test_the_form_of_most_articles_is_shown(redis: Redis) -> None:
    vocabulary = RedisVocabulary(redis)
    forms = [GAME, GAMES, GAMES]
    answers = await vocabulary.count(
        [uses_of(f"{at}", "game", form) for at, form in enumerate(forms)]
    )
    assert answers == [{"game": GAME}, {"game": GAME}, {"game": GAMES}]
    german = await vocabulary.count([uses_of("4", "game", Form("Game", "topic"), "de")])
    assert german == [{"game": Form("Game", "topic")}]


@pytest.mark.parametrize("article", ["0", "nobody"])
async def test_to_ask_for_forms_counts_nothing(redis: Redis, article: str) -> None:
    vocabulary = RedisVocabulary(redis)
    await vocabulary.count([uses_of(f"{at}", "game", GAMES) for at in range(2)])
    before = await state(redis)
    uses = (Use("game", GAME), Use("chess", CHESS), Use("game-boy", None))
    asked = TagUses(article, 5, "en", uses)
    assert await vocabulary.forms(asked) == {"game": GAMES, "chess": None, "game-boy": None}
    assert await state(redis) == before
    assert not await redis.exists("{tags}:of:nobody")


async def test_articles_follow_a_form_that_became_the_most_frequent(redis: Redis) -> None:
    now = [1000.0]
    vocabulary = RedisVocabulary(redis, clock=lambda: now[0], pause_s=60)
    for at, form in enumerate([GAME, GAMES, GAMES]):
        await vocabulary.count([uses_of(f"{at}", "game", form)])
    assert await vocabulary.moved() == {}
    now[0] += 61
    assert await vocabulary.moved() == {"game": True}
    # Until it is followed: a crash in between loses nothing.
    assert await vocabulary.moved() == {"game": True}
    assert await articles_with(vocabulary, "game") == {"0", "1", "2"}
    await vocabulary.follow("game")
    now[0] += 3600
    assert await vocabulary.moved() == {}


async def test_articles_do_not_follow_a_form_that_was_the_most_frequent_for_a_while(
    redis: Redis,
) -> None:
    now = [1000.0]
    vocabulary = RedisVocabulary(redis, clock=lambda: now[0], pause_s=60)
    for at, form in enumerate([GAME, GAMES, GAMES, GAME, GAME]):
        await vocabulary.count([uses_of(f"{at}", "game", form)])
    now[0] += 61
    assert await vocabulary.moved() == {"game": False}
    await vocabulary.follow("game")
    assert await vocabulary.moved() == {}


async def test_a_decision_tells_the_tags_whose_articles_follow_also_when_it_comes_again(
    redis: Redis,
) -> None:
    decisions = RedisDecisions(redis)
    for _ in range(2):
        assert await decisions.rename("game", "Games", 1) == ("game",)
    for _ in range(2):
        assert await decisions.merge("game", "chess", 2) == ("game", "chess")
    (before,) = await decisions.about(["a"])
    assert await decisions.merge("game", "other", 1) == ()
    assert await decisions.rename("game", "Other", 1) == ()
    assert await decisions.rename("game", "Gaming", 3) == ("chess",)
    assert await decisions.merge("chess", "game", 4) == ()
    (decided,) = await decisions.about(["a"])
    assert decided.rulings.merged == before.rulings.merged
    assert decided.rulings.slug("game") == "chess"
    assert decided.rulings.aliases("chess") == ("game",)


async def test_the_articles_of_a_renamed_tag_are_due(redis: Redis) -> None:
    vocabulary, agenda = RedisVocabulary(redis), RedisAgenda(redis)
    await vocabulary.count([uses_of(f"a{at}", "game", GAME) for at in range(700)])
    await vocabulary.count([uses_of("b", "chess", CHESS)])
    apply = ApplyDecisions(RedisDecisions(redis), vocabulary, agenda)
    await apply([wrap(TagRenamed(slug="game", name="Play", number=1), source="t", subject="game")])
    assert set(await agenda.take(1000)) == {f"a{at}" for at in range(700)}


async def test_when_redis_has_lost_its_data_nothing_is_known_until_it_is_read_back(
    redis: Redis,
) -> None:
    decisions = RedisDecisions(redis)
    assert await decisions.about(["a"])
    await redis.set("dateline:generation", "pair:1")
    (decided,) = await decisions.about(["a"])
    assert decided.guards["dateline:generation"] == "pair:1"
    await redis.flushall()
    with pytest.raises(DecisionsUnavailableError):
        await decisions.about(["a"])
    await redis.set("dateline:generation", "pair:2")
    with pytest.raises(DecisionsUnavailableError):
        await decisions.about(["a"])
    await decisions.note_restored(2)
    assert await decisions.about(["a"])


forms = st.sampled_from([GAME, GAMES, replace(GAME, kind="name"), None])
uses = st.dictionaries(st.sampled_from(["game", "chess", "go"]), forms, max_size=3)
versions = st.lists(
    st.tuples(st.sampled_from("abcd"), st.integers(1, 3), uses), min_size=1, max_size=8
)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(versions, st.randoms(use_true_random=False))
def test_two_replicas_in_any_order_with_every_event_twice_count_the_same(
    redis_url: str, drawn: list[tuple[str, int, dict[str, Form | None]]], order: random.Random
) -> None:
    # One content for each version of an article, as ingest sees to.
    one = {(a, v): TagUses(a, v, "en", tuple(Use(s, f) for s, f in u.items())) for a, v, u in drawn}
    newest = {each.article_id: each for each in sorted(one.values(), key=lambda each: each.version)}
    twice = [*one.values(), *one.values()]
    order.shuffle(twice)

    async def count(events: Sequence[TagUses]) -> tuple[object, object]:
        client = connect(redis_url)
        await client.flushall()
        replicas = [RedisVocabulary(client), RedisVocabulary(client)]

        async def work(at: int) -> None:
            for event in events[at::2]:
                await replicas[at].count([event])

        await asyncio.gather(work(0), work(1))
        found = await state(client), await shown(client, ["game", "chess", "go"])
        await client.aclose()
        return found

    assert asyncio.run(count(twice)) == asyncio.run(count(list(newest.values())))
