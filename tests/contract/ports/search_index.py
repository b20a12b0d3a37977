"""What every `SearchIndex` does. An adapter's test is these classes and one fixture.

`new_index` makes an adapter on the storage of the test; called again, another one on the same.
"""

from collections.abc import AsyncIterator, Callable, Sequence

import pytest

from services.search.domain.articles import (
    FacetCount,
    Indexed,
    IndexedArticle,
    Marker,
    Older,
    Rejected,
    RelatedList,
    Tombstone,
    WriteVerdict,
)
from services.search.domain.question import Facet, Phrase, Question, Range, Sort, SortKey
from services.search.ports import IndexUnavailableError, SearchIndex, SnapshotExpiredError
from tests.contract.ports.articles import (
    DAY,
    HOUR,
    NOW,
    Newsroom,
    article,
    exactly,
    phrase,
    tombstone,
    words,
)

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


async def stored_ids(index: SearchIndex) -> list[str]:
    return [stored.id for stored in await index.scan(None, 1_000)]


async def write(index: SearchIndex, *writes: IndexedArticle | Tombstone) -> Sequence[WriteVerdict]:
    return await index.apply(writes)


class MatchingBehaviour(SearchIndexSuite):
    async def test_an_empty_index_answers_an_empty_page(self, index: SearchIndex) -> None:
        page = await index.find(Question(now=NOW, words=words("a"), facets=tuple(Facet)))

        assert (page.total, page.hits) == (0, ())
        assert all(counts == () for counts in page.facets.values())

    async def test_every_word_must_be_there(self, index: SearchIndex) -> None:
        await write(index, article("1", "oil gas"), article("2", "oil"), article("3", "gas"))

        assert await found(index, Question(now=NOW, words=words("oil gas"))) == ["1"]

    async def test_any_word_is_enough_if_asked_and_more_words_rank_higher(
        self, index: SearchIndex
    ) -> None:
        await write(
            index,
            article("1", "oil oil oil"),
            article("2", "oil gas x y z"),
            article("3", "coal"),
            article("4", "gas"),
        )
        question = Question(now=NOW, words=words("oil gas"), any_word=True, sort=Sort.RELEVANCE)

        hits = await found(index, question)

        assert hits[0] == "2"
        assert sorted(hits) == ["1", "2", "4"]

    async def test_a_word_may_stand_as_any_of_its_alternatives(self, index: SearchIndex) -> None:
        await write(index, article("1", "walk home"), article("2", "walking home"))

        assert await found(index, Question(now=NOW, words=words("walk|walking home"))) == ["1", "2"]

    async def test_a_word_without_alternatives_matches_nothing(self, index: SearchIndex) -> None:
        await write(index, article("1", "oil"))

        assert await found(index, Question(now=NOW, words=((),))) == []

    @pytest.mark.parametrize(
        ("asked", "expected"),
        [
            ("to be or not", ["1"]),
            ("be to", []),
            ("b|to be|x or", ["1"]),
            ("question", ["1", "2"]),
            ("a.b 3.5|c", ["2"]),
            ("[x|y( z*", ["2"]),
        ],
    )
    async def test_a_phrase_is_exact_neighbours(
        self, index: SearchIndex, asked: str, expected: list[str]
    ) -> None:
        await write(
            index,
            article("1", "to be or not to be question"),
            article("2", "not to question be or a.b 3.5 [x y( z*"),
        )

        assert await found(index, Question(now=NOW, phrases=(phrase(asked),))) == expected

    async def test_a_phrase_of_the_longest_words_in_all_their_forms_is_found(
        self, index: SearchIndex
    ) -> None:
        stem = "\U00010400" * 98  # Four bytes each.
        await write(index, article("1", f"oil {stem}xy"))
        forms = tuple(f"{stem}{ending}" for ending in ("x", "y", "z", "xy", ""))

        assert await found(index, Question(now=NOW, phrases=((("oil",), forms),))) == ["1"]
        assert await found(index, Question(now=NOW, phrases=((("oil",), forms[:3]),))) == []

    async def test_no_phrase_spans_title_and_text(self, index: SearchIndex) -> None:
        await write(index, article("1", "prices fall", title="oil"))

        assert await found(index, Question(now=NOW, phrases=(phrase("oil prices"),))) == []

    @pytest.mark.parametrize("empty", [((),), (phrase("oil"), ())])
    async def test_an_empty_phrase_asks_nothing(
        self, index: SearchIndex, empty: tuple[Phrase, ...]
    ) -> None:
        await write(index, article("1", "oil"))

        assert await found(index, Question(now=NOW, phrases=empty, not_phrases=((),))) == ["1"]

    async def test_excluded_words_and_phrases_leave_the_others_newest_first(
        self, index: SearchIndex
    ) -> None:
        await write(
            index,
            article("1", "oil price", published=NOW - 30),
            article("2", "price oil", published=NOW - 20),
            article("3", "gas", published=NOW - 10),
            article("4", "coal", published=NOW - 5),
        )
        question = Question(
            now=NOW,
            not_words=words("gas"),
            not_phrases=(phrase("oil price"),),
            sort=Sort.RELEVANCE,
        )

        assert await found(index, question) == ["4", "2"]

    async def test_an_article_is_found_by_its_url(self, index: SearchIndex) -> None:
        await write(index, article("1"), article("2"))

        assert await found(index, Question(now=NOW, url="https://example.org/2")) == ["2"]
        assert await found(index, Question(now=NOW, url="https://example.org/")) == []

    async def test_filters_hold_or_within_a_field_and_across_fields(
        self, index: SearchIndex
    ) -> None:
        await write(
            index,
            article("1", facets={Facet.CATEGORY: ["News"], Facet.AUTHOR: ["Ann", "Bo"]}),
            article("2", facets={Facet.CATEGORY: ["Sport"], Facet.AUTHOR: ["Ann"]}),
            article("3", facets={Facet.CATEGORY: ["News"], Facet.AUTHOR: ["Cy"]}),
        )
        either = {Facet.CATEGORY: ("News", "Sport"), Facet.AUTHOR: ("Ann",)}

        assert await found(index, Question(now=NOW, include=either)) == ["1", "2"]
        assert await found(index, Question(now=NOW, exclude={Facet.AUTHOR: ("Bo",)})) == ["2", "3"]
        assert await found(index, Question(now=NOW, include={Facet.AUTHOR: ()})) == ["1", "2", "3"]

    async def test_a_tag_is_filtered_by_name_or_slug(self, index: SearchIndex) -> None:
        tagged = article("1", facets={Facet.TAG: ["Oil & Gas"]}, slugs=["oil-gas"])
        await write(index, tagged, article("2"))

        for value in ("Oil & Gas", "oil-gas"):
            assert await found(index, Question(now=NOW, include={Facet.TAG: (value,)})) == ["1"]
            assert await found(index, Question(now=NOW, exclude={Facet.TAG: (value,)})) == ["2"]

    async def test_a_parent_category_finds_and_counts_its_children(
        self, index: SearchIndex
    ) -> None:
        await write(index, article("1", facets={Facet.CATEGORY: ["News", "News > Economy"]}))
        question = Question(now=NOW, include={Facet.CATEGORY: ("News",)}, facets=(Facet.CATEGORY,))

        page = await index.find(question)

        assert page.total == 1
        assert page.facets[Facet.CATEGORY] == (
            FacetCount("News", 1, selected=True),
            FacetCount("News > Economy", 1),
        )

    @pytest.mark.parametrize(
        ("published", "expected"),
        [
            (Range(-220_924_800, -189_388_800), ["1963"]),
            (Range(None, 0), ["1700", "1963"]),
            (Range(0, 7_258_118_400), ["now"]),
            (Range(NOW - 1, NOW), ["now"]),
            (Range(NOW - 2, NOW - 1), []),
            (Range(10**30, None), []),
            (Range(-(10**30), 10**30), ["1700", "1963", "now"]),
        ],
    )
    async def test_a_range_is_half_open_and_may_lie_before_1970(
        self, index: SearchIndex, published: Range, expected: list[str]
    ) -> None:
        await write(
            index,
            article("1700", published=-8_520_336_000),
            article("1963", published=-200_000_000),
            article("now", published=NOW - 1),
        )
        question = Question(now=NOW, published=published, sort=Sort.OLDEST)

        assert await found(index, question) == expected

    async def test_read_minutes_are_a_range(self, index: SearchIndex) -> None:
        await write(index, *(article(str(n), read_minutes=n) for n in range(1, 6)))

        question = Question(now=NOW, read_minutes=Range(2, 4), sort=Sort.SHORTEST)

        assert await found(index, question) == ["2", "3"]

    async def test_hostile_unicode_is_no_error(self, index: SearchIndex) -> None:
        await write(index, article("1", "oil"))
        hostile = (
            "\0", "\uffff", "a" * 70_000, "\u202e", "(", "*", ".*", "a:b", "\\", '"', "^", "~2",
            "🛢️", "i\u0307", "[[:alpha:]]", "\ud7ff", "]", "-", "&&", "a--b", "\U0010ffff", " ",
        )  # fmt: skip
        for text in hostile:
            pair = (("oil",), (text, "oil"))
            for question in (
                Question(now=NOW, words=((text,),), not_words=((text,),), sort=Sort.RELEVANCE),
                Question(now=NOW, words=((text, "oil"),), any_word=True, title=pair),
                Question(now=NOW, phrases=(pair,), not_phrases=(pair[::-1],)),
                Question(now=NOW, include={Facet.TAG: (text,)}, facets=(Facet.TAG,), url=text),
                Question(now=NOW, exclude={Facet.AUTHOR: (text,)}),
            ):
                assert (await index.find(question)).total <= 1
            assert await index.complete([text], text, now=NOW, limit=3) == []
            assert await index.get([text]) == {}


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


