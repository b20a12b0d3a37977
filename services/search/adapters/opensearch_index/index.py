"""`SearchIndex` on OpenSearch."""

import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from http import HTTPStatus
from typing import Any

from services.search.adapters.opensearch_index import (
    beginnings,
    build,
    corrections,
    facets,
    installation,
    mapping,
    names,
    queries,
    searches,
)
from services.search.adapters.opensearch_index.connection import (
    Access,
    Connection,
    RequestRefusedError,
)
from services.search.adapters.opensearch_index.documents import LIST_SOURCE, stored_article
from services.search.adapters.opensearch_index.installation import Engine, Settings
from services.search.adapters.opensearch_index.store import WHOLE_ANSWER, Documents
from services.search.adapters.opensearch_index.times import MILLISECONDS
from services.search.adapters.opensearch_index.views import Views
from services.search.domain.articles import (
    Correction,
    IndexedArticle,
    Marker,
    Name,
    Page,
    StoredArticle,
    Tombstone,
    WriteVerdict,
)
from services.search.domain.question import Facet, Number, Question, Range, Sort
from services.search.domain.schema import SchemaDifference, difference
from services.search.ports import (
    LONGEST_STORY,
    MOST_AT_ONE_URL,
    IndexUnavailableError,
    SharedViews,
    View,
    ViewExpiredError,
)

_NO_VIEW = {HTTPStatus.NOT_FOUND, HTTPStatus.BAD_REQUEST}
_FOREIGN_VIEW = "unsupported_version_exception"  # A 500, for what no OpenSearch wrote.
_NEWEST = queries.order(Sort.NEWEST)
_CATEGORIES = 1_000


