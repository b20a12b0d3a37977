"""Views: counted without cookies, once per reader and window, shown within seconds."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from tests.builders import enriched, identified
from tests.search_service import Search, searching
from tests.waiting import eventually

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
SAFARI = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/17 Safari"
GOOGLEBOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
TUNNEL, FLAMINGOS = identified("tunnel"), identified("flamingos")


@pytest.fixture
async def search(redis_url: str, tmp_path: Path) -> AsyncIterator[Search]:
    async with searching(redis_url, tmp_path) as service:
        await service.index(
            tunnel=enriched("tunnel", title="Tunnel breaks through"),
            flamingos=enriched("flamingos", title="Flamingos return"),
        )
        yield service


async def view(search: Search, article_id: str, agent: str, address: str = "192.0.2.1") -> None:
    transport = httpx.ASGITransport(app=search.app, client=(address, 1234))
    async with httpx.AsyncClient(transport=transport, base_url="http://search.test") as client:
        answer = await client.post(
            f"/v1/articles/{article_id}/views", headers={"User-Agent": agent}
        )
    assert (answer.status_code, answer.content) == (204, b"")


async def views(search: Search, article_id: str) -> int:
    return int((await search.get(f"/v1/articles/{article_id}"))["views"])


async def test_a_reader_counts_once_and_another_one_counts_too(search: Search) -> None:
    for _ in range(3):
        await view(search, TUNNEL, FIREFOX)
    assert await views(search, TUNNEL) == 1
    await view(search, TUNNEL, SAFARI)
    await view(search, TUNNEL, FIREFOX, address="192.0.2.2")
    assert await views(search, TUNNEL) == 3


async def test_an_ipv6_reader_is_one_whatever_the_rest_of_the_address(search: Search) -> None:
    for address in ("2001:db8::1", "2001:db8::dead:beef", "2001:db8:0:1::1"):
        await view(search, TUNNEL, FIREFOX, address=address)
    assert await views(search, TUNNEL) == 2


@pytest.mark.parametrize("agent", [GOOGLEBOT, "GPTBot/1.2", "", "Twitterbot/1.0"])
async def test_bots_are_left_out(search: Search, agent: str) -> None:
    await view(search, TUNNEL, agent)
    assert await views(search, TUNNEL) == 0


@pytest.mark.parametrize("agent", ["python-httpx/0.28.1", "okhttp/4.12", "node", "axios/1.7"])
async def test_an_app_or_a_frontend_s_own_server_is_no_bot(search: Search, agent: str) -> None:
    await view(search, TUNNEL, agent)
    assert await views(search, TUNNEL) == 1


async def test_the_most_viewed_come_first(search: Search) -> None:
    await view(search, FLAMINGOS, FIREFOX)
    for agent in (FIREFOX, SAFARI):
        await view(search, TUNNEL, agent)

    async def most() -> list[tuple[str, int]]:
        items = (await search.get("/v1/most-viewed", window="24h", limit=2))["items"]
        return [(card["title"], card["views"]) for card in items]

    await eventually(most, [("Tunnel breaks through", 2), ("Flamingos return", 1)])


async def test_nothing_is_kept_that_names_a_reader(search: Search) -> None:
    await view(search, TUNNEL, FIREFOX)
    keys = [key async for key in search.redis.scan_iter("search:view*")]
    readers = [key for key in keys if key.startswith(b"search:viewed:")]
    assert len(readers) == 1
    assert 0 < await search.redis.ttl(readers[0]) <= 1800
    assert await search.redis.get(readers[0]) == b""
    (salt,) = (key for key in keys if b"salt" in key)
    assert 0 < await search.redis.ttl(salt) <= 2 * 24 * 3600
    assert not [key for key in keys if b"192.0.2" in key or b"Firefox" in key]


async def test_an_unknown_article_has_no_views(search: Search) -> None:
    answer = await search.client.post("/v1/articles/nobody/views")
    assert answer.status_code == 404