class FacetBehaviour(SearchIndexSuite):
    async def test_counts_come_most_frequent_first_then_by_code_point(
        self, index: SearchIndex
    ) -> None:
        tags = [["b", "a", "b"], ["a", "Z"], ["é", "Z"], ["z", "\uffff", "😀"]]
        await write(index, *(article(str(n), facets={Facet.TAG: t}) for n, t in enumerate(tags)))

        counted = (await index.find(Question(now=NOW, facets=(Facet.TAG,)))).facets[Facet.TAG]

        assert [(count.value, count.count) for count in counted] == [
            ("Z", 2), ("a", 2), ("b", 1), ("z", 1), ("é", 1), ("\uffff", 1), ("😀", 1),
        ]  # fmt: skip

    async def test_a_field_is_counted_without_its_own_filter(self, index: SearchIndex) -> None:
        await write(
            index,
            article("1", facets={Facet.TAG: ["a"], Facet.AUTHOR: ["Ann"]}),
            article("2", facets={Facet.TAG: ["b"], Facet.AUTHOR: ["Ann"]}),
            article("3", facets={Facet.TAG: ["a"], Facet.AUTHOR: ["Bo"]}),
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
            article("1", facets={Facet.TAG: ["a", "b", "c"]}, slugs=["slug-c"]),
            article("2", facets={Facet.TAG: ["a", "b"]}),
            article("3", facets={Facet.TAG: ["a"]}),
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
            article("1", facets={Facet.TAG: ["a", "b"]}),
            article("2", facets={Facet.TAG: ["b"]}),
        )
        question = Question(now=NOW, exclude={Facet.TAG: ("a",)}, facets=(Facet.TAG,))

        assert (await index.find(question)).facets[Facet.TAG] == (FacetCount("b", 1),)

    async def test_thousands_of_equally_rare_values_are_cut_by_code_point(
        self, index: SearchIndex
    ) -> None:
        values = [f"Tag {number:05}" for number in range(4_000)]
        await index.apply(
            [
                article(str(n), facets={Facet.TAG: values[n * 200 : n * 200 + 200]})
                for n in range(20)
            ]
        )
        question = Question(now=NOW, facets=(Facet.TAG,), facet_size=20)

        counted = (await index.find(question)).facets[Facet.TAG]

        assert [count.value for count in counted] == values[:20]
        assert await index.values(Facet.TAG, now=NOW) == dict.fromkeys(values, 1)


