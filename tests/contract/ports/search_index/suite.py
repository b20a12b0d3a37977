"""What each test starts from."""

from collections.abc import AsyncIterator, Callable, Sequence

import pytest

from services.search.domain.articles import IndexedArticle, Tombstone, WriteVerdict
from services.search.domain.question import Question
from services.search.ports import SearchIndex
from tests.contract.ports.articles import asking

NewIndex = Callable[[], SearchIndex]


class SearchIndexSuite:
    """The index of one test, empty at first."""

    @pytest.fixture
    async def index(self, new_index: NewIndex) -> AsyncIterator[SearchIndex]:
        index = new_index()
        await index.open()
        yield index
        await index.aclose()


async def found(index: SearchIndex, question: Question) -> list[str]:
    return [hit.id for hit in (await index.find(question)).hits]


async def matching(index: SearchIndex, text: str, *languages: str) -> list[str]:
    """The ids of what has all these words, in the order of ids."""
    return sorted(await found(index, asking(text, *languages)))


async def stored_ids(index: SearchIndex) -> list[str]:
    return [stored.id for stored in await index.scan(None, 1_000)]


async def write(index: SearchIndex, *writes: IndexedArticle | Tombstone) -> Sequence[WriteVerdict]:
    return await index.apply(writes)
