"""Which articles pass filters, ranges and identities."""

from services.search.domain.articles import FacetCount
from services.search.domain.question import Facet, Question, Range, Sort
from services.search.ports import SearchIndex
from tests.contract.ports.articles import DAY, HOUR, NOW, article, asking, tag, tombstone
from tests.contract.ports.search_index.suite import SearchIndexSuite, found, write


class FilterBehaviour(SearchIndexSuite):
    async def test_articles_are_found_by_their_url_whatever_became_of_them(
        self, index: SearchIndex
    ) -> None:
        url = "https://example.org/2"
        later = article("later", published=NOW + 1, url=url)
        await write(index, article("1"), article("2"), later)
        await write(index, tombstone("2", 2))

        assert {one.id: one.withdrawn for one in await index.at(url)} == {"2": True, "later": False}
        assert await index.at("https://example.org/") == []

    async def test_a_question_may_be_about_some_articles_only(self, index: SearchIndex) -> None:
        await write(
            index,
            *(article(id_, "The ferry.") for id_ in ("1", "2", "4")),
            article("3", "The bakery."),
        )
        asked = Question(now=NOW, words=asking("ferry").words, ids=("2", "3", "4", "nobody"))

        assert sorted(await found(index, asked)) == ["2", "4"]
        assert await found(index, Question(now=NOW, ids=("nobody",))) == []

    async def test_filters_hold_or_within_a_field_and_across_fields(
        self, index: SearchIndex
    ) -> None:
        await write(
            index,
            article("1", categories=["News"], authors=["Ann", "Bo"]),
            article("2", categories=["Sport"], authors=["Ann"]),
            article("3", categories=["News"], authors=["Cy"]),
        )
        either = {Facet.CATEGORY: ("News", "Sport"), Facet.AUTHOR: ("Ann",)}

        assert await found(index, Question(now=NOW, include=either)) == ["1", "2"]
        assert await found(index, Question(now=NOW, exclude={Facet.AUTHOR: ("Bo",)})) == ["2", "3"]
        assert await found(index, Question(now=NOW, include={Facet.AUTHOR: ()})) == ["1", "2", "3"]

    async def test_a_tag_is_filtered_by_name_slug_or_merged_slug(self, index: SearchIndex) -> None:
        oil = tag("Oil & Gas", slug="oil-gas", aliases=["petroleum"])
        await write(index, article("1", tags=[oil]), article("2"))

        for value in ("Oil & Gas", "oil-gas", "petroleum"):
            assert await found(index, Question(now=NOW, include={Facet.TAG: (value,)})) == ["1"]
            assert await found(index, Question(now=NOW, exclude={Facet.TAG: (value,)})) == ["2"]

    async def test_a_parent_finds_and_counts_its_children(self, index: SearchIndex) -> None:
        await write(index, article("1", categories=["News > Economy"], language="zh-Hant"))
        question = Question(
            now=NOW,
            include={Facet.CATEGORY: ("News",)},
            facets=(Facet.CATEGORY, Facet.LANGUAGE),
        )

        page = await index.find(question)

        assert page.total == 1
        assert page.facets == {
            Facet.CATEGORY: (
                FacetCount("News", 1, selected=True),
                FacetCount("News > Economy", 1),
            ),
            Facet.LANGUAGE: (FacetCount("zh", 1), FacetCount("zh-Hant", 1)),
        }

    async def test_a_range_is_half_open_and_may_lie_before_1970(self, index: SearchIndex) -> None:
        await write(
            index,
            article("1700", published=-8_520_336_000),
            article("1963", published=-200_000_000),
            article("now", published=NOW - 1),
        )

        for published, expected in (
            (Range(-220_924_800, -189_388_800), ["1963"]),
            (Range(None, 0), ["1700", "1963"]),
            (Range(0, 7_258_118_400), ["now"]),
            (Range(NOW - 1, NOW), ["now"]),
            (Range(NOW - 2, NOW - 1), []),
            (Range(10**30, None), []),
            (Range(-(10**30), 10**30), ["1700", "1963", "now"]),
        ):
            question = Question(now=NOW, published=published, sort=Sort.OLDEST)
            assert await found(index, question) == expected, published

    async def test_read_minutes_are_a_range(self, index: SearchIndex) -> None:
        await write(index, *(article(str(n), read_minutes=n) for n in range(1, 6)))

        question = Question(now=NOW, read_minutes=Range(2, 4), sort=Sort.SHORTEST)

        assert await found(index, question) == ["2", "3"]

    async def test_an_embargo_ends_without_a_write(self, index: SearchIndex) -> None:
        due = NOW + HOUR
        await write(
            index,
            article("1", title="The ferry", published=due, tags=["a"], authors=["Ann Ek"]),
            article("2", "The ferry."),
        )

        for now, ids, tags in ((NOW, ["2"], {}), (due - 1, ["2"], {}), (due, ["1", "2"], {"a": 1})):
            question = Question(now=now, words=asking("ferry").words, facets=(Facet.TAG,))
            page = await index.find(question)
            assert ([hit.id for hit in page.hits], page.total) == (ids, len(ids))
            assert {c.value: c.count for c in page.facets[Facet.TAG]} == tags
            assert await index.values(Facet.TAG, now=now, limit=9) == tags
            assert len(await index.complete([], "ferr", now=now, limit=5)) == len(tags)
            assert (await index.tag("a", now=now) is not None) == bool(tags)
        assert set(await index.get(["1"])) == {"1"}

    async def test_embargoed_articles_are_told_with_their_times(self, index: SearchIndex) -> None:
        await write(
            index,
            article("c", published=NOW + 3 * DAY),
            article("a", published=NOW + 1),
            article("b", published=NOW + DAY),
            article("past", published=NOW),
            article("gone", published=NOW + 5),
        )
        await write(index, tombstone("gone", 2))

        assert await index.embargoed(NOW, 2) == [("a", NOW + 1), ("b", NOW + DAY)]
        assert [id_ for id_, _ in await index.embargoed(NOW + 1, 9)] == ["b", "c"]
        assert await index.embargoed(NOW + 9 * DAY, 9) == []
