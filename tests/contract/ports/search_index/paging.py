"""Walking through everything."""

import time
from dataclasses import replace

import pytest

from services.search.domain.articles import IndexedArticle, Links, Tombstone
from services.search.domain.question import Question, Sort, SortKey
from services.search.ports import SearchIndex, ViewExpiredError
from tests.contract.ports.articles import DAY, NOW, Newsroom, article, asking, tombstone
from tests.contract.ports.search_index.suite import SearchIndexSuite, found, write


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

    async def test_a_cursor_of_relevance_walks_its_view(self, index: SearchIndex) -> None:
        await index.apply([article(f"{n:03}", "oil " * (1 + n % 5)) for n in range(60)])
        question = replace(asking("oil"), limit=9)
        expected = await found(index, replace(question, limit=100))
        view = await index.open_view()
        seen: list[str] = []
        after: SortKey | None = None
        for number in range(20):
            await write(index, article(f"new-{number}", "oil oil oil oil oil oil oil"))
            await write(index, tombstone(f"{number:03}", 2))
            page = await index.find(replace(question, after=after), view=view.id)
            if not page.hits:
                break
            assert page.total == 60
            seen += [hit.id for hit in page.hits]
            after = page.hits[-1].sort_key

        assert seen == expected

    async def test_a_view_is_collapsed_page_by_page(self, index: SearchIndex) -> None:
        await index.apply(
            [
                article(f"{n:03}", "oil " * (1 + n % 5), links=Links(story_id=f"s{n % 7}"))
                for n in range(40)
            ]
        )
        view = await index.open_view()
        question = replace(asking("oil"), collapse=True, limit=3)
        pages = [
            [hit.story_id for hit in page.hits]
            for offset in range(0, 9, 3)
            for page in [await index.find(replace(question, offset=offset), view=view.id)]
        ]

        assert [len(page) for page in pages] == [3, 3, 1]
        assert {story for page in pages for story in page} == {f"s{n}" for n in range(7)}

    @pytest.mark.parametrize("token", ["unknown", "\0", "é", "a" * 5_000])
    async def test_an_unknown_view_has_expired(self, index: SearchIndex, token: str) -> None:
        with pytest.raises(ViewExpiredError):
            await index.find(Question(now=NOW), view=token)

    async def test_views_are_shared_and_held_for_five_minutes(self, index: SearchIndex) -> None:
        views = [await index.open_view() for _ in range(100)]

        assert len({view.id for view in views}) <= 3
        assert all(view.expires >= time.time() + 295 for view in views)

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
