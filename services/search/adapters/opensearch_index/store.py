"""The documents under one pair of aliases: those of the index in use, or of a build."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, Final

from services.search.adapters.opensearch_index.bulk import BulkWriter
from services.search.adapters.opensearch_index.connection import Connection
from services.search.adapters.opensearch_index.documents import LIST_SOURCE, stored_article
from services.search.adapters.opensearch_index.names import NameWriter
from services.search.adapters.opensearch_index.refresher import Refresher
from services.search.domain.articles import (
    IndexedArticle,
    StoredArticle,
    Tombstone,
    WriteVerdict,
)
from services.search.ports import IndexUnavailableError

_MAX_ID_BYTES = 512
_BY_ID = [{"id": "asc"}]
_TIMEOUT = 30.0
# Whatever shard is missing: half an answer would pass for the whole.
WHOLE_ANSWER: Final = {"allow_partial_search_results": "false"}


class Documents:
    """`ArticleStore` under the aliases `articles` and `names`."""

    def __init__(self, articles: str, names: str, refresh_seconds: float) -> None:
        self._articles = articles
        self._writer = BulkWriter(articles)
        self._names = NameWriter(names)
        self._refresher = Refresher(self._refresh, interval=refresh_seconds)

    def _connection(self) -> Connection:
        """Raises `IndexUnavailableError` where there is none."""
        raise NotImplementedError

    async def apply(self, writes: Sequence[IndexedArticle | Tombstone]) -> Sequence[WriteVerdict]:
        if not writes:
            return []
        connection = self._connection()
        verdicts, _ = await asyncio.gather(
            self._writer.write(connection, writes), self._names.write(connection, writes)
        )
        # Also where all were older: another process may have written and not yet refreshed.
        await self._refresher.refreshed()
        return verdicts

    async def get(self, ids: Sequence[str], *, whole: bool = True) -> Mapping[str, StoredArticle]:
        possible = [id_ for id_ in ids if 0 < len(id_.encode()) <= _MAX_ID_BYTES]
        if not possible:
            return {}
        options = {} if whole else {"_source_includes": ",".join(LIST_SOURCE)}
        answer = await self._connection().call(
            "POST", f"/{self._articles}/_mget", {"ids": possible}, params=options
        )
        return {
            document["_id"]: stored_article(document)
            for document in answer["docs"]
            if _found(document)
        }

    async def scan(self, after: str | None, limit: int) -> Sequence[StoredArticle]:
        return [stored_article(hit) for hit in await self._scan(after, limit, source=True)]

    async def scan_versions(self, after: str | None, limit: int) -> Sequence[tuple[str, int]]:
        hits = await self._scan(after, limit, source=False)
        return [(hit["_id"], hit["_version"]) for hit in hits]

    async def _scan(self, after: str | None, limit: int, *, source: bool) -> list[Any]:
        body: dict[str, Any] = {"sort": _BY_ID, "size": limit, "version": True, "_source": source}
        body["track_total_hits"] = False
        if after is not None:
            body["search_after"] = [after]
        answer = await self._connection().call(
            "POST", f"/{self._articles}/_search", body, params=WHOLE_ANSWER
        )
        hits: list[Any] = answer["hits"]["hits"]
        return hits

    async def _refresh(self) -> None:
        path = f"/{self._articles}/_refresh"
        await self._connection().call("POST", path, timeout=_TIMEOUT)


def _found(document: Any) -> bool:  # noqa: ANN401 - JSON.
    if "error" in document:
        raise IndexUnavailableError(f"OpenSearch cannot read: {document['error'].get('reason')}")
    return bool(document["found"])
