"""In which order they come."""

import pytest

from services.search.domain.question import Question, Sort
from services.search.ports import SearchIndex
from tests.contract.ports.articles import (
    DAY,
    HOUR,
    NOW,
    article,
    exactly,
    words,
)
from tests.contract.ports.search_index.suite import SearchIndexSuite, found, write


class OrderBehaviour(SearchIndexSuite):
    @pytest.mark.parametrize(
        ("sort", "expected"),
        [
            (Sort.NEWEST, ["c", "a", "b", "d"]),
            (Sort.OLDEST, ["d", "b", "a", "c"]),
            (Sort.SHORTEST, ["b", "d", "c", "a"]),
            (Sort.LONGEST, ["a", "c", "d", "b"]),
            (Sort.RELEVANCE, ["c", "a", "b", "d"]),
        ],
    )
    async def test_a_value_sort_settles_ties_and_its_reverse_mirrors_it(
        self, index: SearchIndex, sort: Sort, expected: list[str]
    ) -> None:
        await write(
            index,
            article("d", published=NOW - 9, read_minutes=2),
            article("b", published=NOW - 5, read_minutes=2),
            article("a", published=NOW - 5, read_minutes=4),
            article("c", published=NOW - 1, read_minutes=4),
        )

        assert await found(index, Question(now=NOW, sort=sort)) == expected

    @pytest.mark.parametrize("sort", [Sort.NEWEST, Sort.SHORTEST, Sort.RELEVANCE])
    async def test_articles_of_one_second_come_by_id_whatever_the_order_of_writing(
        self, index: SearchIndex, sort: Sort
    ) -> None:
        ids = [f"same-prefix-{number:03}" for number in range(100)]
        for version in (1, 2):
            for start in range(0, 100, 20):
                batch = [article(id_, "oil", version=version) for id_ in ids[::-1]]
                await index.apply(batch[start : start + 20])
            question = Question(now=NOW, words=words("oil"), sort=sort)
            pages = [
                await found(index, replace_window(question, offset, 30))
                for offset in range(0, 120, 30)
            ]

            assert [id_ for page in pages for id_ in page] == ids

    async def test_years_from_1700_to_2200_are_sorted(self, index: SearchIndex) -> None:
        years = {"1700": -8_520_336_000, "1963": -200_000_000, "1970": 0, "2199": 7_226_582_400}
        await write(index, *(article(id_, published=at) for id_, at in years.items()))

        question = Question(now=years["2199"], sort=Sort.OLDEST)

        assert await found(index, question) == list(years)

    async def test_the_exact_title_ranks_first(self, index: SearchIndex) -> None:
        await write(
            index,
            article("1", "oil price oil price", title="oil price today"),
            article("2", "x y z " * 30, title="oil price"),
            article("3", "oil price"),
        )
        question = Question(
            now=NOW, words=words("oil price"), title=exactly("oil price"), sort=Sort.RELEVANCE
        )

        assert (await found(index, question))[0] == "2"

    async def test_of_two_alike_the_younger_ranks_first(self, index: SearchIndex) -> None:
        await write(
            index,
            article("a", "oil", published=NOW - 40 * DAY),
            article("b", "oil", published=NOW - 20 * DAY),
            article("c", "oil", published=NOW - 3 * DAY),
            article("d", "oil", published=NOW - HOUR),
        )
        question = Question(now=NOW, words=words("oil"), sort=Sort.RELEVANCE)

        assert await found(index, question) == ["d", "c", "b", "a"]

    async def test_a_hit_carries_its_card_its_sort_key_and_content_only_if_asked(
        self, index: SearchIndex
    ) -> None:
        await write(index, article("1", "oil", title="Öl", read_minutes=7))
        question = Question(now=NOW, words=words("oil"), sort=Sort.LONGEST)

        (hit,) = (await index.find(question)).hits

        assert hit.card == {"id": "1", "title": "Öl"}
        assert hit.content == {}
        assert hit.sort_key == (7, NOW - HOUR, "1")
        (hit,) = (await index.find(Question(now=NOW, with_content=True))).hits
        assert hit.content == {"body": "oil", "version": 1}
        assert hit.sort_key == (NOW - HOUR, "1")

    async def test_the_total_is_exact_whatever_the_window(self, index: SearchIndex) -> None:
        await index.apply([article(str(n), "oil") for n in range(25)])
        question = Question(now=NOW, words=words("oil"), limit=10)

        for offset, shown in ((0, 10), (20, 5), (100, 0)):
            page = await index.find(replace_window(question, offset, 10))
            assert (page.total, len(page.hits)) == (25, shown)
        page = await index.find(replace_window(question, 0, 0))
        assert (page.total, page.hits) == (25, ())


def replace_window(question: Question, offset: int, limit: int) -> Question:
    return Question(
        now=question.now,
        words=question.words,
        sort=question.sort,
        offset=offset,
        limit=limit,
    )
