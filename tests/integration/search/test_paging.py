"""Pages and cursors, also while news arrives."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.builders import LONG_AGO, enriched, identified
from tests.search_service import Search, searching

ARTICLES = 60


@pytest.fixture
async def search(redis_url: str, tmp_path: Path) -> AsyncIterator[Search]:
    """Sixty articles on tunnels, of distinct length and relevance; several share a second."""
    async with searching(redis_url, tmp_path) as service:
        await service.index(
            **{
                f"n{number}": enriched(
                    f"n{number}",
                    title=f"Report {number}",
                    body="tunnel " * (number % 7 + 1) + "stone " * number,
                    published_at=LONG_AGO + timedelta(seconds=number // 3),
                    minutes=number % 5,
                )
                for number in range(ARTICLES)
            }
        )
        yield service


async def walk(search: Search, sort: str) -> list[str]:
    """All ids by cursor; before every further page three articles arrive."""
    ids: list[str] = []
    cursor: str | None = ""
    arrived = 0
    while cursor is not None:
        if ids:
            names = [f"new{arrived + one}" for one in range(3)]
            late = LONG_AGO + timedelta(days=3650 + arrived)
            await search.index(
                **{
                    name: enriched(name, title="tunnel tunnel", published_at=late, minutes=0)
                    for name in names
                }
            )
            arrived += 3
        answer = await search.get("/v1/search", q="tunnel", sort=sort, page_size=7, cursor=cursor)
        ids += [hit["article"]["id"] for hit in answer["hits"]]
        cursor = answer["next_cursor"]
    return ids


@pytest.mark.parametrize("sort", ["newest", "oldest", "shortest", "longest", "relevance"])
async def test_a_walk_repeats_and_skips_nothing_while_news_arrives(
    search: Search, sort: str
) -> None:
    ids = await walk(search, sort)
    assert len(ids) == len(set(ids))
    assert {identified(f"n{number}") for number in range(ARTICLES)} <= set(ids)


async def test_pages_and_cursors_give_the_same_order(search: Search) -> None:
    by_page = []
    for page in range(1, 10):
        answer = await search.get("/v1/search", q="tunnel", page=page, page_size=7)
        by_page += [hit["article"]["id"] for hit in answer["hits"]]
    assert (answer["total"], answer["pages"]) == (ARTICLES, 9)
    assert answer["next_cursor"] is None
    by_cursor = []
    cursor: str | None = ""
    while cursor is not None:
        answer = await search.get("/v1/search", q="tunnel", page_size=7, cursor=cursor)
        by_cursor += [hit["article"]["id"] for hit in answer["hits"]]
        cursor = answer["next_cursor"]
    assert by_cursor == by_page


async def test_a_page_past_the_end_has_no_hits(search: Search) -> None:
    answer = await search.get("/v1/search", page=10, page_size=100)
    assert (answer["hits"], answer["total"], answer["next_cursor"]) == ([], ARTICLES, None)


@pytest.mark.parametrize(
    "changed", [{"q": "stone"}, {"sort": "oldest"}, {"category": "News"}, {"typos": "off"}]
)
async def test_a_cursor_of_another_question_is_refused(
    search: Search, changed: dict[str, Any]
) -> None:
    asked: dict[str, Any] = {"q": "tunnel", "sort": "newest", "page_size": "5"}
    cursor = (await search.get("/v1/search", **asked))["next_cursor"]
    problem = await search.get("/v1/search", status=400, **{**asked, **changed}, cursor=cursor)
    assert problem["code"] == "cursor_mismatch"


@pytest.mark.parametrize("cursor", ["x", "é", "A" * 200, "👾"])
async def test_a_cursor_that_nobody_made_is_refused(search: Search, cursor: str) -> None:
    problem = await search.get("/v1/search", status=400, cursor=cursor)
    assert problem["code"] == "cursor_invalid"


async def test_a_cursor_goes_on_with_another_page_size_and_other_fields(search: Search) -> None:
    cursor = (await search.get("/v1/search", sort="oldest", page_size=5))["next_cursor"]
    answer = await search.get(
        "/v1/search", sort="oldest", page_size=2, fields="id", cursor=cursor, facets="year"
    )
    assert len(answer["hits"]) == 2
    assert answer["page"] is None


async def test_a_cursor_of_a_value_sort_survives_a_restart(redis_url: str, tmp_path: Path) -> None:
    names = ("a", "b", "c")
    async with searching(redis_url, tmp_path) as search:
        await search.index(**{name: enriched(name, title=name) for name in names})
        first = await search.get("/v1/search", sort="newest", page_size=2)
    async with searching(redis_url, tmp_path) as search:
        rest = await search.get("/v1/search", sort="newest", cursor=first["next_cursor"])
    ids = [hit["article"]["id"] for hit in first["hits"] + rest["hits"]]
    assert sorted(ids) == sorted(map(identified, names))


async def test_links_lead_to_the_neighbouring_pages(search: Search) -> None:
    answer = await search.client.get("/v1/search", params={"q": "tunnel", "page": 2})
    assert answer.links["next"]["url"] == "/v1/search?q=tunnel&page=3"
    assert answer.links["prev"]["url"] == "/v1/search?q=tunnel&page=1"
    assert "next" not in (await search.client.get("/v1/search?q=tunnel&page=3")).links


@pytest.mark.parametrize("sort", ["relevance", "oldest"])
async def test_a_cursor_goes_on_with_the_words_as_they_were_corrected(
    search: Search, sort: str
) -> None:
    asked: dict[str, Any] = {"q": "tunel", "sort": sort, "page_size": 30, "fields": "id"}
    first = await search.get("/v1/search", **asked)
    assert first["query"]["corrected"] == "tunnel"
    # By now articles have the word as it was typed.
    await search.index(late=enriched("late", body="tunel"))
    second = await search.get("/v1/search", **asked, cursor=first["next_cursor"])
    assert second["query"]["corrected"] == "tunnel"
    shown = [hit["article"]["id"] for body in (first, second) for hit in body["hits"]]
    assert len(set(shown)) == ARTICLES
