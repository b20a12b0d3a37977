"""`SearchIndex` on OpenSearch."""

from collections import deque
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from services.search.adapters.opensearch_index import build, facets, installation, mapping, queries
from services.search.adapters.opensearch_index.connection import (
    Access,
    Connection,
    RequestRefusedError,
)
from services.search.adapters.opensearch_index.documents import (
    WHOLE_ANSWER,
    Documents,
    stored_article,
)
from services.search.adapters.opensearch_index.installation import Engine
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
from services.search.domain.schema import SchemaDifference, difference
from services.search.ports import (
    LONGEST_STORY,
    MOST_AT_ONE_URL,
    IndexUnavailableError,
    SnapshotExpiredError,
)

_VALUES_AT_ONCE = 10_000
_SNAPSHOT_KEPT = "5m"
# A node holds 300 for all its clients, and three replicas shall not fill it.
_MOST_SNAPSHOTS = 64
_NO_SNAPSHOT = {HTTPStatus.NOT_FOUND, HTTPStatus.BAD_REQUEST}
_FOREIGN_SNAPSHOT = "unsupported_version_exception"  # A 500, for what no OpenSearch wrote.
_NEWEST = queries.order(Sort.NEWEST)


class OpenSearchIndex(Documents):
    """The port's promises, kept by a cluster that replicas share.

    Indices: the alias `articles` for `articles-v1-<time>`, `articles-related` likewise. The marker
    lives in the mapping's `_meta`, so it is lost and restored together with the articles.

    Args:
        access: where the cluster is, and who asks.
        ranking: how relevance is reckoned.
        prefix: before all names, for several indices in one cluster; lower case.
        shards: of an index still to be created.
        timeout: seconds a question may take; writes have their own.
    """

    def __init__(
        self,
        access: Access,
        ranking: RankingRules | None = None,
        *,
        prefix: str = "",
        shards: int = 1,
        timeout: float = 5.0,
    ) -> None:
        super().__init__(f"{prefix}articles", f"{prefix}articles-related")
        self._access = access
        self._ranking = ranking or RankingRules()
        self._prefix = prefix
        self._shards = shards
        self._timeout = timeout
        self._snapshots: deque[str] = deque()
        self._connected: Connection | None = None
        self._engine: Engine | None = None
        self._writable = False

    async def open(self) -> None:
        if self._connected is None:
            self._connected = Connection(self._access, timeout=self._timeout)
        self._engine = await installation.install(self._connected, self._prefix, self._shards)
        self._writable = await self.outdated() is None

    async def aclose(self) -> None:
        connection, self._connected, self._engine = self._connected, None, None
        if connection is not None:
            await connection.aclose()

    async def outdated(self) -> SchemaDifference | None:
        meta = await build.read_meta(self._connection(), self._articles)
        return difference(meta, mapping.STAMP)

    async def start_build(self) -> build.OpenSearchBuild:
        made = build.OpenSearchBuild(self._connection(), self._prefix)
        await made.start(self._opened().shards)
        return made

    async def apply(self, writes: Sequence[IndexedArticle | Tombstone]) -> Sequence[WriteVerdict]:
        await self._refuse_if_outdated()
        return await super().apply(writes)

    async def apply_related(self, lists: Sequence[RelatedList]) -> Sequence[WriteVerdict]:
        await self._refuse_if_outdated()
        return await super().apply_related(lists)

    async def find(self, question: Question, *, snapshot: str | None = None) -> Page:
        body = self._body(question)
        if snapshot is None:
            answer = await self._search(body)
        else:
            answer = await self._search_in(snapshot, body)
        hits, counted = answer["hits"], answer.get("aggregations", {})
        return Page(
            total=hits["total"]["value"],
            hits=tuple(_hit(hit, question) for hit in hits["hits"]),
            facets=facets.read_facets(question, counted),
            extents=facets.read_extents(question, counted),
            spans=facets.read_spans(question, counted),
        )

    async def open_snapshot(self) -> str:
        path = f"/{self._articles}/_search/point_in_time"
        answer = await self._connection().call("POST", path, params={"keep_alive": _SNAPSHOT_KEPT})
        snapshot: str = answer["pit_id"]
        self._snapshots.append(snapshot)
        if len(self._snapshots) > _MOST_SNAPSHOTS:
            await self._close_snapshot(self._snapshots.popleft())
        return snapshot

    async def at(self, url: str) -> Sequence[StoredArticle]:
        return await self._list({"query": {"term": {"url": url}}, "size": MOST_AT_ONE_URL})

    async def stories(self, ids: Sequence[str]) -> Mapping[str, str]:
        found = await self._by_ids(self._related, ids, source="story")
        stories = {document["_id"]: document["_source"].get("story") for document in found}
        return {id_: story for id_, story in stories.items() if story}

    async def story(self, story_id: str) -> Sequence[str]:
        body = {
            "query": {"term": {"story": story_id}},
            "size": LONGEST_STORY,
            "_source": False,
        }
        answer = await self._ask(f"/{self._related}/_search", body)
        return [hit["_id"] for hit in answer["hits"]["hits"]]

    async def complete(
        self, words: Sequence[str], prefix: str, *, now: int, limit: int
    ) -> Sequence[StoredArticle]:
        query = queries.completing(words, prefix, now)
        return await self._list({"query": query, "sort": _NEWEST, "size": limit})

    async def vocabulary(self) -> Mapping[str, int]:
        return await self._count("words", [{"term": {"live": True}}])

    async def values(self, facet: Facet, *, now: int) -> Mapping[str, int]:
        return await self._count(facet, queries.visible(now))

    async def read_marker(self) -> Marker | None:
        return Marker.of(await build.read_meta(self._connection(), self._articles))

    async def write_marker(self, marker: Marker) -> None:
        await build.write_marker(self._connection(), self._articles, marker)

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

    def _body(self, question: Question) -> dict[str, Any]:
        engine = self._opened()
        after_counting = facets.filtered_fields(question)
        builder = queries.QueryBuilder(self._ranking, engine.bonus_scale)
        body: dict[str, Any] = {
            "query": builder.matching(question, leave=after_counting),
            "sort": queries.order(question.order),
            "size": question.limit,
            "track_total_hits": True,
            "_source": ["card", "content"] if question.with_content else ["card"],
        }
        if question.facets or question.extents or question.spans:
            body["aggs"] = facets.aggregations(question, engine.shards)
        if after_counting:
            body["post_filter"] = facets.included(question, after_counting)
        if question.after:
            body["search_after"] = list(question.after)
        else:
            body["from"] = question.offset
        return body

    async def _search(self, body: dict[str, Any]) -> Any:  # noqa: ANN401 - JSON.
        return await self._ask(f"/{self._articles}/_search", body)

    async def _search_in(self, snapshot: str, body: dict[str, Any]) -> Any:  # noqa: ANN401
        try:
            return await self._ask("/_search", {**body, "pit": {"id": snapshot}})
        except RequestRefusedError as error:
            if error.status in _NO_SNAPSHOT or error.kind == _FOREIGN_SNAPSHOT:
                raise SnapshotExpiredError("This view is held no longer.") from error
            raise

    async def _ask(self, path: str, body: dict[str, Any]) -> Any:  # noqa: ANN401
        options = dict(WHOLE_ANSWER)
        if self._opened().shards > 1:
            # Each shard would otherwise score by statistics of its own.
            options["search_type"] = "dfs_query_then_fetch"
        return await self._connection().call("POST", path, body, params=options)

    async def _list(self, body: dict[str, Any]) -> list[StoredArticle]:
        answer = await self._search({**body, "version": True})
        return [stored_article(hit) for hit in answer["hits"]["hits"]]

    async def _count(self, field: str, filters: list[dict[str, Any]]) -> dict[str, int]:
        """Every value of a field, in portions: one answer holds 65,535 at most."""
        counts: dict[str, int] = {}
        composite: dict[str, Any] = {
            "size": _VALUES_AT_ONCE,
            "sources": [{"value": {"terms": {"field": field}}}],
        }
        while True:
            body = {
                "size": 0,
                "query": {"bool": {"filter": filters}},
                "aggs": {"values": {"composite": composite}},
            }
            answer = (await self._search(body))["aggregations"]["values"]
            for bucket in answer["buckets"]:
                counts[bucket["key"]["value"]] = bucket["doc_count"]
            if "after_key" not in answer:
                return counts
            composite["after"] = answer["after_key"]

    async def _close_snapshot(self, snapshot: str) -> None:
        body = {"pit_id": [snapshot]}
        try:
            await self._connection().call("DELETE", "/_search/point_in_time", body)
        except RequestRefusedError as error:
            if error.status != HTTPStatus.NOT_FOUND:  # It has expired by itself.
                raise


def _hit(hit: Any, question: Question) -> Hit:  # noqa: ANN401 - JSON.
    by_score = question.order is Sort.RELEVANCE
    source = hit["_source"]
    return Hit(
        id=hit["_id"],
        card=source["card"],
        score=hit["sort"][0] if by_score else 0.0,
        sort_key=tuple(hit["sort"]),
        content=source.get("content", {}),
    )
