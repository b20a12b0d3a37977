"""`SearchIndex` on tantivy."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from tantivy import FieldType, Occur, Query

from services.search.adapters.tantivy_index import facets, small_files
from services.search.adapters.tantivy_index.finding import find
from services.search.adapters.tantivy_index.folder import IndexFolder, View, in_thread
from services.search.adapters.tantivy_index.lexicon import Lexicon, correct_typed, corrections_of
from services.search.adapters.tantivy_index.ordering import ORDERINGS, Ordering
from services.search.adapters.tantivy_index.ranking import RankingRules
from services.search.adapters.tantivy_index.views import HeldViews
from services.search.domain.articles import (
    IndexedArticle,
    Marker,
    Name,
    Page,
    StoredArticle,
    Tombstone,
    WriteVerdict,
)
from services.search.domain.question import Facet, Question, Sort
from services.search.domain.schema import SchemaDifference
from services.search.ports import LONGEST_STORY, IndexUnavailableError, View as HeldView

# More searches at once are no faster: hits become Python objects one at a time.
_SEARCHES_AT_ONCE = 2
MOST_EDGES_LOOKED_AT = 1_000
_FIRST = "v3"

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
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._folder = folder
        self._ranking = ranking or RankingRules()
        self._views = HeldViews(clock)
        self._lexicon = Lexicon()
        self._clock = clock
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
        self._views.clear()
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
        self._lexicon.changed()
        await in_thread(replaced.close)

    async def apply(self, writes: Sequence[IndexedArticle | Tombstone]) -> Sequence[WriteVerdict]:
        verdicts = await self._opened().apply(writes)
        self._lexicon.changed()
        return verdicts

    async def find(self, question: Question, *, view: str | None = None) -> Page:
        asked = self._views.get(view) if view else self._opened().view()
        page = await self._search(find, asked, question)
        if not question.corrections:
            return page
        speller = await self._lexicon.speller(self._opened().view, question.now)
        corrections = await in_thread(corrections_of, speller, asked, question)
        return replace(page, corrections=corrections)

    async def open_view(self) -> HeldView:
        return self._views.hold(self._opened().view)

    async def get(self, ids: Sequence[str], *, whole: bool = True) -> Mapping[str, StoredArticle]:
        async with self._searches:
            return await self._opened().get(ids, whole=whole)

    async def at(self, url: str) -> Sequence[StoredArticle]:
        async with self._searches:
            return await self._opened().at(url)

    async def story(self, story_id: str) -> Sequence[StoredArticle]:
        async with self._searches:
            return await self._opened().cards("story", story_id, LONGEST_STORY)

    async def linked_to(
        self, article_id: str, *, since: int, now: int, limit: int
    ) -> Sequence[StoredArticle]:
        view = self._opened().view()
        query = view.queries.linked_to(article_id, since, now)
        # Few articles have more edges than these, and those that came last are told first.
        found = await self._search(
            _cards, view, query, ORDERINGS[Sort.NEWEST], MOST_EDGES_LOOKED_AT
        )
        return sorted(found, key=lambda one: (-_score(one, article_id), one.id))[:limit]

    async def complete(
        self, words: Sequence[str], prefix: str, *, now: int, limit: int
    ) -> Sequence[StoredArticle]:
        view = self._opened().view()
        query = view.queries.completing(words, prefix, now)
        return await self._search(_cards, view, query, ORDERINGS[Sort.NEWEST], limit)

    async def names(
        self, typed: str, kinds: Sequence[Facet], *, now: int, limit: int
    ) -> Sequence[Name]:
        names = await self._lexicon.names(self._opened().view, now)
        return await in_thread(names.find, typed, kinds, limit)

    async def correct(self, typed: str) -> str | None:
        speller = await self._lexicon.speller(self._opened().view, int(self._clock()))
        return await in_thread(correct_typed, speller, typed)

    async def values(self, facet: Facet, *, now: int, limit: int) -> Mapping[str, int]:
        view = self._opened().view()
        query = Query.boolean_query(view.queries.visible(now))
        counts = await self._search(facets.count_values, view.searcher, query, [facet], limit)
        return dict(list(counts[facet].items())[:limit])

    async def tag(self, name_or_slug: str, *, now: int) -> Mapping[str, Any] | None:
        view = self._opened().view()
        having = view.queries.value(Facet.TAG, [name_or_slug])
        query = Query.boolean_query([*view.queries.visible(now), (Occur.Must, having)])
        found = await self._search(IndexFolder.listed, view, query, ORDERINGS[Sort.NEWEST], 1)
        tags = [tag for one in found for tag in one.content["enrichment"]["tags"]]
        wanted = (tag for tag in tags if name_or_slug in _names_of(tag))
        return next(wanted, None)

    async def embargoed(self, now: int, limit: int) -> Sequence[tuple[str, int]]:
        view = self._opened().view()
        later = view.queries.range("published", FieldType.Integer, start=now + 1)
        query = Query.boolean_query([(Occur.Must, view.queries.live()), (Occur.Must, later)])
        found = await self._search(_cards, view, query, ORDERINGS[Sort.OLDEST], limit)
        return [(article.id, article.published) for article in found]

    async def maintain(self) -> None:
        """Names are counted from the index itself, whenever it has changed."""

    async def scan(self, after: str | None, limit: int) -> Sequence[StoredArticle]:
        return await self._opened().scan(after, limit)

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


def _cards(view: View, query: Query, ordering: Ordering, limit: int) -> list[StoredArticle]:
    return IndexFolder.listed(view, query, ordering, limit, whole=False)


def _score(article: StoredArticle, other_id: str) -> float:
    return max((edge.score for edge in article.links.edges if edge.id == other_id), default=0.0)


def _names_of(tag: Mapping[str, Any]) -> tuple[str, ...]:
    return (tag["name"], tag["slug"], *tag.get("aliases", ()))
