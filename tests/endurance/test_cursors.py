"""More than fifty pages by cursor while a hundred articles a second arrive."""

import asyncio
import random
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from shared.events import ArticleEnriched
from shared.messaging import connect
from shared.streams import ENRICHED
from tests import builders, streams
from tests.builders import LONG_AGO, enriched, identified
from tests.search_process import SearchProcess, search_process
from tests.waiting import eventually

pytestmark = pytest.mark.timeout(1_800)
ARTICLES, PAGE_SIZE, PAGES = 1_000, 20, 50
PER_SECOND, PER_PAGE = 100, 20
RANGE_S = 1_000_000


def told(name: str, chance: random.Random) -> ArticleEnriched:
    """Anywhere in time, length and relevance; many share a second."""
    return enriched(
        name,
        title=f"Report {name}",
        body="tunnel " * chance.randint(1, 9) + "stone " * chance.randint(1, 60),
        published_at=LONG_AGO + timedelta(seconds=chance.randrange(0, RANGE_S, 1_000)),
        minutes=chance.randint(0, 12),
    )


@pytest.fixture
def search(tmp_path: Path, cluster_url: str | None) -> Iterator[SearchProcess]:
    chance = random.Random(5)
    articles = {f"a{number}": told(f"a{number}", chance) for number in range(ARTICLES)}
    with search_process(tmp_path, articles, opensearch_url=cluster_url) as search:
        yield search


@asynccontextmanager
async def arriving(search: SearchProcess) -> AsyncIterator[None]:
    """New articles at a steady rate, as many as fifty pages wait for, into all places."""

    async def publish() -> None:
        chance = random.Random(6)
        clock = asyncio.get_running_loop().time
        start, sent = clock(), 0
        async with connect(search.redis_url) as redis:
            while sent < PAGES * PER_PAGE:
                name = f"new{sent}"
                await streams.add(redis, ENRICHED, builders.entry(told(name, chance), name))
                sent += 1
                await asyncio.sleep(max(0, start + sent / PER_SECOND - clock()))

    publishing = asyncio.create_task(publish())
    try:
        yield
    finally:
        publishing.cancel()
        with suppress(asyncio.CancelledError):
            await publishing


@pytest.mark.parametrize("sort", ["relevance", "newest", "oldest", "shortest", "longest"])
async def test_a_long_walk_repeats_and_skips_nothing(search: SearchProcess, sort: str) -> None:
    seen: list[str] = []
    pages = 0
    cursor: str | None = ""
    async with arriving(search), httpx.AsyncClient(base_url=search.url, timeout=30) as client:

        async def total(at_least: int) -> bool:
            answer = await client.get("/v1/search", params={"page_size": 1, "fields": "id"})
            return bool(answer.json()["total"] >= at_least)

        while cursor is not None:
            # The list grows before every page, so pages do not outrun what arrives.
            grown = ARTICLES + PER_PAGE * min(pages + 1, PAGES)
            await eventually(lambda least=grown: total(least), True, within_s=300)  # type: ignore[misc]  # noqa: FBT003
            answer = await client.get(
                "/v1/search",
                params={"q": "tunnel", "sort": sort, "page_size": PAGE_SIZE, "cursor": cursor},
            )
            assert answer.status_code == 200, answer.text
            seen += [hit["article"]["id"] for hit in answer.json()["hits"]]
            cursor = answer.json()["next_cursor"]
            pages += 1
    assert pages >= PAGES
    assert len(seen) == len(set(seen)), "repeated"
    missing = {identified(f"a{number}") for number in range(ARTICLES)} - set(seen)
    assert not missing, "skipped"