class WritingBehaviour(SearchIndexSuite):
    async def test_what_apply_calls_indexed_is_visible_and_stored(self, index: SearchIndex) -> None:
        assert await write(index, article("1", "oil", version=7)) == [Indexed()]

        assert await found(index, Question(now=NOW, words=words("oil"))) == ["1"]
        stored = (await index.get(["1", "2"]))["1"]
        assert (stored.version, stored.withdrawn, stored.published) == (7, False, NOW - HOUR)
        assert stored.content == {"body": "oil", "version": 7}

    async def test_an_empty_batch_is_no_error(self, index: SearchIndex) -> None:
        assert await index.apply([]) == []
        assert await index.apply_related([]) == []
        assert await index.get([]) == {}
        assert await index.related([]) == {}

    async def test_an_equal_or_older_version_is_older(self, index: SearchIndex) -> None:
        await write(index, article("1", "new", version=5))

        verdicts = await write(
            index, article("1", "old", version=5), article("1", version=4), article("2")
        )

        assert verdicts == [Older(5), Older(5), Indexed()]
        assert await found(index, Question(now=NOW, words=words("new"))) == ["1"]
        assert await found(index, Question(now=NOW, words=words("old"))) == []

    async def test_of_one_batch_the_highest_version_remains(self, index: SearchIndex) -> None:
        verdicts = await write(
            index,
            article("1", "one", version=1),
            article("1", "three", version=3),
            article("1", "two", version=2),
        )

        assert verdicts == [Indexed(), Indexed(), Older(3)]
        assert (await index.find(Question(now=NOW))).total == 1
        assert await found(index, Question(now=NOW, words=words("three"))) == ["1"]

    async def test_versions_have_63_bits(self, index: SearchIndex) -> None:
        highest = (1 << 63) - 1
        await write(index, article("1", version=highest - 1))

        assert await write(index, article("1", version=highest)) == [Indexed()]
        assert await write(index, article("1", version=highest)) == [Older(highest)]

    async def test_a_withdrawn_article_is_gone_and_stays_gone(
        self, index: SearchIndex, new_index: NewIndex
    ) -> None:
        tagged = article("1", "oil", title="oil", version=4, facets={Facet.TAG: ["a"]})
        await write(index, tagged)
        assert await write(index, tombstone("1", 5)) == [Indexed()]
        assert await write(index, tagged) == [Older(5)]
        await index.aclose()
        index = new_index()
        await index.open()

        assert await write(index, tagged) == [Older(5)]
        page = await index.find(Question(now=NOW, facets=(Facet.TAG,)))
        assert (page.total, page.facets[Facet.TAG]) == (0, ())
        assert await index.values(Facet.TAG, now=NOW) == {}
        assert await index.vocabulary() == {}
        assert await index.complete([], "oi", now=NOW, limit=5) == []
        stored = (await index.get(["1"]))["1"]
        assert (stored.withdrawn, stored.version, stored.card) == (True, 5, {})
        assert stored.content == {"publisher": "demo"}
        await index.aclose()

    async def test_a_newer_version_reinstates(self, index: SearchIndex) -> None:
        await write(index, article("1", version=1), tombstone("1", 2))

        assert await write(index, article("1", version=3)) == [Indexed()]
        assert await found(index, Question(now=NOW)) == ["1"]

    async def test_a_bad_document_harms_no_other(self, index: SearchIndex) -> None:
        verdicts = await write(
            index,
            article("1"),
            article("2", card={"title": "\ud800"}),
            article("x" * 600),
            article("3", title="\ud800"),
            article("4"),
        )

        assert [type(verdict) for verdict in verdicts] == [
            Indexed, Rejected, Rejected, Rejected, Indexed,
        ]  # fmt: skip
        assert sorted(await stored_ids(index)) == ["1", "4"]

    async def test_everything_is_there_after_reopening(
        self, index: SearchIndex, new_index: NewIndex
    ) -> None:
        await index.apply([article(f"{n:02}", "oil") for n in range(30)])
        await index.apply_related([RelatedList(id="01", version=2, links=[{"id": "02"}])])
        await index.write_marker(Marker("pair", 3))
        await index.aclose()
        again = new_index()
        await again.open()

        assert (await again.find(Question(now=NOW, words=words("oil")))).total == 30
        assert (await again.related(["01"]))["01"].links == [{"id": "02"}]
        assert await again.read_marker() == Marker("pair", 3)
        await again.aclose()

    async def test_opening_twice_changes_nothing(self, index: SearchIndex) -> None:
        await write(index, article("1"))

        await index.open()

        assert await stored_ids(index) == ["1"]

    async def test_before_it_is_opened_the_index_is_unavailable(self, new_index: NewIndex) -> None:
        with pytest.raises(IndexUnavailableError):
            await new_index().find(Question(now=NOW))

    async def test_an_embargo_ends_without_a_write(self, index: SearchIndex) -> None:
        due = NOW + HOUR
        await write(
            index,
            article("1", "oil", title="oil", published=due, facets={Facet.TAG: ["a"]}),
            article("2", "oil"),
        )

        for now, ids, tags in ((NOW, ["2"], {}), (due - 1, ["2"], {}), (due, ["1", "2"], {"a": 1})):
            question = Question(now=now, words=words("oil"), facets=(Facet.TAG,))
            page = await index.find(question)
            assert ([hit.id for hit in page.hits], page.total) == (ids, len(ids))
            assert {c.value: c.count for c in page.facets[Facet.TAG]} == tags
            assert await index.values(Facet.TAG, now=now) == tags
            assert len(await index.complete([], "oil", now=now, limit=5)) == len(tags)
        assert set(await index.get(["1"])) == {"1"}


