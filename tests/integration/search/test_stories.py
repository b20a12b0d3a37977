"""Stories as readers get them: a timeline, an article's own, one hit of each in a list."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from itertools import chain
from pathlib import Path
from typing import Any

import pytest

from tests.builders import LONG_AGO, enriched, identified, withdrawn
from tests.search_service import Search, searching


@pytest.fixture
async def search(redis_url: str, tmp_path: Path) -> AsyncIterator[Search]:
    async with searching(redis_url, tmp_path) as service:
        yield service


async def tell(search: Search, stories: int, tellings: int) -> None:
    """Articles named by story and telling, an hour apart, stories in turn."""
    names = [f"{story}-{telling}" for telling in range(tellings) for story in range(stories)]
    for at, name in enumerate(names):
        published = LONG_AGO + timedelta(hours=at)
        event = enriched(name, title=name, published_at=published, story=f"story-{name[0]}")
        await search.publish(event, name)
    await search.settled()


@pytest.mark.parametrize("sort", ["newest", "relevance"])
async def test_of_a_story_only_the_first_hit_of_the_whole_list_is_shown(
    search: Search, sort: str
) -> None:
    await tell(search, stories=5, tellings=3)
    asked: dict[str, Any] = {"collapse": "story", "page_size": 2, "sort": sort, "q": "body"}
    by_page = [await search.found(**asked, page=page) for page in (1, 2, 3, 4)]
    assert sorted(title[0] for title in chain(*by_page)) == list("01234")
    assert by_page[3] == []
    by_cursor: list[str] = []
    cursor: str | None = None
    for _ in by_page[:3]:
        following = asked | ({"cursor": cursor} if cursor else {})
        body = await search.get("/v1/search", **following)
        assert (body["total"], body["pages"]) == (15, 3)
        assert all("<mark>" in hit["highlight"]["body"][0] for hit in body["hits"])
        by_cursor += [hit["article"]["title"] for hit in body["hits"]]
        cursor = body["next_cursor"]
    assert cursor is None
    assert by_cursor == list(chain(*by_page))


async def test_pages_by_cursor_are_those_of_the_whole_list(search: Search) -> None:
    await tell(search, stories=9, tellings=2)
    asked: dict[str, Any] = {"collapse": "story", "page_size": 2, "sort": "newest"}
    pages, cursor = [], None
    for _ in range(5):
        body = await search.get("/v1/search", **asked, **({"cursor": cursor} if cursor else {}))
        pages.append(body["pages"])
        cursor = body["next_cursor"]
    assert (pages, cursor) == ([5] * 5, None)


async def test_a_story_is_told_oldest_first_without_what_is_gone(search: Search) -> None:
    await tell(search, stories=2, tellings=4)
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    await search.publish(withdrawn("1-1"), "1-1")
    await search.publish(enriched("1-2", published_at=tomorrow, revision=2, story="story-1"), "1-2")
    await search.settled()
    body = await search.get(f"/v1/stories/{identified('story-1')}")
    assert [card["title"] for card in body["items"]] == ["1-0", "1-3"]
    problem = await search.get("/v1/stories/nobody", status=404)
    assert problem["code"] == "not_found"


async def test_an_article_is_of_one_story_and_perhaps_a_copy(search: Search) -> None:
    await search.index(a=enriched("a"), b=enriched("b", story="a", copy_of="a"))
    alone = await search.get(f"/v1/articles/{identified('a')}")
    assert alone["enrichment"]["story_id"] == identified("a")
    assert alone["enrichment"]["copy_of"] is None
    by_url = await search.get("/v1/articles/by-url", url="https://publisher.example/b")
    assert by_url["enrichment"]["story_id"] == by_url["enrichment"]["copy_of"] == identified("a")


async def test_a_link_is_read_from_both_ends_and_a_correction_ends_older_ones(
    search: Search,
) -> None:
    await search.index(
        a=enriched("a", title="A", linked_at=1),
        b=enriched("b", title="B", links=["a"], linked_at=2),
        c=enriched("c", title="C", links=["b", "a"], linked_at=3),
    )

    async def related(name: str) -> list[str]:
        body = await search.get(f"/v1/articles/{identified(name)}/related")
        return [item["title"] for item in body["items"]]

    assert [await related(name) for name in "abc"] == [["B", "C"], ["A", "C"], ["B", "A"]]
    await search.index(a=enriched("a", title="A", revision=2, links=["c"], linked_at=4))
    # Its own links are the whole truth now: B, which was enriched before, is no longer among them.
    assert await related("a") == ["C"]
    await search.index(c=withdrawn("c"))
    assert await related("a") == []
