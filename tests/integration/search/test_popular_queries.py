"""What is asked most: only what found something, often enough, and nothing about who asked."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from services.search.adapters import redis_queries
from services.search.adapters.redis_queries import RedisQueries
from shared.messaging import connect
from tests.builders import enriched
from tests.search_service import Search, searching
from tests.waiting import eventually

OFTEN = 5
KEPT = 200


@pytest.fixture
async def search(redis_url: str, tmp_path: Path) -> AsyncIterator[Search]:
    async with searching(redis_url, tmp_path) as service:
        await service.index(
            tunnel=enriched("tunnel", title="Tunnel breaks through"),
            bridge=enriched("bridge", title="The bridge 0800 123456 ana@example.org"),
        )
        yield service


async def popular(search: Search) -> list[tuple[str, int]]:
    items = (await search.get("/v1/popular-queries"))["items"]
    return [(one["text"], one["count"]) for one in items]


async def ask(search: Search, times: int, user_agent: str = "Mozilla/5.0", **asked: str) -> None:
    for _ in range(times):
        await search.client.get("/v1/search", params=asked, headers={"User-Agent": user_agent})


async def test_what_is_asked_often_enough_is_shown_in_one_spelling(search: Search) -> None:
    await ask(search, OFTEN - 1, q="Tunnel")
    await ask(search, OFTEN - 1, q="bridge")
    assert await popular(search) == []
    await ask(search, 1, q="  TUNNEL ")
    assert await popular(search) == [("tunnel", OFTEN)]
    await ask(search, 2, q="tunel")
    await eventually(lambda: popular(search), [("tunnel", OFTEN + 2)])


@pytest.mark.parametrize(
    "q",
    [
        "nothing",
        "ana@example.org",
        "bridge 0800 123456",
        "a",
        "tunnel " * 20,
        "the bridge through b c d e f",
    ],
)
async def test_what_finds_nothing_or_could_be_personal_is_not_counted(
    search: Search, q: str
) -> None:
    await ask(search, OFTEN + 1, q=q, typos="off")
    assert await popular(search) == []


async def test_bots_and_further_pages_do_not_count(search: Search) -> None:
    await ask(search, OFTEN + 1, "Googlebot/2.1 (+http://www.google.com/bot.html)", q="tunnel")
    await ask(search, OFTEN + 1, q="tunnel", page="2")
    assert await popular(search) == []


async def test_nothing_is_kept_but_texts_and_numbers(search: Search) -> None:
    await ask(search, 1, q="tunnel")
    keys = [key async for key in search.redis.scan_iter("search:queries:*")]
    assert len(keys) == 2
    for key in keys:
        assert await search.redis.zrange(key, 0, -1, withscores=True) == [(b"tunnel", 1.0)]
        assert await search.redis.ttl(key) > 0


@pytest.mark.parametrize("frequent", ["aardvark", "zebra"])
@pytest.mark.parametrize("before", [1, 2])
async def test_what_is_asked_often_is_kept_among_many_others_whatever_it_is_called(
    redis_url: str, frequent: str, before: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Four times as many others as are kept, and first as many as are kept `before` times."""
    monkeypatch.setattr(redis_queries, "KEPT", KEPT)
    async with connect(redis_url) as redis:
        queries = RedisQueries(redis)
        others = [f"mole {number:05}" for number in range(4 * KEPT)]
        for one in others[:KEPT] * before:
            await queries.add(one)
        for number, one in enumerate(others[KEPT:]):
            await queries.add(one)
            if number % (KEPT // 10) == 0:
                await queries.add(frequent)
        ((text, count),) = await queries.most_asked(OFTEN, 10)
        assert text == frequent
        assert 20 <= count <= 30
        async for key in redis.scan_iter("search:queries:*"):
            assert await redis.zcard(key) == KEPT