class PagingBehaviour(SearchIndexSuite):
    @pytest.mark.parametrize("sort", [*Sort])
    async def test_a_cursor_by_value_neither_repeats_nor_skips_while_articles_arrive(
        self, index: SearchIndex, sort: Sort
    ) -> None:
        first = Newsroom(1).articles(120)
        await index.apply(first)
        expected = {a.id for a in first if a.published <= NOW}
        seen: list[str] = []
        after: SortKey | None = None
        for number in range(60):
            page = await index.find(Question(now=NOW, sort=sort, limit=7, after=after))
            if not page.hits:
                break
            seen += [hit.id for hit in page.hits]
            after = page.hits[-1].sort_key
            await index.apply(Newsroom(100 + number).articles(3))

        assert len(seen) == len(set(seen))
        assert expected <= set(seen)

    async def test_a_cursor_of_relevance_walks_its_snapshot(self, index: SearchIndex) -> None:
        ranked = [article(f"{n:03}", "oil " * (1 + n % 5), title="x") for n in range(60)]
        await index.apply(ranked)
        everything = Question(now=NOW, words=words("oil"), sort=Sort.RELEVANCE, limit=100)
        expected = await found(index, everything)
        snapshot = await index.open_snapshot()
        seen: list[str] = []
        after: SortKey | None = None
        for number in range(20):
            await write(index, article(f"new-{number}", "oil oil oil oil oil oil oil"))
            await write(index, tombstone(f"{number:03}", 2))
            question = Question(
                now=NOW, words=words("oil"), sort=Sort.RELEVANCE, limit=9, after=after
            )
            page = await index.find(question, snapshot=snapshot)
            if not page.hits:
                break
            assert page.total == 60
            seen += [hit.id for hit in page.hits]
            after = page.hits[-1].sort_key

        assert seen == expected

    @pytest.mark.parametrize("token", ["unknown", "\0", "é", "a" * 5_000])
    async def test_an_unknown_snapshot_has_expired(self, index: SearchIndex, token: str) -> None:
        with pytest.raises(SnapshotExpiredError):
            await index.find(Question(now=NOW), snapshot=token)

    async def test_snapshots_are_bounded_and_the_oldest_goes_first(
        self, index: SearchIndex
    ) -> None:
        await write(index, article("1"))
        oldest = await index.open_snapshot()
        newest = [await index.open_snapshot() for _ in range(100)][-1]

        assert (await index.find(Question(now=NOW), snapshot=newest)).total == 1
        with pytest.raises(SnapshotExpiredError):
            await index.find(Question(now=NOW), snapshot=oldest)

    async def test_a_scan_meets_every_stored_article_in_the_order_of_ids(
        self, index: SearchIndex
    ) -> None:
        ids = [f"same-prefix-{n:03}" for n in range(50)] + [f"{n}" for n in range(30)]
        writes: list[IndexedArticle | Tombstone] = [article(id_) for id_ in ids[:-3]]
        writes += [tombstone(id_, 9) for id_ in ids[-3:]]
        writes.append(article("embargoed", published=NOW + DAY))
        await index.apply(writes)
        seen: list[str] = []
        while page := await index.scan(seen[-1] if seen else None, 7):
            seen += [stored.id for stored in page]

        assert seen == sorted([*ids, "embargoed"])
        withdrawn = [stored.id for stored in await index.scan(None, 1_000) if stored.withdrawn]
        assert withdrawn == sorted(ids[-3:])


