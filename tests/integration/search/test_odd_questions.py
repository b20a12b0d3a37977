"""Whatever is asked, the answer is one: 200, or a problem that says what is wrong."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from hypothesis import HealthCheck, given, settings

from tests.questions import (
    DIALECT_QUERIES,
    IMAGE,
    OPERATORS,
    PATHS,
    check,
    odd_articles,
    texts,
)
from tests.search_service import Search

pytestmark = pytest.mark.asyncio(loop_scope="module")
FEW = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def search(module_search: Search) -> AsyncIterator[Search]:
    """One article that is an attack all over, and one whose every word is odd."""
    await module_search.index(**odd_articles())
    yield module_search


@FEW
@given(path=PATHS)
async def test_any_question_has_an_answer(search: Search, path: str) -> None:
    check(await search.client.get(path, follow_redirects=True), 404)


@FEW
@given(query=DIALECT_QUERIES)
async def test_any_question_of_the_dialect_has_an_answer(
    search: Search, query: dict[str, Any]
) -> None:
    content = json.dumps({"requests": [{"indexName": "articles", **query}]})
    answer = await search.client.post("/1/indexes/*/queries", content=content)
    assert answer.status_code in {200, 400}, answer.text
    assert json.loads(answer.content)


@pytest.mark.parametrize("q", OPERATORS)
async def test_every_operator_is_only_text(search: Search, q: str) -> None:
    check(await search.client.get("/v1/search", params={"q": q, "facets": "tag,category"}))
    check(await search.client.get("/v1/search", params={"q": f'attack {q} "{q}" -{q} {q}attack'}))


@pytest.mark.parametrize(
    "q",
    ["attack", "summary", "body", "author", "tag", "img", "onerror", "alert 1", "src x", "script"],
)
async def test_stored_markup_is_escaped_in_every_highlight(search: Search, q: str) -> None:
    answer = await search.client.get("/v1/search", params={"q": q, "typos": "off"})
    check(answer)
    titles = {hit["article"]["title"]: hit for hit in answer.json()["hits"]}
    shown = texts(titles[f"Attack {IMAGE}"]["highlight"])
    assert shown or q in {"summary", "author", "tag"}
    assert not any(IMAGE in text or "<script" in text for text in shown)
