"""Which articles answer a question."""

from dataclasses import replace

import pytest

from services.search.domain.articles import FacetCount
from services.search.domain.question import Facet, Phrase, Question, Range, Sort
from services.search.ports import SearchIndex
from tests.contract.ports.articles import (
    NOW,
    article,
    phrase,
    tombstone,
    words,
)
from tests.contract.ports.search_index.suite import SearchIndexSuite, found, write


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

    async def test_articles_are_found_by_their_url_whatever_became_of_them(
        self, index: SearchIndex
    ) -> None:
        url = "https://example.org/2"
        shared = replace(article("later", published=NOW + 1), url=url)
        await write(index, article("1"), article("2"), shared)
        await write(index, tombstone("2", 2))

        assert {one.id: one.withdrawn for one in await index.at(url)} == {"2": True, "later": False}
        assert await index.at("https://example.org/") == []

    async def test_a_question_may_be_about_some_articles_only(self, index: SearchIndex) -> None:
        await write(
            index,
            article("1", "oil"),
            article("2", "oil"),
            article("3", "gas"),
            article("4", "oil"),
        )
        asked = Question(now=NOW, words=words("oil"), ids=("2", "3", "4", "nobody"))

        assert sorted(await found(index, asked)) == ["2", "4"]
        assert await found(index, Question(now=NOW, ids=("nobody",))) == []

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
                Question(now=NOW, include={Facet.TAG: (text,)}, facets=(Facet.TAG,)),
                Question(now=NOW, exclude={Facet.AUTHOR: (text,)}),
            ):
                assert (await index.find(question)).total <= 1
            assert await index.complete([text], text, now=NOW, limit=3) == []
            assert await index.get([text]) == {}
            assert await index.at(text) == []
