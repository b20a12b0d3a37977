"""Both engines find, filter, count and sort by value alike; ranking is each engine's own."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace

import pytest
import pytest_asyncio

from services.search.adapters.opensearch_index import OpenSearchIndex
from services.search.adapters.opensearch_index.connection import Access
from services.search.adapters.tantivy_index import TantivyIndex
from services.search.domain.articles import IndexedArticle, Page, Tombstone
from services.search.domain.question import Question, Sort
from services.search.ports import SearchIndex
from tests.contract.ports.articles import VOCABULARY, Newsroom, asking, tombstone
from tests.contract.ports.opensearch_names import names_of_its_own

SEEDS = range(20)
QUESTIONS = 30
Engines = tuple[SearchIndex, SearchIndex]


@pytest_asyncio.fixture(
    scope="module", loop_scope="module", params=[1, 3], ids=["one shard", "three shards"]
)
async def engines(
    request: pytest.FixtureRequest, opensearch_url: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Engines]:
    """Fresh indices: versions written over stay in the statistics, each engine's own time."""
    async with AsyncExitStack() as stack:
        prefix = stack.enter_context(names_of_its_own(opensearch_url))
        access = Access(urls=(opensearch_url,))
        engines = (
            TantivyIndex(tmp_path_factory.mktemp("tantivy")),
            OpenSearchIndex(access, prefix=prefix, shards=request.param, refresh_seconds=0.02),
        )
        writes: list[IndexedArticle | Tombstone] = [*Newsroom(7).articles(400)]
        writes += [tombstone(f"withdrawn-{number}", 1) for number in range(40)]
        for engine in engines:
            await engine.open()
            stack.push_async_callback(engine.aclose)
            for start in range(0, len(writes), 110):
                await engine.apply(writes[start : start + 110])
        yield engines


def _shown(question: Question, page: Page) -> object:
    """What both must answer; in the order of relevance only which hits there are, if all are."""
    ids = [hit.id for hit in page.hits]
    if question.order is Sort.RELEVANCE:
        whole = not question.offset and not question.collapse and page.total <= question.limit
        ids = sorted(ids) if whole else []
    return page.total, page.stories, ids, page.facets, page.extents, page.spans


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.asyncio(loop_scope="module")
async def test_random_questions_have_the_same_answers(engines: Engines, seed: int) -> None:
    tantivy, opensearch = engines
    newsroom = Newsroom(seed)
    answered = 0
    for _ in range(QUESTIONS):
        question = newsroom.question()

        ours, theirs = await tantivy.find(question), await opensearch.find(question)

        assert _shown(question, ours) == _shown(question, theirs), question
        answered += ours.total
    assert answered, "questions that nothing answers prove nothing"


@pytest.mark.parametrize("sort", [*Sort])
@pytest.mark.asyncio(loop_scope="module")
async def test_a_walk_by_cursor_is_the_same(engines: Engines, sort: Sort) -> None:
    question = replace(asking("bridge hafen", *VOCABULARY), any_word=True, sort=sort, limit=13)
    walks = [await _walk(engine, question) for engine in engines]

    if sort is Sort.RELEVANCE:
        walks = [sorted(walk) for walk in walks]
    assert walks[0] == walks[1]
    assert len(walks[0]) > 2 * question.limit


async def _walk(engine: SearchIndex, question: Question) -> list[str]:
    ids: list[str] = []
    while hits := (await engine.find(question)).hits:
        ids += [hit.id for hit in hits]
        question = replace(question, after=hits[-1].sort_key)
    return ids
