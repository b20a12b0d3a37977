"""Walking through everything, and the small things beside the articles."""

import pytest

from services.search.domain.articles import (
    Indexed,
    IndexedArticle,
    Marker,
    Older,
    RelatedList,
    Tombstone,
)
from services.search.domain.question import Question, Sort, SortKey
from services.search.ports import SearchIndex, SnapshotExpiredError
from tests.contract.ports.articles import (
    DAY,
    NOW,
    Newsroom,
    article,
    tombstone,
    words,
)
from tests.contract.ports.search_index.suite import SearchIndexSuite, found, stored_ids, write


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

    async def test_the_ids_of_a_story_are_those_whose_lists_have_it_last(
        self, index: SearchIndex
    ) -> None:
        told = [("1", 1, "a"), ("2", 1, "a"), ("3", 1, "b"), ("2", 3, "b"), ("2", 2, "a")]
        await index.apply_related(
            [RelatedList(id=id_, version=n, links=[], story_id=story) for id_, n, story in told]
        )
        await index.apply_related([RelatedList(id="4", version=1, links=[])])

        assert await index.story("a") == ["1"]
        assert sorted(await index.story("b")) == ["2", "3"]
        assert await index.story("c") == []
        assert await index.stories(["1", "2", "4", "5"]) == {"1": "a", "2": "b"}
        assert (await index.related(["3"]))["3"].story_id == "b"

    async def test_the_marker_is_none_until_it_is_written(self, index: SearchIndex) -> None:
        assert await index.read_marker() is None
        for generation in (1, 2):
            await index.write_marker(Marker("pair", generation))
            assert await index.read_marker() == Marker("pair", generation)
