"""How values are counted."""

from services.search.domain.articles import FacetCount
from services.search.domain.question import Facet, Question, Range
from services.search.ports import SearchIndex
from tests.contract.ports.articles import DAY, NOW, article, asking, tag, tombstone
from tests.contract.ports.search_index.suite import SearchIndexSuite, write


class FacetBehaviour(SearchIndexSuite):
    async def test_counts_come_most_frequent_first_then_by_code_point(
        self, index: SearchIndex
    ) -> None:
        tags = [["b", "a", "b"], ["a", "Z"], ["é", "Z"], ["z", "\uffff", "😀"]]
        await write(index, *(article(str(n), tags=t) for n, t in enumerate(tags)))

        counted = (await index.find(Question(now=NOW, facets=(Facet.TAG,)))).facets[Facet.TAG]

        assert [(count.value, count.count) for count in counted] == [
            ("Z", 2), ("a", 2), ("b", 1), ("z", 1), ("é", 1), ("\uffff", 1), ("😀", 1),
        ]  # fmt: skip

    async def test_a_field_is_counted_without_its_own_filter(self, index: SearchIndex) -> None:
        await write(
            index,
            article("1", tags=["a"], authors=["Ann"], language=None),
            article("2", tags=["b"], authors=["Ann"], language=None),
            article("3", tags=["a"], authors=["Bo"], language=None),
        )
        question = Question(
            now=NOW,
            include={Facet.TAG: ("a",), Facet.AUTHOR: ("Ann",)},
            facets=(Facet.TAG, Facet.AUTHOR, Facet.LANGUAGE),
        )

        page = await index.find(question)

        assert page.total == 1
        assert page.facets == {
            Facet.TAG: (FacetCount("a", 1, selected=True), FacetCount("b", 1)),
            Facet.AUTHOR: (FacetCount("Ann", 1, selected=True), FacetCount("Bo", 1)),
            Facet.LANGUAGE: (),
        }

    async def test_selected_values_are_listed_with_0_and_beyond_the_size(
        self, index: SearchIndex
    ) -> None:
        await write(
            index,
            article("1", tags=["a", "b", tag("c", slug="slug-c")]),
            article("2", tags=["a", "b"]),
            article("3", tags=["a"]),
        )
        question = Question(
            now=NOW,
            include={Facet.TAG: ("c", "nowhere", "slug-c")},
            facets=(Facet.TAG,),
            facet_size=1,
        )

        assert (await index.find(question)).facets[Facet.TAG] == (
            FacetCount("a", 3),
            FacetCount("c", 1, selected=True),
            FacetCount("slug-c", 1, selected=True),
            FacetCount("nowhere", 0, selected=True),
        )

    async def test_an_excluded_value_is_counted_nowhere(self, index: SearchIndex) -> None:
        await write(
            index,
            article("1", tags=["a", "b"]),
            article("2", tags=["b"]),
        )
        question = Question(now=NOW, exclude={Facet.TAG: ("a",)}, facets=(Facet.TAG,))

        assert (await index.find(question)).facets[Facet.TAG] == (FacetCount("b", 1),)

    async def test_thousands_of_equally_rare_values_are_cut_by_code_point(
        self, index: SearchIndex
    ) -> None:
        values = [f"Tag {number:05}" for number in range(4_000)]
        await index.apply(
            [article(str(n), tags=values[n * 200 : n * 200 + 200]) for n in range(20)]
        )
        question = Question(now=NOW, facets=(Facet.TAG,), facet_size=20)

        counted = (await index.find(question)).facets[Facet.TAG]

        assert [count.value for count in counted] == values[:20]
        assert await index.values(Facet.TAG, now=NOW, limit=3) == dict.fromkeys(values[:3], 1)

    async def test_spans_of_publishing_are_counted_from_their_first_second_to_their_last(
        self, index: SearchIndex
    ) -> None:
        long_ago = -8_520_336_000  # The year 1700.
        times = {"a": long_ago, "b": -1, "c": 0, "d": DAY - 1, "e": DAY, "f": NOW, "g": NOW + 1}
        await write(
            index,
            *(article(name, tags=["oil"], published=at) for name, at in times.items()),
            tombstone("gone", 1),
        )
        spans = (
            (long_ago, long_ago + DAY),
            (-DAY, 0),
            (0, DAY),
            (DAY, 2 * DAY),
            (3 * DAY, 4 * DAY),
            (NOW, NOW + DAY),
        )
        question = Question(now=NOW, spans=spans, include={Facet.TAG: ("oil",)}, limit=1)

        assert (await index.find(question)).spans == (1, 1, 2, 1, 0, 1)
        assert (await index.find(Question(now=NOW))).spans == ()

    async def test_spans_hold_to_the_words_and_every_filter_also_of_time(
        self, index: SearchIndex
    ) -> None:
        await write(
            index,
            article("1", "The ferry.", published=10, tags=["a"]),
            article("2", "The ferry.", published=20, tags=["b"]),
            article("3", "The bakery.", published=10, tags=["a"]),
            article("4", "The ferry.", published=DAY, tags=["a"]),
        )
        question = Question(
            now=NOW,
            words=asking("ferry").words,
            include={Facet.TAG: ("a",)},
            published=Range(None, DAY),
            spans=((0, DAY), (DAY, 2 * DAY)),
            facets=(Facet.TAG,),
        )

        page = await index.find(question)

        assert page.spans == (1, 0)
        assert page.facets[Facet.TAG] == (FacetCount("a", 1, selected=True), FacetCount("b", 1))
