"""`SearchIndex` on tantivy."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import ParamSpec, TypeVar

from tantivy import FieldType, Occur, Order, Query

from services.search.adapters.tantivy_index import facets, small_files, stored
from services.search.adapters.tantivy_index.folder import IndexFolder, View, in_thread
from services.search.adapters.tantivy_index.ordering import ORDERINGS, Boundary, sorted_rows
from services.search.adapters.tantivy_index.snapshots import HeldViews
from services.search.domain.articles import (
    Hit,
    IndexedArticle,
    Marker,
    Page,
    RelatedList,
    StoredArticle,
    Tombstone,
    WriteVerdict,
)
from services.search.domain.question import Facet, Question, Sort
from services.search.domain.ranking import RankingRules
from services.search.domain.schema import SchemaDifference
from services.search.ports import IndexUnavailableError

# More searches at once are no faster: hits become Python objects one at a time.
_SEARCHES_AT_ONCE = 2
_EVERY_VALUE = 65_000
_FIRST = "v2"

P = ParamSpec("P")
T = TypeVar("T")


class TantivyIndex:
    """The port's promises, kept by one process in one folder.

    The folder holds one folder per build, and `current.json`, which names the one in use.
    """

    def __init__(
        self,
        folder: Path,
        ranking: RankingRules | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._folder = folder
        self._ranking = ranking or RankingRules()
        self._snapshots = HeldViews(clock)
        self._searches = asyncio.Semaphore(_SEARCHES_AT_ONCE)
        self._current: IndexFolder | None = None

    async def open(self) -> None:
        if self._current is None:
            self._current = await in_thread(self._open)

    def _open(self) -> IndexFolder:
        self._folder.mkdir(parents=True, exist_ok=True)
        name = small_files.read(self._folder / "current.json") or _FIRST
        current = IndexFolder(self._folder / name, self._ranking)
        current.open()
        return current

    async def aclose(self) -> None:
        self._snapshots.clear()
        current, self._current = self._current, None
        if current is not None:
            await in_thread(current.close)

    async def outdated(self) -> SchemaDifference | None:
        return await in_thread(self._opened().outdated)

    async def start_build(self) -> "TantivyBuild":
        return await in_thread(self._start_build)

    def _start_build(self) -> "TantivyBuild":
        in_use = self._opened().home
        for home in self._folder.iterdir():
            if home.is_dir() and home != in_use:
                IndexFolder(home, self._ranking).remove()
        name = f"{datetime.now(UTC):%Y%m%d%H%M%S%f}"
        build = TantivyBuild(self._folder / name, self._ranking, self._put_in_use)
        build.open()
        return build

    async def _put_in_use(self, build: IndexFolder) -> None:
        """From here on questions and writes go to the build, also after a restart."""
        replaced = self._opened()
        await in_thread(small_files.write, self._folder / "current.json", build.home.name)
        self._current = build
        await in_thread(replaced.close)

    async def apply(self, writes: Sequence[IndexedArticle | Tombstone]) -> Sequence[WriteVerdict]:
        return await self._opened().apply(writes)

    async def apply_related(self, lists: Sequence[RelatedList]) -> Sequence[WriteVerdict]:
        return await self._opened().apply_related(lists)

    async def find(self, question: Question, *, snapshot: str | None = None) -> Page:
        view = self._snapshots.get(snapshot) if snapshot else self._opened().view()
        return await self._search(_find, view, question)

    async def open_snapshot(self) -> str:
        return self._snapshots.hold(self._opened().view())

    async def get(self, ids: Sequence[str]) -> Mapping[str, StoredArticle]:
        async with self._searches:
            return await self._opened().get(ids)

    async def at(self, url: str) -> Sequence[StoredArticle]:
        async with self._searches:
            return await self._opened().at(url)

    async def related(self, ids: Sequence[str]) -> Mapping[str, RelatedList]:
        async with self._searches:
            return await self._opened().related(ids)

    async def stories(self, ids: Sequence[str]) -> Mapping[str, str]:
        async with self._searches:
            return await self._opened().stories(ids)

    async def story(self, story_id: str) -> Sequence[str]:
        async with self._searches:
            return await self._opened().story(story_id)

    async def complete(
        self, words: Sequence[str], prefix: str, *, now: int, limit: int
    ) -> Sequence[StoredArticle]:
        view = self._opened().view()
        query = view.queries.completing(words, prefix, now)
        return await self._search(IndexFolder.listed, view, query, ORDERINGS[Sort.NEWEST], limit)

    async def vocabulary(self) -> Mapping[str, int]:
        return await self._search(_vocabulary, self._opened().view())

    async def values(self, facet: Facet, *, now: int) -> Mapping[str, int]:
        view = self._opened().view()
        query = Query.boolean_query(view.queries.visible(now))
        counts = await self._search(
            facets.count_values, view.searcher, query, [facet], _EVERY_VALUE
        )
        return counts[facet]

    async def scan(self, after: str | None, limit: int) -> Sequence[StoredArticle]:
        return await self._opened().scan(after, limit)

    async def scan_related(self, after: str | None, limit: int) -> Sequence[RelatedList]:
        return await self._opened().scan_related(after, limit)

    async def scan_versions(self, after: str | None, limit: int) -> Sequence[tuple[str, int]]:
        return await self._opened().scan_versions(after, limit)

    async def read_marker(self) -> Marker | None:
        return await self._opened().read_marker()

    async def write_marker(self, marker: Marker) -> None:
        await self._opened().write_marker(marker)

    def _opened(self) -> IndexFolder:
        if self._current is None:
            raise IndexUnavailableError("The index is not open.")
        return self._current

    async def _search(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        async with self._searches:
            return await in_thread(call, *args, **kwargs)


class TantivyBuild(IndexFolder):
    """`IndexBuild` in a folder of its own, until it is put in use."""

    def __init__(
        self,
        home: Path,
        ranking: RankingRules,
        put_in_use: Callable[[IndexFolder], Awaitable[None]],
    ) -> None:
        super().__init__(home, ranking)
        self._put_in_use = put_in_use
        self._swapped = False

    async def swap(self, marker: Marker | None) -> None:
        if marker is not None:
            await self.write_marker(marker)
        self._swapped = True
        await self._put_in_use(self)

    async def drop(self) -> None:
        if not self._swapped:
            await in_thread(self.close)
            await in_thread(self.remove)


def _find(view: View, question: Question) -> Page:
    query = view.queries.matching(question)
    total: int = view.searcher.search(query, limit=1).count  # type: ignore[attr-defined]
    return Page(
        total=total,
        hits=tuple(_hits(view, question)) if question.limit > 0 else (),
        facets=facets.count_facets(view.searcher, view.queries, question),
        extents=facets.measure_extents(view.searcher, view.queries, question),
        spans=facets.count_spans(view.searcher, view.queries, question),
    )


def _hits(view: View, question: Question) -> list[Hit]:
    order = question.order
    boundary = Boundary.after(order, question.after) if question.after else None
    offset = 0 if boundary else question.offset
    rows = sorted_rows(
        view.searcher,
        _query_from(view, question, boundary),
        ORDERINGS[order],
        offset + question.limit,
        boundary,
    )
    return [
        stored.hit(view.searcher.doc(address), question, float(number))
        for number, address in rows[offset:]
    ]


def _query_from(view: View, question: Question, boundary: Boundary | None) -> Query:
    """The question, in a value sort without what lies before the boundary."""
    ordering = ORDERINGS[question.order]
    if ordering.field is None:
        return view.queries.ranked(question)
    query = view.queries.matching(question)
    if boundary is None:
        return query
    number = int(boundary.number)
    upwards = ordering.order is Order.Asc
    rest = view.queries.range(
        ordering.field,
        FieldType.Unsigned,
        start=number if upwards else None,
        end=None if upwards else number + 1,
    )
    return Query.boolean_query([(Occur.Must, query), (Occur.Must, rest)])


def _vocabulary(view: View) -> dict[str, int]:
    live = view.queries.live()
    return {
        word: count
        for word, count in view.searcher.terms_with_prefix("words", "", filter_query=live)
        if count
    }
