"""`SearchIndex` on tantivy."""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import orjson
from tantivy import DocAddress, Document, FieldType, Occur, Order, Query, Searcher

from services.search.adapters.tantivy_index import facets, marker, schema
from services.search.adapters.tantivy_index.collection import DocumentCollection, engine_errors
from services.search.adapters.tantivy_index.ordering import (
    BY_ID,
    ORDERINGS,
    Boundary,
    Ordering,
    sorted_rows,
)
from services.search.adapters.tantivy_index.queries import QueryBuilder
from services.search.adapters.tantivy_index.snapshots import HeldSearchers
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
from services.search.domain.question import Facet, Question, Sort, SortKey
from services.search.domain.ranking import RankingRules
from services.search.ports import LONGEST_STORY

# More searches at once are no faster: hits become Python objects one at a time.
_SEARCHES_AT_ONCE = 2
_EVERY_VALUE = 65_000

P = ParamSpec("P")
T = TypeVar("T")


class TantivyIndex:
    """The port's promises, kept in one folder by one process.

    The folder holds `<format>/articles`, `<format>/related` and `<format>/marker.json`. Another
    format is another folder and so a new index, to be filled again.
    """

    def __init__(
        self,
        folder: Path,
        ranking: RankingRules | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        home = folder / schema.FORMAT
        self._articles = DocumentCollection[IndexedArticle | Tombstone](
            home / "articles", schema.article_schema(), schema.article_document
        )
        self._related = DocumentCollection[RelatedList](
            home / "related", schema.related_schema(), schema.related_document
        )
        self._marker = home / "marker.json"
        self._queries = QueryBuilder(self._articles.schema, ranking or RankingRules())
        self._snapshots = HeldSearchers(clock)
        self._searches = asyncio.Semaphore(_SEARCHES_AT_ONCE)

    async def open(self) -> None:
        await asyncio.to_thread(self._articles.open)
        await asyncio.to_thread(self._related.open)

    async def aclose(self) -> None:
        self._snapshots.clear()
        await asyncio.to_thread(self._articles.close)
        await asyncio.to_thread(self._related.close)

    async def apply(self, writes: Sequence[IndexedArticle | Tombstone]) -> Sequence[WriteVerdict]:
        return await asyncio.to_thread(self._articles.write, writes)

    async def apply_related(self, lists: Sequence[RelatedList]) -> Sequence[WriteVerdict]:
        return await asyncio.to_thread(self._related.write, lists)

    async def find(self, question: Question, *, snapshot: str | None = None) -> Page:
        searcher = self._snapshots.get(snapshot) if snapshot else self._articles.searcher()
        return await self._search(self._find, searcher, question)

    async def open_snapshot(self) -> str:
        return self._snapshots.hold(self._articles.searcher())

    async def get(self, ids: Sequence[str]) -> Mapping[str, StoredArticle]:
        found = await self._search(self._by_ids, self._articles.searcher(), ids)
        return {article.id: article for article in map(_stored_article, found)}

    async def related(self, ids: Sequence[str]) -> Mapping[str, RelatedList]:
        found = await self._search(self._by_ids, self._related.searcher(), ids)
        return {related.id: related for related in map(_related_list, found)}

    async def stories(self, ids: Sequence[str]) -> Mapping[str, str]:
        found = await self._search(self._by_ids, self._related.searcher(), ids)
        stories = {_first(document, "id"): _first(document, "story") for document in found}
        return {id_: story for id_, story in stories.items() if story}

    async def story(self, story_id: str) -> Sequence[str]:
        return await self._search(self._story, self._related.searcher(), story_id)

    async def complete(
        self, words: Sequence[str], prefix: str, *, now: int, limit: int
    ) -> Sequence[StoredArticle]:
        query = self._queries.completing(words, prefix, now)
        return await self._search(self._listed, query, ORDERINGS[Sort.NEWEST], limit)

    async def vocabulary(self) -> Mapping[str, int]:
        return await self._search(self._vocabulary, self._articles.searcher())

    async def values(self, facet: Facet, *, now: int) -> Mapping[str, int]:
        query = Query.boolean_query(self._queries.visible(now))
        counts = await self._search(
            facets.count_values, self._articles.searcher(), query, [facet], _EVERY_VALUE
        )
        return counts[facet]

    async def scan(self, after: str | None, limit: int) -> Sequence[StoredArticle]:
        boundary = None if after is None else Boundary(schema.id_bits(after), after)
        start = None if after is None else schema.id_bits(after)
        query = self._queries.range("id_order", FieldType.Unsigned, start=start)
        return await self._search(self._listed, query, BY_ID, limit, boundary)

    async def read_marker(self) -> Marker | None:
        return await self._search(marker.read_marker, self._marker)

    async def write_marker(self, marker_: Marker) -> None:
        await self._search(marker.write_marker, self._marker, marker_)

    async def _search(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        def guarded() -> T:
            with engine_errors():
                return call(*args, **kwargs)

        async with self._searches:
            return await asyncio.to_thread(guarded)

    def _find(self, searcher: Searcher, question: Question) -> Page:
        query = self._queries.matching(question)
        total: int = searcher.search(query, limit=1).count  # type: ignore[attr-defined]
        return Page(
            total=total,
            hits=tuple(self._hits(searcher, question)) if question.limit > 0 else (),
            facets=facets.count_facets(searcher, self._queries, question),
            extents=facets.measure_extents(searcher, self._queries, question),
        )

    def _hits(self, searcher: Searcher, question: Question) -> list[Hit]:
        order = question.order
        boundary = Boundary.after(order, question.after) if question.after else None
        offset = 0 if boundary else question.offset
        rows = sorted_rows(
            searcher,
            self._query_from(question, boundary),
            ORDERINGS[order],
            offset + question.limit,
            boundary,
        )
        return [
            _hit(searcher.doc(address), question, float(number))
            for number, address in rows[offset:]
        ]

    def _query_from(self, question: Question, boundary: Boundary | None) -> Query:
        """The question, in a value sort without what lies before the boundary."""
        ordering = ORDERINGS[question.order]
        if ordering.field is None:
            return self._queries.ranked(question)
        query = self._queries.matching(question)
        if boundary is None:
            return query
        number = int(boundary.number)
        upwards = ordering.order is Order.Asc
        rest = self._queries.range(
            ordering.field,
            FieldType.Unsigned,
            start=number if upwards else None,
            end=None if upwards else number + 1,
        )
        return Query.boolean_query([(Occur.Must, query), (Occur.Must, rest)])

    def _listed(
        self, query: Query, ordering: Ordering, limit: int, boundary: Boundary | None = None
    ) -> list[StoredArticle]:
        searcher = self._articles.searcher()
        rows = sorted_rows(searcher, query, ordering, limit, boundary) if limit > 0 else []
        return [_stored_article(searcher.doc(address)) for _, address in rows]

    def _by_ids(self, searcher: Searcher, ids: Sequence[str]) -> list[Document]:
        query = self._queries.ids(ids)
        hits = searcher.search(query, limit=max(len(ids), 1), count=False).hits
        return [searcher.doc(_address(hit)) for hit in hits]

    def _story(self, searcher: Searcher, story_id: str) -> list[str]:
        query = Query.term_query(self._related.schema, "story", story_id)
        hits = searcher.search(query, limit=LONGEST_STORY, count=False).hits
        return [_first(searcher.doc(_address(hit)), "id") for hit in hits]

    def _vocabulary(self, searcher: Searcher) -> dict[str, int]:
        live = Query.term_query(self._articles.schema, "live", field_value=True)
        return {
            word: count
            for word, count in searcher.terms_with_prefix("words", "", filter_query=live)
            if count
        }


def _address(hit: tuple[Any, DocAddress]) -> DocAddress:
    return hit[1]


def _hit(document: Document, question: Question, number: float) -> Hit:
    stored = _stored_article(document, with_content=question.with_content)
    by_score = question.order is Sort.RELEVANCE
    return Hit(
        id=stored.id,
        card=stored.card,
        score=number if by_score else 0.0,
        sort_key=_sort_key(document, question.order, number),
        content=stored.content,
    )


def _sort_key(document: Document, order: Sort, score: float) -> SortKey:
    id_, published = _first(document, "id"), _first(document, "published")
    if order is Sort.RELEVANCE:
        return (score, id_)
    if order in {Sort.NEWEST, Sort.OLDEST}:
        return (published, id_)
    return (_first(document, "read_minutes"), published, id_)


def _stored_article(document: Document, *, with_content: bool = True) -> StoredArticle:
    return StoredArticle(
        id=_first(document, "id"),
        version=_first(document, "version"),
        withdrawn=not _first(document, "live"),
        published=_first(document, "published"),
        card=orjson.loads(_first(document, "card")),
        content=orjson.loads(_first(document, "content")) if with_content else {},
    )


def _related_list(document: Document) -> RelatedList:
    return RelatedList(
        id=_first(document, "id"),
        version=_first(document, "version"),
        links=orjson.loads(_first(document, "links")),
        story_id=_first(document, "story"),
    )


def _first(document: Document, field: str) -> Any:  # noqa: ANN401 - as the field was declared.
    return document.get_first(field)
