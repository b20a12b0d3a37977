"""What a write is worth."""

import asyncio

import pytest

from services.search.domain.articles import Indexed, Marker, Older, Rejected
from services.search.domain.question import Facet, Question
from services.search.ports import IndexUnavailableError, SearchIndex
from tests.contract.ports.articles import HOUR, NOW, article, asking, linked, tombstone
from tests.contract.ports.search_index.suite import (
    NewIndex,
    SearchIndexSuite,
    found,
    stored_ids,
    write,
)


class WritingBehaviour(SearchIndexSuite):
    async def test_what_apply_calls_indexed_is_visible_and_stored(self, index: SearchIndex) -> None:
        written = article(
            "1",
            "The oil.\n\nAnd gas.",
            title="Öl",
            summary="Short.",
            language="en-GB",
            version=7,
            tags=["Oil & Gas"],
            authors=["Ann Ek"],
            categories=["News > Economy", "Sport"],
            links=linked("story", at=9, b=0.5),
        )
        bare = article("2", language=None)
        assert await write(index, written, bare) == [Indexed(), Indexed()]

        assert await found(index, asking("oil")) == ["1"]
        stored = await index.get(["1", "2", "3"])
        assert set(stored) == {"1", "2"}
        for given in (written, bare):
            one = stored[given.id]
            assert (one.version, one.withdrawn, one.published) == (given.version, False, NOW - HOUR)
            assert one.card == given.card
            assert one.content == given.content
            assert one.links == given.links

    async def test_cards_are_read_without_the_rest(self, index: SearchIndex) -> None:
        written = article("1", "The oil.", title="Öl", tags=["Oil & Gas"])
        await write(index, written, tombstone("2", 3))

        stored = await index.get(["1", "2"], whole=False)

        assert stored["1"].card == written.card
        assert stored["1"].content == {"record": written.content["record"]}
        assert stored["2"].withdrawn
        assert stored["2"].content == tombstone("2", 3).content

    async def test_an_empty_batch_is_no_error(self, index: SearchIndex) -> None:
        assert await index.apply([]) == []
        assert await index.get([]) == {}

    async def test_an_equal_or_older_version_is_older(self, index: SearchIndex) -> None:
        await write(index, article("1", "new", version=5))

        verdicts = await write(
            index, article("1", "old", version=5), article("1", version=4), article("2")
        )

        assert verdicts == [Older(5), Older(5), Indexed()]
        assert await found(index, Question(now=NOW, words=asking("new").words)) == ["1"]
        assert await found(index, Question(now=NOW, words=asking("old").words)) == []

    async def test_of_one_batch_the_highest_version_remains(self, index: SearchIndex) -> None:
        verdicts = await write(
            index,
            article("1", "one", version=1),
            article("1", "three", version=3),
            article("1", "two", version=2),
        )

        assert verdicts == [Indexed(), Indexed(), Older(3)]
        assert (await index.find(Question(now=NOW))).total == 1
        assert await found(index, Question(now=NOW, words=asking("three").words)) == ["1"]

    async def test_versions_have_63_bits(self, index: SearchIndex) -> None:
        highest = (1 << 63) - 1
        await write(index, article("1", version=highest - 1))

        assert await write(index, article("1", version=highest)) == [Indexed()]
        assert await write(index, article("1", version=highest)) == [Older(highest)]

    async def test_a_withdrawn_article_is_gone_and_stays_gone(
        self, index: SearchIndex, new_index: NewIndex
    ) -> None:
        tagged = article("1", "oil", title="oil", version=4, tags=["a"])
        await write(index, tagged)
        assert await write(index, tombstone("1", 5)) == [Indexed()]
        assert await write(index, tagged) == [Older(5)]
        await index.aclose()
        index = new_index()
        await index.open()

        assert await write(index, tagged) == [Older(5)]
        page = await index.find(Question(now=NOW, facets=(Facet.TAG,)))
        assert (page.total, page.facets[Facet.TAG]) == (0, ())
        assert await index.values(Facet.TAG, now=NOW, limit=9) == {}
        assert await index.tag("a", now=NOW) is None
        assert await index.complete([], "oi", now=NOW, limit=5) == []
        stored = (await index.get(["1"]))["1"]
        assert (stored.withdrawn, stored.version, stored.card) == (True, 5, {})
        assert stored.content == tombstone("1", 5).content
        await index.aclose()

    async def test_a_newer_version_reinstates(self, index: SearchIndex) -> None:
        await write(index, article("1", version=1), tombstone("1", 2))

        assert await write(index, article("1", version=3)) == [Indexed()]
        assert await found(index, Question(now=NOW)) == ["1"]

    async def test_a_bad_document_harms_no_other(self, index: SearchIndex) -> None:
        verdicts = await write(
            index,
            article("1"),
            article("2", summary="\ud800"),
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
        await index.write_marker(Marker("pair", 3))
        await index.aclose()
        again = new_index()
        await again.open()

        assert (await again.find(Question(now=NOW, words=asking("oil").words))).total == 30
        assert await again.read_marker() == Marker("pair", 3)
        await again.aclose()

    async def test_opening_twice_changes_nothing(self, index: SearchIndex) -> None:
        await write(index, article("1"))

        await index.open()

        assert await stored_ids(index) == ["1"]

    async def test_before_it_is_opened_the_index_is_unavailable(self, new_index: NewIndex) -> None:
        with pytest.raises(IndexUnavailableError):
            await new_index().find(Question(now=NOW))

    async def test_the_marker_is_none_until_it_is_written(self, index: SearchIndex) -> None:
        assert await index.read_marker() is None
        for generation in (1, 2):
            await index.write_marker(Marker("pair", generation))
            assert await index.read_marker() == Marker("pair", generation)

    async def test_endless_words_harm_no_article(self, index: SearchIndex) -> None:
        texts = ["a" * 70_000, "a-" * 40_000, "ก" * 50_000, "雨" * 50_000, "a_b." * 20_000]
        languages = ("en", "th", "lo", "zh", "ar", None)
        for language in languages:
            odd = [article(f"{language}-{n}", t, language=language) for n, t in enumerate(texts)]
            named = article(
                f"{language}", tags=["t" * 40_000], authors=["é" * 40_000], language=language
            )
            assert await write(index, *odd, named) == [Indexed()] * 6, language
            assert (await index.get([named.id]))[named.id].card == named.card
        assert (await index.find(Question(now=NOW))).total == 6 * len(languages)

    async def test_batches_may_be_written_at_the_same_time(self, index: SearchIndex) -> None:
        await asyncio.gather(
            *(index.apply([article(f"{batch}-{n}") for n in range(5)]) for batch in range(8))
        )

        assert (await index.find(Question(now=NOW))).total == 40
