"""A ledger against a real search: each way to break the promise is told from the others."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from services.cli.ledger import Accepted
from services.cli.verifying import Verification, verify
from shared.streams import ENRICHED
from tests.builders import enriched, entry, identified, withdrawn
from tests.search_service import Search, searching


@pytest.fixture
async def search(redis_url: str, tmp_path: Path) -> AsyncIterator[Search]:
    async with searching(redis_url, tmp_path) as running:
        await running.index(
            current=enriched("current", revision=2),
            old=enriched("old", revision=1),
            gone=enriched("gone"),
            back=enriched("back"),
        )
        await running.index(gone=withdrawn("gone"))
        yield running


async def checked(search: Search, *accepted: Accepted) -> Verification:
    ledger = {one.id: one for one in accepted}
    return await verify(ledger, search.client, search.redis)


def of(name: str, revision: int = 1, *, gone: bool = False, until: str | None = None) -> Accepted:
    return Accepted(identified(name), revision, gone, visible_from=until)


async def test_what_is_shown_as_accepted_holds(search: Search) -> None:
    found = await checked(search, of("current", 2), of("old"), of("gone", gone=True))
    assert found.holds
    assert (found.articles, found.shown, found.withdrawn) == (3, 2, 1)


async def test_lost_stale_and_resurrected_are_told_apart(search: Search) -> None:
    found = await checked(search, of("never"), of("old", 2), of("back", gone=True))
    assert not found.holds
    assert {one.kind: one.accepted for one in found.broken} == {
        "lost": of("never"),
        "stale": of("old", 2),
        "resurrected": of("back", gone=True),
    }
    assert str(found).endswith("1 lost, 1 stale, 0 duplicated, 1 resurrected")


async def test_a_withdrawn_article_that_should_be_shown_again_is_lost(search: Search) -> None:
    found = await checked(search, of("gone", 2))
    assert [(one.kind, one.seen) for one in found.broken] == [("lost", "search answers 410")]


async def test_a_dead_letter_gives_the_reason(search: Search) -> None:
    dead = {"__data__": entry(enriched("old", revision=2), "old"), "last_error": b"no ink"}
    await search.redis.xadd(ENRICHED.dead, dead)  # type: ignore[arg-type]
    found = await checked(search, of("old", 2), of("never"))
    assert found.dead_letters == {"no ink": 1}
    assert [one.kind for one in found.broken] == ["lost"]


async def test_a_newer_revision_than_the_ledger_knows_is_no_fault(search: Search) -> None:
    found = await checked(search, of("current", 1))
    assert found.holds
    assert found.ahead == 1


async def test_an_embargo_is_no_loss_while_it_lasts(search: Search) -> None:
    until = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=1)
    await search.index(secret=enriched("secret", published_at=until))
    found = await checked(search, of("secret", until=until.isoformat()))
    assert found.holds
    assert found.embargoed == 1
    assert [one.kind for one in (await checked(search, of("secret"))).broken] == ["lost"]


class Line(httpx.AsyncBaseTransport):
    """The way to search, and what may happen on it."""

    def __init__(self, search: Search) -> None:
        self.search = search

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return await self.search.client.get(request.url.raw_path.decode())

    async def check(self, *accepted: Accepted) -> Verification:
        ledger = {one.id: one for one in accepted}
        async with httpx.AsyncClient(transport=self, base_url="http://search") as client:
            return await verify(ledger, client, self.search.redis)


class Twice(Line):
    """Search as it would answer with an article in its list twice."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        answer = await super().handle_async_request(request)
        body: Mapping[str, object] = answer.json()
        hits = body.get("hits")
        if isinstance(hits, list):
            return httpx.Response(200, json={**body, "hits": hits + hits[:1]})
        return answer


async def test_an_article_listed_twice_is_duplicated(search: Search) -> None:
    found = await Twice(search).check(of("current", 2), of("old"), of("back"))
    assert [one.kind for one in found.broken] == ["duplicated"]


class Late(Line):
    """Search as it answers when an article becomes searchable right after its list was read."""

    walks = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        answer = await super().handle_async_request(request)
        if request.url.path == "/v1/search":
            self.walks += 1
            await self.search.index(late=enriched("late"))
        return answer


async def test_what_comes_after_the_list_was_read_is_not_lost(search: Search) -> None:
    late = Late(search)
    found = await late.check(of("late"))
    assert found.holds
    assert (found.shown, late.walks) == (1, 2)


class Slow(Line):
    """Search as it is reached over a line that is slower than an embargo."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        answer = await super().handle_async_request(request)
        await asyncio.sleep(1.5)
        return answer


async def test_an_embargo_that_ends_during_the_look_is_no_loss(search: Search) -> None:
    until = datetime.now(UTC) + timedelta(seconds=3)
    await search.index(secret=enriched("secret", published_at=until))
    slow = Slow(search)
    while not (found := await slow.check(of("secret", until=until.isoformat()))).shown:
        assert found.holds
    assert found.holds
