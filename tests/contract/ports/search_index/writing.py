"""What a write is worth."""

import pytest

from services.search.domain.articles import (
    Indexed,
    Marker,
    Older,
    Rejected,
    RelatedList,
)
from services.search.domain.question import Facet, Question
from services.search.ports import IndexUnavailableError, SearchIndex
from tests.contract.ports.articles import (
    HOUR,
    NOW,
    article,
    tombstone,
    words,
)
from tests.contract.ports.search_index.suite import (
    NewIndex,
    SearchIndexSuite,
    found,
    stored_ids,
    write,
)


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
