"""The documents under one pair of aliases: those of the index in use, or of a build."""

from collections.abc import Mapping, Sequence
from typing import Any

from services.search.adapters.opensearch_index import mapping
from services.search.adapters.opensearch_index.bulk import BulkWriter
from services.search.adapters.opensearch_index.connection import Connection
from services.search.domain.articles import (
    IndexedArticle,
    RelatedList,
    StoredArticle,
    Tombstone,
    WriteVerdict,
)
from services.search.ports import IndexUnavailableError

_MAX_ID_BYTES = 512
_BY_ID = [{"id": "asc"}]
# Whatever shard is missing: half an answer would pass for the whole.
WHOLE_ANSWER = {"allow_partial_search_results": "false"}


class Documents:
    """`ArticleStore` under the aliases `articles` and `related`."""

    def __init__(self, articles: str, related: str) -> None:
        self._articles = articles
        self._related = related
        self._article_writer = BulkWriter[IndexedArticle | Tombstone](
            articles, mapping.article_document
        )
        self._related_writer = BulkWriter[RelatedList](related, mapping.related_document)

    def _connection(self) -> Connection:
        """Raises `IndexUnavailableError` where there is none."""
        raise NotImplementedError

    async def apply(self, writes: Sequence[IndexedArticle | Tombstone]) -> Sequence[WriteVerdict]:
        return await self._article_writer.write(self._connection(), writes)

    async def apply_related(self, lists: Sequence[RelatedList]) -> Sequence[WriteVerdict]:
        return await self._related_writer.write(self._connection(), lists)

    async def get(self, ids: Sequence[str]) -> Mapping[str, StoredArticle]:
        found = await self._by_ids(self._articles, ids)
        return {document["_id"]: stored_article(document) for document in found}

    async def related(self, ids: Sequence[str]) -> Mapping[str, RelatedList]:
        found = await self._by_ids(self._related, ids)
        return {document["_id"]: _related_list(document) for document in found}

    async def scan(self, after: str | None, limit: int) -> Sequence[StoredArticle]:
        return [stored_article(hit) for hit in await self._scan(self._articles, after, limit)]

    async def scan_related(self, after: str | None, limit: int) -> Sequence[RelatedList]:
        return [_related_list(hit) for hit in await self._scan(self._related, after, limit)]

    async def scan_versions(self, after: str | None, limit: int) -> Sequence[tuple[str, int]]:
        hits = await self._scan(self._articles, after, limit, source=False)
        return [(hit["_id"], hit["_version"]) for hit in hits]

    async def _scan(
        self, alias: str, after: str | None, limit: int, *, source: bool = True
    ) -> list[Any]:
        body: dict[str, Any] = {"sort": _BY_ID, "size": limit, "version": True, "_source": source}
        if after is not None:
            body["search_after"] = [after]
        answer = await self._connection().call(
            "POST", f"/{alias}/_search", body, params=WHOLE_ANSWER
        )
        hits: list[Any] = answer["hits"]["hits"]
        return hits

    async def _by_ids(self, alias: str, ids: Sequence[str], source: str = "*") -> list[Any]:
        possible = [id_ for id_ in ids if 0 < len(id_.encode()) <= _MAX_ID_BYTES]
        if not possible:
            return []
        answer = await self._connection().call(
            "POST", f"/{alias}/_mget", {"ids": possible}, params={"_source": source}
        )
        return [document for document in answer["docs"] if _found(document)]


def _found(document: Any) -> bool:  # noqa: ANN401 - JSON.
    if "error" in document:
        raise IndexUnavailableError(f"OpenSearch cannot read: {document['error'].get('reason')}")
    return bool(document["found"])


def stored_article(document: Any) -> StoredArticle:  # noqa: ANN401 - JSON.
    source = document["_source"]
    return StoredArticle(
        id=document["_id"],
        version=document["_version"],
        withdrawn=not source["live"],
        published=source["published"],
        card=source["card"],
        content=source["content"],
    )


def _related_list(document: Any) -> RelatedList:  # noqa: ANN401 - JSON.
    source = document["_source"]
    return RelatedList(
        id=document["_id"],
        version=document["_version"],
        links=source["links"],
        story_id=source.get("story"),
    )
