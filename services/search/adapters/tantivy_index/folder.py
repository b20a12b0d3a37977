"""One folder with everything an index holds: the one in use, or a build beside it."""

import asyncio
import shutil
from collections.abc import Callable, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import NamedTuple, ParamSpec, TypeVar

from tantivy import DocAddress, Document, FieldType, Query, Searcher

from services.search.adapters.tantivy_index import schema, small_files
from services.search.adapters.tantivy_index.analysis import ANALYSIS_VERSION
from services.search.adapters.tantivy_index.collection import DocumentCollection, engine_errors
from services.search.adapters.tantivy_index.ordering import (
    BY_ID,
    Boundary,
    Ordering,
    sorted_rows,
)
from services.search.adapters.tantivy_index.queries import QueryBuilder
from services.search.adapters.tantivy_index.ranking import RankingRules
from services.search.adapters.tantivy_index.stored import stored_article
from services.search.domain.articles import (
    IndexedArticle,
    Marker,
    StoredArticle,
    Tombstone,
    WriteVerdict,
)
from services.search.domain.schema import SchemaDifference, difference, stamp
from services.search.ports import MOST_AT_ONE_URL

STAMP = stamp(ANALYSIS_VERSION, schema.FORMAT)

P = ParamSpec("P")
T = TypeVar("T")


class View(NamedTuple):
    """Articles as of one commit, and how they are asked."""

    searcher: Searcher
    queries: QueryBuilder


async def in_thread(call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Call what blocks.

    Raises:
        IndexUnavailableError: disk, lock or engine do not obey.
    """

    def guarded() -> T:
        with engine_errors():
            return call(*args, **kwargs)

    return await asyncio.to_thread(guarded)


class IndexFolder:
    """`ArticleStore` in `articles/`, with `marker.json` and `stamp.json` beside."""

    def __init__(self, home: Path, ranking: RankingRules) -> None:
        self.home = home
        self._ranking = ranking
        self.articles = DocumentCollection[IndexedArticle | Tombstone](
            home / "articles", schema.article_schema(), schema.article_document
        )
        self._queries = QueryBuilder(self.articles.schema, ranking)

    def open(self) -> None:
        """Open it, or make it; blocks."""
        new = not self.home.exists()
        self.articles.open()
        # One of another schema is asked by its own fields.
        self._queries = QueryBuilder(self.articles.schema, self._ranking)
        if new:
            small_files.write(self.home / "stamp.json", STAMP)

    def close(self) -> None:
        """End writing and release the folder; who still reads it may go on. Blocks."""
        self.articles.close()

    def remove(self) -> None:
        shutil.rmtree(self.home, ignore_errors=True)

    def outdated(self) -> SchemaDifference | None:
        """Fields are the engine's to compare, the analysis ours; blocks."""
        borne = small_files.read(self.home / "stamp.json") or {}
        if self.articles.outdated:
            borne = {"release": borne.get("release", "0")}
        return difference(borne, STAMP)

    def view(self) -> View:
        return View(self.articles.searcher(), self._queries)

    async def apply(self, writes: Sequence[IndexedArticle | Tombstone]) -> Sequence[WriteVerdict]:
        return await asyncio.to_thread(self.articles.write, writes)

    async def get(self, ids: Sequence[str], *, whole: bool = True) -> Mapping[str, StoredArticle]:
        def read() -> list[StoredArticle]:
            searcher = self.articles.searcher()
            found = _documents(searcher, self._queries.ids(ids), max(len(ids), 1))
            return [stored_article(one, whole=whole) for one in found]

        return {article.id: article for article in await in_thread(read)}

    async def cards(self, field: str, value: str, limit: int) -> Sequence[StoredArticle]:
        """Articles that have the value in a field, visible or not, in no order."""

        def read() -> list[StoredArticle]:
            searcher = self.articles.searcher()
            query = Query.term_query(self.articles.schema, field, value)
            return [stored_article(one, whole=False) for one in _documents(searcher, query, limit)]

        return await in_thread(read)

    async def at(self, url: str) -> Sequence[StoredArticle]:
        def read() -> list[StoredArticle]:
            searcher = self.articles.searcher()
            query = Query.term_query(self.articles.schema, "url", url)
            return [stored_article(one) for one in _documents(searcher, query, MOST_AT_ONE_URL)]

        return await in_thread(read)

    async def scan(self, after: str | None, limit: int) -> Sequence[StoredArticle]:
        boundary = None if after is None else Boundary(schema.id_bits(after), after)
        start = None if after is None else schema.id_bits(after)
        query = self._queries.range("id_order", FieldType.Unsigned, start=start)
        return await in_thread(self.listed, self.view(), query, BY_ID, limit, boundary)

    async def scan_versions(self, after: str | None, limit: int) -> Sequence[tuple[str, int]]:
        def read() -> list[tuple[str, int]]:
            searcher = self.articles.searcher()
            page = _page(self.articles.identities(searcher), after, limit)
            return self.articles.with_versions(searcher, page)

        return await in_thread(read)

    async def read_marker(self) -> Marker | None:
        return Marker.of(await in_thread(small_files.read, self.home / "marker.json"))

    async def write_marker(self, marker: Marker) -> None:
        await in_thread(small_files.write, self.home / "marker.json", marker.fields())

    @staticmethod
    def listed(
        view: View,
        query: Query,
        ordering: Ordering,
        limit: int,
        boundary: Boundary | None = None,
        *,
        whole: bool = True,
    ) -> list[StoredArticle]:
        """Blocks."""
        searcher = view.searcher
        rows = sorted_rows(searcher, query, ordering, limit, boundary) if limit > 0 else []
        return [stored_article(searcher.doc(address), whole=whole) for _, address in rows]


def _documents(searcher: Searcher, query: Query, limit: int) -> list[Document]:
    """In no order."""
    hits = searcher.search(query, limit=limit, count=False).hits
    return [searcher.doc(address) for _, address in hits]


def _page(
    identities: Sequence[tuple[str, DocAddress]], after: str | None, limit: int
) -> list[tuple[str, DocAddress]]:
    beyond = (pair for pair in identities if after is None or pair[0] > after)
    return list(islice(beyond, limit))
