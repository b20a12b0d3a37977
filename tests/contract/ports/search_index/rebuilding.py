"""A second index beside the one in use, and the swap."""

from dataclasses import replace

from services.search.domain.articles import Indexed, Marker, Older
from services.search.domain.question import Facet, Question, Sort
from services.search.ports import IndexBuild, SearchIndex
from tests.contract.ports.articles import DAY, NOW, article, asking, tombstone
from tests.contract.ports.search_index.suite import (
    NewIndex,
    SearchIndexSuite,
    found,
    stored_ids,
    write,
)
from tests.waiting import eventually

OIL = Question(now=NOW, words=asking("oil").words)
BY_TIME = Question(now=NOW, sort=Sort.NEWEST, limit=3)


class RebuildingBehaviour(SearchIndexSuite):
    async def test_a_build_is_unseen_until_it_is_swapped(self, index: SearchIndex) -> None:
        await write(index, article("1", "oil"))
        build = await index.start_build()
        assert await build.apply([article("1", "gas"), article("2", "oil")]) == [Indexed()] * 2

        assert await found(index, OIL) == ["1"]
        assert await stored_ids(index) == ["1"]

        await build.swap(Marker("pair", 4, 2))
        assert await found(index, OIL) == ["2"]
        marker = await index.read_marker()
        assert (marker, marker and marker.base) == (Marker("pair", 4), 2)

    async def test_after_a_swap_writes_go_on_by_the_same_versions(
        self, index: SearchIndex, new_index: NewIndex
    ) -> None:
        await write(index, article("1", version=5), tombstone("2", 5))
        build = await index.start_build()
        await build.apply([article("1", version=6), tombstone("2", 5)])
        await build.swap(None)

        assert await write(index, article("1", version=6), article("2", version=4)) == [
            Older(6),
            Older(5),
        ]
        assert await write(index, article("3")) == [Indexed()]
        await index.aclose()
        again = new_index()
        await again.open()
        assert await stored_ids(again) == ["1", "2", "3"]
        await again.aclose()

    async def test_a_dropped_build_changes_nothing(
        self, index: SearchIndex, new_index: NewIndex
    ) -> None:
        await write(index, article("1", "oil"))
        build = await index.start_build()
        await build.apply([article("2", "oil")])
        await build.drop()

        assert await found(index, OIL) == ["1"]
        await index.aclose()
        again = new_index()
        await again.open()
        assert await found(again, OIL) == ["1"]
        await again.aclose()

    async def test_what_an_unfinished_build_left_is_not_in_the_next(
        self, index: SearchIndex
    ) -> None:
        unfinished = await index.start_build()
        await unfinished.apply([article("1", "oil")])

        build = await index.start_build()

        assert await build.scan(None, 10) == []
        await build.swap(None)
        assert await found(index, OIL) == []

    async def test_dropping_a_swapped_build_keeps_it(self, index: SearchIndex) -> None:
        build = await index.start_build()
        await build.apply([article("1", "oil")])
        await build.swap(None)
        await build.drop()

        assert await found(index, OIL) == ["1"]

    async def test_one_build_after_the_other(self, index: SearchIndex) -> None:
        for number in range(1, 4):
            build = await index.start_build()
            await build.apply([article(str(n), "oil") for n in range(number)])
            await build.swap(Marker("pair", number))
            assert (await index.find(OIL)).total == number
        assert await index.read_marker() == Marker("pair", 3)

    async def test_a_cursor_of_a_value_sort_goes_on_after_a_swap(self, index: SearchIndex) -> None:
        articles = [article(f"{n}", published=NOW - n * DAY) for n in range(1, 8)]
        await index.apply(articles)
        first = (await index.find(BY_TIME)).hits
        build = await index.start_build()
        await build.apply([*articles, article("new", published=NOW - 1)])
        await build.swap(None)

        rest = await found(index, replace(BY_TIME, after=first[-1].sort_key, limit=10))

        assert [hit.id for hit in first] + rest == ["1", "2", "3", "4", "5", "6", "7"]

    async def test_a_view_is_held_over_a_swap(self, index: SearchIndex) -> None:
        await write(index, article("1", "oil", tags=["a"]))
        view = await index.open_view()
        build = await index.start_build()
        await build.apply([article("2", "oil")])
        await build.swap(None)

        held = await index.find(replace(OIL, facets=(Facet.TAG,)), view=view.id)

        assert [hit.id for hit in held.hits] == ["1"]
        assert [count.value for count in held.facets[Facet.TAG]] == ["a"]

    async def test_everything_can_be_read_in_the_order_of_ids(self, index: SearchIndex) -> None:
        build = await index.start_build()
        stores: list[SearchIndex | IndexBuild] = [index, build]
        for store in stores:
            await store.apply([article(f"{n}", version=n + 1) for n in range(5)])
            await store.apply([tombstone("3", 9)])

            assert await store.scan_versions(None, 3) == [("0", 1), ("1", 2), ("2", 3)]
            assert await store.scan_versions("2", 3) == [("3", 9), ("4", 5)]
            assert await store.scan_versions("4", 3) == []
            assert [one.id for one in await store.scan("1", 2)] == ["2", "3"]
        await build.drop()

    async def test_names_are_those_of_the_index_in_use(self, index: SearchIndex) -> None:
        await write(index, article("1", tags=["Quarry"]))
        build = await index.start_build()
        await build.apply([article("2", tags=["Quay"])])
        await build.swap(None)

        async def named() -> list[str]:
            return [one.text for one in await index.names("qu", [Facet.TAG], now=NOW, limit=8)]

        await eventually(named, ["Quay"])

    async def test_an_index_of_this_release_is_up_to_date(self, index: SearchIndex) -> None:
        assert await index.outdated() is None
        await index.write_marker(Marker("pair", 1))
        assert await index.outdated() is None
