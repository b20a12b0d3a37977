"""Live: readers are told of new articles that match, on every replica, and can come back."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from services.search.adapters.tantivy_index import TantivyIndex
from services.search.settings import SearchSettings
from shared.messaging.trimming import TRIMMED
from shared.streams import INDEXED
from tests.builders import LONG_AGO, enriched, identified, withdrawn
from tests.search_service import Search, searching
from tests.served import listening, served
from tests.waiting import eventually


@pytest.fixture
async def search(redis_url: str, tmp_path: Path) -> AsyncIterator[Search]:
    settings = SearchSettings(state_dir=tmp_path, live_connections=3)
    async with searching(redis_url, tmp_path, settings=settings) as service:
        yield service


@pytest.fixture
async def address(search: Search) -> AsyncIterator[str]:
    async with served(search.app) as base_url:
        yield base_url


async def test_a_reader_is_told_of_new_articles_that_match(search: Search, address: str) -> None:
    await search.index(before=enriched("before", title="Tunnel, before anybody listened"))
    async with listening(address, q="tunnel", category="News") as reader:
        await search.index(
            tunnel=enriched("tunnel", title="Tunnel breaks through", categories=["News > Economy"]),
            other=enriched("other", title="Flamingos return"),
            culture=enriched("culture", title="Tunnel songs", categories=["Culture"]),
        )
        await eventually(lambda: reader.titles, ["Tunnel breaks through"])
        await search.index(tunnel=enriched("tunnel", title="Tunnel is open", revision=2))
        await eventually(lambda: reader.titles, ["Tunnel breaks through", "Tunnel is open"])
        (_, card), _ = reader.events
        assert card["id"] == identified("tunnel")
        assert set(card) >= {"title", "summary", "url", "published_at", "views", "read_minutes"}


async def test_a_reader_who_comes_back_hears_what_was_missed_once(
    search: Search, address: str
) -> None:
    async with listening(address, q="tunnel") as reader:
        await search.index(one=enriched("one", title="Tunnel one"))
        await eventually(lambda: reader.titles, ["Tunnel one"])
    await search.index(
        two=enriched("two", title="Tunnel two"), other=enriched("other", title="Flamingos")
    )
    async with listening(address, last=reader.last, q="tunnel") as again:
        await eventually(lambda: again.titles, ["Tunnel two"])
        await search.index(three=enriched("three", title="Tunnel three"))
        await eventually(lambda: again.titles, ["Tunnel two", "Tunnel three"])


async def test_who_heard_nothing_can_come_back_too(search: Search, address: str) -> None:
    async with listening(address) as reader:
        assert reader.last
    await search.index(one=enriched("one", title="One"))
    async with listening(address, last=reader.last) as again:
        await eventually(lambda: again.titles, ["One"])


async def test_nothing_is_told_of_what_is_embargoed_withdrawn_or_merely_enriched_anew(
    search: Search, address: str
) -> None:
    due = datetime.now(UTC) + timedelta(seconds=3)
    async with listening(address) as reader:
        await search.index(
            secret=enriched("secret", title="Secret", published_at=due),
            gone=withdrawn("gone"),
            again=enriched("again", title="Again", number=7, published_at=LONG_AGO),
            new=enriched("new", title="New"),
        )
        await eventually(lambda: reader.titles, ["New"])
        await eventually(lambda: reader.titles, ["New", "Secret"])


async def test_every_replica_tells_its_own_readers(redis_url: str, tmp_path: Path) -> None:
    """Two services on one index share the work of indexing; both hear of all of it."""
    index = TantivyIndex(tmp_path / "index")
    async with (
        searching(redis_url, tmp_path, index=index) as first,
        searching(redis_url, tmp_path, index=index) as second,
        served(first.app) as one,
        served(second.app) as other,
        listening(one, q="tunnel") as reader,
        listening(other, q="tunnel") as another,
    ):
        names = [f"tunnel-{number}" for number in range(20)]
        await first.index(**{name: enriched(name, title=f"Tunnel {name}") for name in names})
        expected = sorted(f"Tunnel {name}" for name in names)
        await eventually(lambda: sorted(reader.titles), expected)
        await eventually(lambda: sorted(another.titles), expected)


async def test_what_was_trimmed_meanwhile_is_said_to_be_missed(
    search: Search, address: str
) -> None:
    await search.index(one=enriched("one", title="One"))
    await search.redis.hset(TRIMMED, INDEXED.name, "5-0")
    async with listening(address, last="1-0") as reader:
        await eventually(lambda: [name for name, _ in reader.events], ["missed", "article"])


@pytest.mark.parametrize(
    ("params", "headers", "field"),
    [
        ({"q": "x" * 600}, {}, "q"),
        ({"sort": "newest"}, {}, "sort"),
        ({"published_from": "soon"}, {}, "published_from"),
        ({}, {"Last-Event-ID": "yesterday"}, "Last-Event-ID"),
    ],
)
async def test_what_cannot_be_followed_is_a_problem(
    search: Search, params: dict[str, str], headers: dict[str, str], field: str
) -> None:
    answer = await search.client.get("/v1/live", params=params, headers=headers)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == field


async def test_more_readers_than_allowed_are_sent_away(search: Search, address: str) -> None:
    async with listening(address), listening(address), listening(address):
        answer = await search.client.get("/v1/live")
        assert answer.status_code == 503
        assert answer.json()["code"] == "too_many_followers"
        assert answer.headers["retry-after"]

    async def room_again() -> int:
        async with (
            httpx.AsyncClient(base_url=address) as client,
            client.stream("GET", "/v1/live") as answer,
        ):
            return answer.status_code

    await eventually(room_again, 200)


async def test_a_stop_ends_every_answer_at_once(search: Search, address: str) -> None:
    async with listening(address) as reader:
        search.app.state.on_stop()
        await eventually(lambda: reader.ended, expected=True)


async def test_a_reader_who_does_not_read_is_let_go_and_nobody_waits(
    search: Search, address: str
) -> None:
    host, port = address.removeprefix("http://").split(":")
    _, writer = await asyncio.open_connection(host, int(port))
    writer.write(b"GET /v1/live HTTP/1.1\r\nHost: test\r\n\r\n")
    await writer.drain()
    async with listening(address) as reader:
        long = "word " * 20_000
        for batch in range(4):
            names = [f"{batch}-{number}" for number in range(40)]
            await search.index(
                **{name: enriched(name, title=f"Title {name}", summary=long) for name in names}
            )
        await eventually(lambda: len(set(reader.titles)), 160, within_s=60)
    writer.close()


async def test_one_client_cannot_take_all_connections(redis_url: str, tmp_path: Path) -> None:
    settings = SearchSettings(state_dir=tmp_path, live_connections=5, live_connections_per_client=2)
    async with (
        searching(redis_url, tmp_path, settings=settings) as service,
        served(service.app) as base_url,
        _readers(base_url, ["203.0.113.7", "203.0.113.7", "2001:db8::1", "2001:db8::2"]),
        httpx.AsyncClient(base_url=base_url) as client,
    ):
        for address in ("203.0.113.7", "2001:db8::3"):
            answer = await client.get("/v1/live", headers={"X-Forwarded-For": address})
            assert (answer.status_code, answer.json()["code"]) == (429, "too_many_connections")
            assert answer.headers["retry-after"]
        async with client.stream(
            "GET", "/v1/live", headers={"X-Forwarded-For": "2001:db8:1::1"}
        ) as answer:
            assert answer.status_code == 200


@asynccontextmanager
async def _readers(base_url: str, addresses: list[str]) -> AsyncIterator[None]:
    """One connection from each address."""
    async with AsyncExitStack() as stack:
        client = await stack.enter_async_context(httpx.AsyncClient(base_url=base_url))
        for address in addresses:
            answer = await stack.enter_async_context(
                client.stream("GET", "/v1/live", headers={"X-Forwarded-For": address})
            )
            assert answer.status_code == 200
        yield
