"""An OpenSearch that is killed, hung or forgetful under the search service."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest

from services.search.adapters.opensearch_index import OpenSearchIndex
from services.search.adapters.opensearch_index.connection import Access
from shared.embedded_opensearch import OpenSearchCluster
from shared.streams import ENRICHED
from tests.builders import enriched, identified, withdrawn
from tests.contract.ports.opensearch_names import names_of_its_own
from tests.search_service import Search, searching
from tests.waiting import eventually

pytestmark = [pytest.mark.opensearch, pytest.mark.timeout(600)]
LONG_S = 240


@pytest.fixture
def prefix(harmed_opensearch: OpenSearchCluster) -> Iterator[str]:
    with names_of_its_own(harmed_opensearch.url) as prefix:
        yield prefix


@pytest.fixture
async def search(
    harmed_opensearch: OpenSearchCluster, prefix: str, redis_url: str, tmp_path: Path
) -> AsyncIterator[Search]:
    index = OpenSearchIndex(Access(urls=(harmed_opensearch.url,)), prefix=prefix)
    async with searching(redis_url, tmp_path, index=index) as running:
        yield running


async def test_opensearch_killed_under_load_loses_nothing_acknowledged(
    search: Search, harmed_opensearch: OpenSearchCluster
) -> None:
    """The lag grows while it is down, nothing is counted against an article, and all drains."""
    (node,) = harmed_opensearch.nodes
    await search.index(**{f"a{number}": enriched(f"a{number}") for number in range(20)})
    for number in range(20, 150):
        await search.publish(enriched(f"a{number}"), f"a{number}")
        if number == 60:
            await asyncio.to_thread(node.kill)
    await eventually(lambda: _has(search, "consumer"), expected=True, within_s=LONG_S)
    assert await search.redis.hlen(f"messaging:attempts:search:{ENRICHED.name}") == 0
    await asyncio.to_thread(node.start)
    await eventually(lambda: _total(search), 150, within_s=LONG_S)
    await eventually(search.unready, {}, within_s=LONG_S)
    assert await search.redis.xlen(ENRICHED.dead) == 0


async def _has(search: Search, part: str) -> bool:
    return part in await search.unready()


async def _total(search: Search) -> int:
    answer = await search.client.get("/v1/search", params={"page_size": 1})
    return int(answer.json()["total"]) if answer.is_success else -1


async def test_a_hung_opensearch_is_a_503_in_time_and_health_goes_on(
    search: Search, harmed_opensearch: OpenSearchCluster
) -> None:
    (node,) = harmed_opensearch.nodes
    await search.index(a=enriched("a"))
    node.pause()
    try:
        asking = asyncio.create_task(search.client.get("/v1/search", params={"q": "words"}))
        while not asking.done():
            # The event loop is free: health answers again and again meanwhile.
            assert (await search.client.get("/health/live")).status_code == 200
            await asyncio.sleep(0.05)
        assert (await asking).status_code == 503
    finally:
        node.resume()
    await eventually(lambda: _total(search), 1, within_s=LONG_S)


async def test_what_opensearch_forgets_of_deleted_documents_brings_nothing_back(
    search: Search, harmed_opensearch: OpenSearchCluster, prefix: str
) -> None:
    """It keeps the versions of deleted documents for 60 s (here: not at all); a tombstone stays."""
    settings = {"index.gc_deletes": "0s"}
    url = f"{harmed_opensearch.url}/{prefix}articles/_settings"
    async with httpx.AsyncClient(timeout=60) as client:
        (await client.put(url, json=settings)).raise_for_status()
        await search.index(a=enriched("a", revision=5))
        await search.index(a=withdrawn("a", revision=5))
        forced = f"{harmed_opensearch.url}/{prefix}articles/_forcemerge?max_num_segments=1"
        (await client.post(forced)).raise_for_status()
    await search.index(a=enriched("a", revision=4))
    assert await search.found() == []
    await search.get(f"/v1/articles/{identified('a')}", status=410)
