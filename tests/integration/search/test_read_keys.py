"""Read keys: who may ask, how often, and what goes on without Redis."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from services.ingest.adapters.redis_keys import RedisKeys
from services.search.adapters import redis_read_keys
from services.search.ports import StoreUnavailableError
from services.search.settings import SearchSettings
from shared.messaging import connect
from tests import servers
from tests.builders import enriched, identified
from tests.search_service import Search, searching
from tests.served import served
from tests.waiting import eventually

RATE = 3


@pytest.fixture
async def search(redis_url: str, tmp_path: Path) -> AsyncIterator[Search]:
    settings = SearchSettings(state_dir=tmp_path, read_keys=True, read_rate_per_second=RATE)
    async with searching(redis_url, tmp_path, settings=settings) as service:
        await service.index(tunnel=enriched("tunnel", title="Tunnel opens"))
        yield service


@pytest.fixture
async def key(redis_url: str) -> str:
    """As `dateline keys add` makes it."""
    return await made(redis_url, "read")


async def made(redis_url: str, scope: str) -> str:
    async with connect(redis_url) as redis:
        return await RedisKeys(redis).add("frontend", [scope])


def bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/search?q=tunnel"),
        ("GET", f"/v1/articles/{identified('tunnel')}"),
        ("GET", "/v1/live"),
        ("POST", "/1/indexes/articles/query"),
    ],
)
async def test_without_a_known_key_nothing_is_answered(
    search: Search, method: str, path: str
) -> None:
    for headers in ({}, bearer("dateline_nobody"), {"Authorization": "Basic eA=="}):
        answer = await search.client.request(method, path, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (401, "unknown_key")
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.headers["www-authenticate"] == "Bearer"


async def test_a_key_is_taken_as_each_client_sends_it(search: Search, key: str) -> None:
    by_header = await search.client.get("/v1/search", headers=bearer(key))
    assert by_header.json()["total"] == 1
    dialect = "/1/indexes/articles/query"
    in_the_address = await search.client.post(dialect, params={"x-algolia-api-key": key}, json={})
    assert in_the_address.json()["nbHits"] == 1
    by_its_header = await search.client.post(dialect, headers={"X-Algolia-API-Key": key}, json={})
    assert by_its_header.json()["nbHits"] == 1


async def test_a_key_without_the_scope_is_forbidden(search: Search, redis_url: str) -> None:
    publisher = await made(redis_url, "publish")
    answer = await search.client.get("/v1/search", headers=bearer(publisher))
    assert (answer.status_code, answer.json()["code"]) == (403, "missing_scope")


async def test_a_key_that_asks_too_often_is_told_to_wait(
    search: Search, key: str, redis_url: str
) -> None:
    other = await made(redis_url, "read")
    asked = (search.client.get("/v1/latest", headers=bearer(key)) for _ in range(30))
    answers = await asyncio.gather(*asked)
    statuses = Counter(answer.status_code for answer in answers)
    assert set(statuses) == {200, 429}
    assert statuses[200] >= RATE
    refused = next(answer for answer in answers if answer.status_code == 429)
    assert (refused.json()["code"], refused.headers["retry-after"]) == ("rate_limited", "1")
    assert (await search.client.get("/v1/latest", headers=bearer(other))).status_code == 200
    await eventually(lambda: _status(search, key), 200)


async def test_a_revoked_key_is_refused_within_seconds(
    search: Search, key: str, redis_url: str
) -> None:
    assert await _status(search, key) == 200
    async with connect(redis_url) as redis:
        keys = RedisKeys(redis)
        await keys.revoke((await keys.all())[0].id)
    await eventually(lambda: _status(search, key), 401)


async def test_the_site_and_its_script_need_no_key(search: Search) -> None:
    assert "Tunnel opens" in (await search.client.get("/")).text
    assert "</mark> opens" in (await search.client.get("/search?q=tunnel")).text
    assert "Tunnel opens" in (await search.client.get("/feed.xml")).text
    suggested = await search.client.get("/suggest", params={"q": "tunn"})
    assert suggested.json()["items"][0]["text"] == "Tunnel opens"
    viewed = await search.client.post(f"/article/{identified('tunnel')}/views")
    assert viewed.status_code == 204
    assert (await search.client.post("/article/nobody/views")).status_code == 404


async def test_without_redis_known_keys_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redis_read_keys, "FRESH_S", 0.0)
    with servers.redis_server(tmp_path) as server:
        known, unseen = [await made(server.url, "read") for _ in range(2)]
        redis = connect(server.url)
        keys = redis_read_keys.RedisReadKeys(redis)
        assert await keys.scopes(known) == frozenset({"read"})
        assert await keys.scopes("dateline_nobody") is None
    async with redis:
        assert await keys.scopes(known) == frozenset({"read"})
        with pytest.raises(StoreUnavailableError):
            await keys.scopes(unseen)


async def _status(search: Search, key: str) -> int:
    return (await search.client.get("/v1/latest", headers=bearer(key))).status_code


async def test_a_key_has_its_share_of_live_connections(
    redis_url: str, tmp_path: Path, key: str
) -> None:
    settings = SearchSettings(state_dir=tmp_path, read_keys=True, live_connections_per_client=1)
    other = await made(redis_url, "read")
    async with (
        searching(redis_url, tmp_path, settings=settings) as service,
        served(service.app) as base_url,
        httpx.AsyncClient(base_url=base_url) as client,
        client.stream("GET", "/v1/live", headers=bearer(key)) as first,
        client.stream("GET", "/v1/live", headers=bearer(other)) as second,
    ):
        assert (first.status_code, second.status_code) == (200, 200)
        answer = await client.get("/v1/live", headers=bearer(key))
        assert (answer.status_code, answer.json()["code"]) == (429, "too_many_connections")
