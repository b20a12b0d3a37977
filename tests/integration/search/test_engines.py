"""The whole service on both engines: the same answers, the same promises."""

import random
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import redis

from services.search.adapters.opensearch_index import OpenSearchIndex
from services.search.adapters.opensearch_index.connection import Access
from services.search.ports import SearchIndex
from shared.events import ArticleEnriched
from tests.builders import LONG_AGO, enriched, identified, withdrawn
from tests.contract.ports.opensearch_names import names_of_its_own
from tests.search_service import Search, reading_receipts, searching
from tests.waiting import eventually

WORDS = (
    *("tunnel", "bridge", "harbour", "minister", "election", "river", "drought"),
    *("vineyard", "railway", "customs", "senate", "flood", "museum", "orchestra"),
    *("football", "striker", "bank", "lending", "harvest", "export"),
)
CATEGORIES = ("News > Economy", "News > Politics", "Culture", "Sport")
ALL_FACETS = "category,tag,author,publisher,language,year"
REQUESTS: tuple[dict[str, Any], ...] = (
    {},
    {"page": 3, "page_size": 7},
    {"sort": "oldest"},
    {"sort": "shortest", "page_size": 50},
    {"sort": "longest", "page": 2},
    {"category": "News", "facets": ALL_FACETS},
    {"category": "-News > Economy", "tag": "tunnel,bridge", "facets": ALL_FACETS},
    {"author": "Writer\\, 1", "year": "2024", "facets": "author,year"},
    {"published_from": "2024-05-01", "published_to": "2024-05-09", "sort": "newest"},
    {"read_minutes_min": 3, "read_minutes_max": 5},
    {"q": "tunnel bridge", "sort": "newest", "facets": "category"},
    {"q": '"tunnel bridge"', "sort": "oldest"},
    {"q": "flood -museum", "sort": "longest"},
    {"q": "tunel", "sort": "newest"},
)


@pytest.fixture
def opensearch_index(opensearch_url: str) -> Iterator[SearchIndex]:
    with names_of_its_own(opensearch_url) as prefix:
        yield OpenSearchIndex(Access(urls=(opensearch_url,)), prefix=prefix)


def newsroom() -> dict[str, ArticleEnriched]:
    """Eighty articles of the same few words; many share a second, a length, a tag."""
    chance = random.Random(7)
    return {
        f"n{number}": enriched(
            f"n{number}",
            title=f"{' '.join(chance.sample(WORDS, 3))} {number}",
            body=" ".join(chance.choices(WORDS, k=60)),
            authors=[f"Writer, {number % 3}"],
            categories=[CATEGORIES[number % 4]],
            tags=chance.sample(WORDS, 2),
            language=("en", "en-GB", "de")[number % 3],
            published_at=LONG_AGO + timedelta(days=number // 4 * 30 // 10),
            minutes=number % 7,
        )
        for number in range(80)
    }


async def answers(search: Search) -> list[dict[str, Any]]:
    """What must not depend on the engine: what is found and counted, and the order of values."""
    await search.index(**newsroom())
    found = []
    for asked in REQUESTS:
        body = await search.get("/v1/search", **asked)
        ids = [hit["article"]["id"] for hit in body["hits"]]
        # Each engine ranks by relevance in its own way.
        by_value = not asked.get("q") or asked.get("sort", "relevance") != "relevance"
        same = {name: body[name] for name in ("query", "total", "pages", "facets")}
        found.append({"asked": asked, "ids": ids if by_value else [], **same})
    return found


async def first_hits(search: Search) -> list[str]:
    """For the title of every fourth article as a question, the id that comes first."""
    titles = [event.title for event in newsroom().values()][::4]
    bodies = [await search.get("/v1/search", q=title, page_size=1) for title in titles]
    return [body["hits"][0]["article"]["id"] for body in bodies]


async def test_both_engines_give_the_same_answers(
    redis_url: str, tmp_path: Path, opensearch_index: SearchIndex
) -> None:
    async with searching(redis_url, tmp_path) as search:
        of_tantivy = await answers(search)
        known_items = await first_hits(search)
    with redis.Redis.from_url(redis_url) as client:
        client.flushall()
    async with searching(redis_url, tmp_path, index=opensearch_index) as search:
        assert await answers(search) == of_tantivy
        assert await first_hits(search) == known_items
    assert known_items == [identified(name) for name in newsroom()][::4]


async def test_an_article_on_opensearch_from_event_to_withdrawal(
    redis_url: str, tmp_path: Path, opensearch_index: SearchIndex
) -> None:
    async with searching(redis_url, tmp_path, index=opensearch_index) as search:
        await search.index(a=enriched("a", title="Tunnel", links=["b"]))
        await search.index(b=enriched("b", title="Bridge"))
        path = f"/v1/articles/{identified('a')}/related"
        assert [item["title"] for item in (await search.get(path))["items"]] == ["Bridge"]
        await search.index(b=withdrawn("b"))
        await search.get(f"/v1/articles/{identified('b')}", status=410)
        assert (await search.get(path))["items"] == []
        assert await search.found() == ["Tunnel"]
        assert (await search.get("/v1/search", q="tunel"))["query"]["corrected"] == "tunnel"


async def test_records_are_recovered_from_opensearch(
    redis_url: str, tmp_path: Path, opensearch_index: SearchIndex
) -> None:
    async with searching(redis_url, tmp_path, index=opensearch_index) as search:
        await search.index(a=enriched("a", title="Kept", revision=4))
        await search.redis.flushall()
        async with reading_receipts(redis_url) as seen:
            await eventually(search.unready, {})
            await eventually(lambda: [one.envelope.subject for one in seen], [identified("a")])
        await search.index(a=enriched("a", title="Newer", revision=5))
        assert await search.found() == ["Newer"]