class CompanionBehaviour(SearchIndexSuite):
    """Completion, vocabulary, related lists, the marker."""

    async def test_titles_are_completed_newest_first(self, index: SearchIndex) -> None:
        await write(
            index,
            article("1", title="oil prices rise", published=NOW - 30),
            article("2", title="prices of oil", published=NOW - 20),
            article("3", title="oil", published=NOW - 10),
            article("4", "oil prices"),
        )

        for asked, prefix, expected in (
            (["oil"], "pri", ["2", "1"]),
            ([], "oil", ["3", "2", "1"]),
            (["prices", "of"], "o", ["2"]),
            (["oil"], "zz", []),
        ):
            cards = await index.complete(asked, prefix, now=NOW, limit=5)
            assert [card.id for card in cards] == expected
        assert len(await index.complete([], "oil", now=NOW, limit=2)) == 2

    async def test_the_vocabulary_counts_live_articles(self, index: SearchIndex) -> None:
        await write(index, *(article(str(n), title=f"oil şəki{n}") for n in range(3)))
        await write(index, tombstone("0", 2), article("1", title="gas", version=2))

        assert await index.vocabulary() == {"oil": 1, "şəki2": 1, "gas": 1}

    async def test_related_lists_keep_the_highest_version_and_may_precede_their_article(
        self, index: SearchIndex
    ) -> None:
        lists = [RelatedList(id="1", version=n, links=[{"id": "2", "n": n}]) for n in (1, 3, 2)]

        assert await index.apply_related(lists) == [Indexed(), Indexed(), Older(3)]
        assert await index.related(["1", "2"]) == {"1": lists[1]}
        assert await stored_ids(index) == []

    async def test_the_marker_is_none_until_it_is_written(self, index: SearchIndex) -> None:
        assert await index.read_marker() is None
        for generation in (1, 2):
            await index.write_marker(Marker("pair", generation))
            assert await index.read_marker() == Marker("pair", generation)


class SearchIndexBehaviour(
    MatchingBehaviour,
    OrderBehaviour,
    FacetBehaviour,
    WritingBehaviour,
    PagingBehaviour,
    CompanionBehaviour,
):
    """All of it."""
