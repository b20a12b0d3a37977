"""In which order they come."""

from dataclasses import replace

import pytest

from services.search.domain.question import Question, Sort
from services.search.ports import SearchIndex
from tests.contract.ports.articles import DAY, HOUR, NOW, article, asking
from tests.contract.ports.search_index.suite import SearchIndexSuite, found, write


class OrderBehaviour(SearchIndexSuite):
    async def test_a_value_sort_settles_ties_and_its_reverse_mirrors_it(
        self, index: SearchIndex
    ) -> None:
        await write(
            index,
            article("d", published=NOW - 9, read_minutes=2),
            article("b", published=NOW - 5, read_minutes=2),
            article("a", published=NOW - 5, read_minutes=4),
            article("c", published=NOW - 1, read_minutes=4),
        )

        for sort, expected in (
            (Sort.NEWEST, ["c", "a", "b", "d"]),
            (Sort.OLDEST, ["d", "b", "a", "c"]),
            (Sort.SHORTEST, ["b", "d", "c", "a"]),
            (Sort.LONGEST, ["a", "c", "d", "b"]),
            (Sort.RELEVANCE, ["c", "a", "b", "d"]),
        ):
            assert await found(index, Question(now=NOW, sort=sort)) == expected, sort

    @pytest.mark.parametrize("sort", [Sort.NEWEST, Sort.SHORTEST, Sort.RELEVANCE])
    async def test_articles_of_one_second_come_by_id_whatever_the_order_of_writing(
        self, index: SearchIndex, sort: Sort
    ) -> None:
        ids = [f"same-prefix-{number:03}" for number in range(100)]
        for version in (1, 2):
            for start in range(0, 100, 20):
                batch = [article(id_, "The ferry.", version=version) for id_ in ids[::-1]]
                await index.apply(batch[start : start + 20])
            question = replace(asking("ferry"), sort=sort, limit=30)
            pages = [
                await found(index, replace(question, offset=offset)) for offset in range(0, 120, 30)
            ]

            assert [id_ for page in pages for id_ in page] == ids

    async def test_years_from_1700_to_2200_are_sorted(self, index: SearchIndex) -> None:
        years = {"1700": -8_520_336_000, "1963": -200_000_000, "1970": 0, "2199": 7_226_582_400}
        await write(index, *(article(id_, published=at) for id_, at in years.items()))

        question = Question(now=years["2199"], sort=Sort.OLDEST)

        assert await found(index, question) == list(years)
        for hit in (await index.find(question)).hits:
            rest = await found(index, replace(question, after=hit.sort_key))
            assert rest == list(years)[list(years).index(hit.id) + 1 :]

    async def test_the_title_that_is_the_question_ranks_first(self, index: SearchIndex) -> None:
        await write(
            index,
            article("1", "Oil price, oil price, the price of oil.", title="Today the price of oil"),
            article("2", "Nothing else was told in the long night. " * 10, title="Oil price"),
            article("3", "The oil price."),
        )

        assert (await found(index, replace(asking("oil price"), title="oil price")))[0] == "2"

    async def test_of_two_alike_the_younger_ranks_first(self, index: SearchIndex) -> None:
        ages = {"a": 40 * DAY, "b": 20 * DAY, "c": 3 * DAY, "d": HOUR}
        await write(
            index, *(article(id_, "The ferry.", published=NOW - age) for id_, age in ages.items())
        )

        assert await found(index, asking("ferry")) == ["d", "c", "b", "a"]

    async def test_a_hit_carries_its_card_and_its_sort_key(self, index: SearchIndex) -> None:
        written = article("1", "The ferry.", title="Öl", read_minutes=7, tags=["a"])
        await write(index, written)
        question = replace(asking("ferry"), sort=Sort.LONGEST)

        (hit,) = (await index.find(question)).hits

        assert hit.card == written.card
        assert hit.story_id == "1"
        assert (hit.sort_key, hit.score) == ((7, NOW - HOUR, "1"), 0)
        (hit,) = (await index.find(Question(now=NOW))).hits
        assert hit.sort_key == (NOW - HOUR, "1")
        (hit,) = (await index.find(asking("ferry"))).hits
        assert hit.score > 0
        assert hit.sort_key == (hit.score, "1")

    async def test_the_total_is_exact_whatever_the_window(self, index: SearchIndex) -> None:
        await index.apply([article(str(n), "The ferry.") for n in range(25)])
        question = replace(asking("ferry"), limit=10)

        for offset, shown in ((0, 10), (20, 5), (100, 0)):
            page = await index.find(replace(question, offset=offset))
            assert (page.total, len(page.hits)) == (25, shown)
        page = await index.find(replace(question, limit=0))
        assert (page.total, page.hits) == (25, ())