class OpenSearchIndex(Documents):
    """The port's promises, kept by a cluster that replicas share.

    Indices: the alias `articles` for `articles-v2-<time>`, `articles-names` likewise. The marker
    lives in the mapping's `_meta`, so it is lost and restored together with the articles.

    Args:
        access: where the cluster is, and who asks.
        prefix: before all names, for several indices in one cluster; lower case.
        shards: of indices still to be created, by builds too.
        replicas: of these; a number, or a range that follows the number of nodes.
        views: where replicas tell each other of their views; None for one replica.
        timeout: seconds a question may take; writes have their own.
        refresh_seconds: between two refreshes at least; a batch waits for the next one.
        clock: seconds since 1970.
    """

    def __init__(
        self,
        access: Access,
        *,
        prefix: str = "",
        shards: int = 1,
        replicas: str = "0-1",
        views: SharedViews | None = None,
        timeout: float = 5.0,
        refresh_seconds: float = 0.5,
        clock: Callable[[], float] = time.time,
    ) -> None:
        super().__init__(f"{prefix}articles", f"{prefix}articles-names", refresh_seconds)
        self._refresh_seconds = refresh_seconds
        self._access = access
        self._prefix = prefix
        self._settings = Settings(shards, replicas)
        self._timeout = timeout
        self._clock = clock
        self._views = Views(self._open_view, self._close_view, views, clock)
        # Copies of a shard may score differently: one reader's pages come from one.
        self._preference = uuid.uuid4().hex
        self._connected: Connection | None = None
        self._engine: Engine | None = None
        self._writable = False

    async def open(self) -> None:
        if self._connected is None:
            self._connected = Connection(self._access, timeout=self._timeout)
        self._engine = await installation.install(self._connected, self._prefix, self._settings)
        self._names.forget()  # The index may be another one, without these names.
        self._writable = await self.outdated() is None

    async def aclose(self) -> None:
        connection, self._connected, self._engine = self._connected, None, None
        if connection is not None:
            await connection.aclose()

    async def outdated(self) -> SchemaDifference | None:
        meta = await build.read_meta(self._connection(), self._articles)
        return difference(meta, mapping.STAMP)

    async def start_build(self) -> build.OpenSearchBuild:
        made = build.OpenSearchBuild(self._connection(), self._prefix, self._refresh_seconds)
        await made.start(self._settings)
        return made

    async def apply(self, writes: Sequence[IndexedArticle | Tombstone]) -> Sequence[WriteVerdict]:
        await self._refuse_if_outdated()
        return await super().apply(writes)

    async def find(self, question: Question, *, view: str | None = None) -> Page:
        engine = self._opened()
        search = searches.Search(question, engine)
        body = search.body()
        answer = await (self._search(body) if view is None else self._search_in(view, body))
        page = search.read(answer)
        if suspects := search.suspects(answer):
            found = await self._confirm(suspects, question.now, question.languages)
            return replace(page, corrections=found)
        return page

    async def open_view(self) -> View:
        return await self._views.present()

    async def at(self, url: str) -> Sequence[StoredArticle]:
        query = {"term": {"canonical_url": url}}
        return await self._list(query, MOST_AT_ONE_URL, source=True)

    async def story(self, story_id: str) -> Sequence[StoredArticle]:
        return await self._list({"term": {"story_id": story_id}}, LONGEST_STORY)

    async def linked_to(
        self, article_id: str, *, since: int, now: int, limit: int
    ) -> Sequence[StoredArticle]:
        query = searches.linked_to(article_id, since=since, now=now)
        return await self._list(query, limit)

    async def complete(
        self, words: Sequence[str], prefix: str, *, now: int, limit: int
    ) -> Sequence[StoredArticle]:
        return await self._list(searches.completing(words, prefix, now), limit, sort=_NEWEST)

    async def names(
        self, typed: str, kinds: Sequence[Facet], *, now: int, limit: int
    ) -> Sequence[Name]:
        found = await names.find_names(self._connection(), self._names.alias, typed, kinds)
        if not found:
            return []
        answer = await self._count(names.counting(found), now)
        return names.counted_names(found, answer, limit)

    async def correct(self, typed: str) -> str | None:
        words, now = typed.split(), int(self._clock())
        if not words:
            return None
        answer = await self._search(searches.correcting(words, now))
        suspects = corrections.read_suspects(words, answer["suggest"])
        found = await self._confirm(suspects, now, None) if suspects else {}
        meant = [found[word][0].text if word in found else word for word in words]
        if answer["aggregations"]["begun"]["doc_count"]:
            meant[-1] = words[-1]
        elif words[-1] not in found and (pattern := beginnings.pattern(words[-1])):
            hits = (await self._search(beginnings.looking(pattern, now)))["hits"]["hits"]
            categories = await self.values(Facet.CATEGORY, now=now, limit=_CATEGORIES)
            meant[-1] = beginnings.most_frequent(pattern, hits, categories) or words[-1]
        return " ".join(meant) if meant != words else None

    async def values(self, facet: Facet, *, now: int, limit: int) -> Mapping[str, int]:
        counted = facets.top_values(facet, limit, self._opened().shards)
        return facets.read_values((await self._count({"values": counted}, now))["values"])

    async def tag(self, name_or_slug: str, *, now: int) -> Mapping[str, Any] | None:
        query = [*queries.visible(now), queries.has_value(Facet.TAG, [name_or_slug])]
        body = {
            "query": {"bool": {"filter": query}},
            "sort": _NEWEST,
            "size": 1,
            "track_total_hits": False,
            "_source": ["tags"],
        }
        for hit in (await self._search(body))["hits"]["hits"]:
            return searches.tag_called(name_or_slug, hit["_source"]["tags"])
        return None

    async def embargoed(self, now: int, limit: int) -> Sequence[tuple[str, int]]:
        later = queries.number_in(Number.PUBLISHED, Range(now + 1))
        body = {
            "query": {"bool": {"filter": [{"term": {"live": True}}, later]}},
            "sort": queries.order(Sort.OLDEST),
            "size": limit,
            "track_total_hits": False,
            "_source": False,
        }
        hits = (await self._search(body))["hits"]["hits"]
        return [(hit["_id"], hit["sort"][0] // MILLISECONDS) for hit in hits]

    async def maintain(self) -> None:
        if await self.outdated() is not None:
            return
        now = int(self._clock())
        counts = names.NameCounts(self._connection(), self._articles, self._names.alias, now)
        await counts.update()

    async def read_marker(self) -> Marker | None:
        return Marker.of(await build.read_meta(self._connection(), self._articles))

    async def write_marker(self, marker: Marker) -> None:
        await build.write_marker(self._connection(), self._articles, marker)

    async def _confirm(
        self,
        suspects: Sequence[corrections.Suspect],
        now: int,
        languages: Sequence[str] | None,
    ) -> dict[str, tuple[Correction, ...]]:
        """Of the suspects those that no visible article has in any form, as visible ones do."""
        answer = await self._count(searches.confirming(suspects, now, languages), now)
        return searches.confirmed(suspects, answer)

    async def _refuse_if_outdated(self) -> None:
        """Another replica may have rebuilt it since it was opened."""
        if not self._writable:
            if await self.outdated() is not None:
                raise IndexUnavailableError("The index has another schema: it must be rebuilt.")
            self._writable = True

    def _connection(self) -> Connection:
        if self._connected is None:
            raise IndexUnavailableError("The index is not open.")
        return self._connected

    def _opened(self) -> Engine:
        if self._engine is None:
            raise IndexUnavailableError("The index is not open.")
        return self._engine

    async def _search(self, body: dict[str, Any]) -> Any:  # noqa: ANN401 - JSON.
        path = f"/{self._articles}/_search"
        return await self._ask(path, body, {"preference": self._preference})

    async def _search_in(self, view: str, body: dict[str, Any]) -> Any:  # noqa: ANN401
        try:
            return await self._ask("/_search", {**body, "pit": {"id": view}}, {})
        except RequestRefusedError as error:
            if error.status in _NO_VIEW or error.kind == _FOREIGN_VIEW:
                raise ViewExpiredError("This view is held no longer.") from error
            raise

    async def _ask(self, path: str, body: dict[str, Any], options: Mapping[str, str]) -> Any:  # noqa: ANN401
        more = dict(options)
        if self._opened().shards > 1:
            # Each shard would otherwise score by statistics of its own.
            more["search_type"] = "dfs_query_then_fetch"
        params = {**WHOLE_ANSWER, **more}
        return await self._connection().call("POST", path, body, params=params)

    async def _list(
        self,
        query: dict[str, Any],
        limit: int,
        sort: Sequence[Any] = (),
        source: object = LIST_SOURCE,
    ) -> list[StoredArticle]:
        """Articles without their bodies, unless another source is asked for."""
        body: dict[str, Any] = {"query": query, "size": limit, "version": True}
        body |= {"track_total_hits": False, "_source": source}
        if sort:
            body["sort"] = sort
        return [stored_article(hit) for hit in (await self._search(body))["hits"]["hits"]]

    async def _count(self, aggregations: dict[str, Any], now: int) -> Any:  # noqa: ANN401
        """Aggregations over all visible articles."""
        body = {
            "size": 0,
            "query": {"bool": {"filter": queries.visible(now)}},
            "aggs": aggregations,
        }
        return (await self._search(body))["aggregations"]

    async def _open_view(self, held: int) -> str:
        path = f"/{self._articles}/_search/point_in_time"
        answer = await self._connection().call("POST", path, params={"keep_alive": f"{held}s"})
        view: str = answer["pit_id"]
        return view

    async def _close_view(self, view: str) -> None:
        body = {"pit_id": [view]}
        try:
            await self._connection().call("DELETE", "/_search/point_in_time", body)
        except RequestRefusedError as error:
            if error.status != HTTPStatus.NOT_FOUND:  # It has expired by itself.
                raise
