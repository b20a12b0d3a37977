"""Conditions beside the filters of fields, and how far numbers reach."""

import pytest

from services.search.domain.articles import Extent, FacetCount
from services.search.domain.question import (
    Conditions,
    Facet,
    Number,
    NumberIn,
    Question,
    Range,
    ValueIs,
)
from services.search.ports import SearchIndex
from tests.contract.ports.articles import NOW, article, tag, tombstone
from tests.contract.ports.search_index.suite import SearchIndexSuite, found, write

OIL, GAS = ValueIs(Facet.TAG, "oil"), ValueIs(Facet.TAG, "gas")
NEITHER_OIL = ValueIs(Facet.TAG, "oil", negated=True)
SHORT = NumberIn(Number.READ_MINUTES, Range(None, 3))
NOT_SHORT = NumberIn(Number.READ_MINUTES, Range(None, 3), negated=True)


class ConditionBehaviour(SearchIndexSuite):
    @pytest.fixture
    async def few(self, index: SearchIndex) -> SearchIndex:
        await write(
            index,
            article("a", read_minutes=1, tags=["oil"], authors=["Ann"]),
            article("b", read_minutes=2, tags=["oil", tag("gas", aliases=["natural-gas"])]),
            article("c", read_minutes=3, tags=["gas"], authors=["Ann"]),
            article("d", read_minutes=9, published=NOW - 10_000, authors=["Ann Élan"]),
        )
        return index

    async def test_of_every_group_one_condition_must_hold(self, few: SearchIndex) -> None:
        cases: list[tuple[Conditions, str]] = [
            ((), "abcd"),
            (((OIL,),), "ab"),
            (((OIL,), (GAS,)), "b"),
            (((OIL, GAS),), "abc"),
            (((NEITHER_OIL,),), "cd"),
            (((NEITHER_OIL, ValueIs(Facet.AUTHOR, "Ann")),), "acd"),
            (((NEITHER_OIL,), (GAS,)), "c"),
            (((OIL,), (NEITHER_OIL,)), ""),
            (((ValueIs(Facet.TAG, "natural-gas"),),), "b"),
            (((ValueIs(Facet.TAG, "OIL"),),), "ab"),
            (((ValueIs(Facet.TAG, "Natural-Gas"),),), "b"),
            (((ValueIs(Facet.AUTHOR, "ann élan"),),), "d"),
            (((ValueIs(Facet.AUTHOR, "ANN", negated=True),),), "bd"),
            (((ValueIs(Facet.TAG, "coal"),),), ""),
            (((ValueIs(Facet.TAG, "coal", negated=True),),), "abcd"),
            (((SHORT,),), "ab"),
            (((NOT_SHORT,),), "cd"),
            (((SHORT, ValueIs(Facet.AUTHOR, "Ann")),), "abc"),
            (((NumberIn(Number.READ_MINUTES, Range(3, 3)),),), ""),
            (((NumberIn(Number.READ_MINUTES, Range(5, 2)),),), ""),
            (((NumberIn(Number.READ_MINUTES, Range(-(10**15), 10**15)),),), "abcd"),
            (((NumberIn(Number.PUBLISHED, Range(NOW - 9_000, NOW)),),), "abc"),
        ]
        for conditions, expected in cases:
            hits = await found(few, Question(now=NOW, conditions=conditions))
            assert sorted(hits) == [*expected], conditions

    async def test_conditions_apply_to_the_counts_of_their_own_field(
        self, few: SearchIndex
    ) -> None:
        page = await few.find(Question(now=NOW, conditions=((OIL,),), facets=(Facet.TAG,)))

        assert page.facets == {Facet.TAG: (FacetCount("oil", 2), FacetCount("gas", 1))}

    async def test_extents_are_those_of_everything_that_matches(self, few: SearchIndex) -> None:
        await write(few, tombstone("gone", 1), article("later", published=NOW + 9, read_minutes=99))
        question = Question(
            now=NOW,
            include={Facet.TAG: ("gas",)},
            facets=(Facet.TAG,),
            extents=(Number.READ_MINUTES,),
            limit=1,
        )

        assert (await few.find(question)).extents == {Number.READ_MINUTES: Extent(2, 3, 2.5, 5)}

    async def test_nothing_has_no_extent(self, few: SearchIndex) -> None:
        nothing = Question(
            now=NOW, conditions=((ValueIs(Facet.TAG, "coal"),),), extents=(Number.PUBLISHED,)
        )

        assert (await few.find(nothing)).extents == {}
