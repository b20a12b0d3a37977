"""The view that a relevance cursor holds, on both engines: steady for all who read on."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from tests.builders import enriched
from tests.search_service import Search

pytestmark = pytest.mark.asyncio(loop_scope="module")
ASKED: dict[str, Any] = {"q": "tunnel", "page_size": 2, "fields": "id"}
MORE_THAN_AN_ENGINE_WOULD_HOLD = 70


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def search(module_search: Search) -> AsyncIterator[Search]:
    """Eight articles, each more on tunnels than the one before."""
    await module_search.index(
        **{
            f"n{number}": enriched(f"n{number}", body="tunnel " * (number + 1) + "stone " * 9)
            for number in range(8)
        }
    )
    yield module_search


async def second_page(search: Search) -> Any:  # noqa: ANN401  (JSON)
    """The page that a view is first held for."""
    first = await search.get("/v1/search", **ASKED)
    return await search.get("/v1/search", **ASKED, cursor=first["next_cursor"])


async def test_a_reader_keeps_the_view_however_many_others_turn_pages(search: Search) -> None:
    page = await second_page(search)
    third = await search.get("/v1/search", **ASKED, cursor=page["next_cursor"])
    assert len(third["hits"]) == 2
    for _ in range(MORE_THAN_AN_ENGINE_WOULD_HOLD):
        await second_page(search)

    assert (
        third["hits"]
        == (await search.get("/v1/search", **ASKED, cursor=page["next_cursor"]))["hits"]
    )
