"""Names that suggestions offer: tags, authors and categories, in a small index of their own.

A name is written once, when it is first met; `NameCounts` brings the counts up to date. The index
is sorted by them, so that a question ends at the first names that match.
"""

import hashlib
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final

import orjson

from services.search.adapters.opensearch_index.connection import Connection, RequestRefusedError
from services.search.adapters.opensearch_index.mapping import FACET_FIELDS
from services.search.adapters.opensearch_index.queries import visible
from services.search.domain.articles import IndexedArticle, Name, Tombstone
from services.search.domain.question import Facet
from services.search.ports import IndexUnavailableError

KINDS: Final = (Facet.TAG, Facet.AUTHOR, Facet.CATEGORY)
_LONGEST = 300
_MOST_SEEN = 100_000
_AT_ONCE = 2_000
_TIMEOUT = 30.0
# More than are shown: the counts that they are sorted by may be some minutes old.
_CANDIDATES = 50
_VALUES_AT_ONCE = 10_000

_Key = tuple[Facet, str]
_Counted = tuple[str, int]


class NameWriter:
    """Writes names when they are first met."""

    def __init__(self, alias: str) -> None:
        self.alias = alias
        self._seen: dict[_Key, None] = {}

    async def write(
        self, connection: Connection, writes: Sequence[IndexedArticle | Tombstone]
    ) -> None:
        met = dict.fromkeys(
            (kind, name)
            for write in writes
            if isinstance(write, IndexedArticle)
            for kind in KINDS
            for name in write.facets.get(kind, ())
            if len(name) <= _LONGEST
        )
        new = [key for key in met if key not in self._seen]
        for start in range(0, len(new), _AT_ONCE):
            await self._create(connection, new[start : start + _AT_ONCE])

    def forget(self) -> None:
        """Write all names again that are met from now on."""
        self._seen.clear()

    async def _create(self, connection: Connection, keys: Sequence[_Key]) -> None:
        lines = bytearray()
        possible: list[_Key] = []
        for key in keys:
            try:
                lines += _lines("create", key, 1)
                possible.append(key)
            except TypeError:  # A surrogate: the article is rejected for it too.
                continue
        items = await _bulk(connection, self.alias, bytes(lines))
        for key, item in zip(possible, items, strict=True):
            if item["create"]["status"] in {HTTPStatus.CREATED, HTTPStatus.CONFLICT}:
                self._seen[key] = None
        while len(self._seen) > _MOST_SEEN:
            del self._seen[next(iter(self._seen))]


async def find_names(
    connection: Connection, alias: str, typed: str, kinds: Sequence[Facet]
) -> list[_Key]:
    """The names most frequent when last counted that have all these words, the last one begun."""
    words = {"match_bool_prefix": {"words": {"query": typed, "operator": "and"}}}
    body = {
        "query": {"bool": {"filter": [words, {"terms": {"kind": list(kinds)}}]}},
        "sort": [{"count": "desc"}, {"name": "asc"}],
        "size": _CANDIDATES,
        "track_total_hits": False,
    }
    answer = await connection.call("POST", f"/{alias}/_search", body)
    found = (hit["_source"] for hit in answer["hits"]["hits"])
    return [(Facet(source["kind"]), source["name"]) for source in found]


def counting(names: Iterable[_Key]) -> dict[str, Any]:
    """Aggregations that count the articles that have these names."""
    by_kind: dict[Facet, list[str]] = {}
    for kind, name in names:
        by_kind.setdefault(kind, []).append(name)
    return {
        str(kind): {"terms": {"field": FACET_FIELDS[kind], "include": values, "size": len(values)}}
        for kind, values in by_kind.items()
    }


def counted_names(names: Iterable[_Key], answer: Mapping[str, Any], limit: int) -> list[Name]:
    counts = {
        (Facet(kind), bucket["key"]): bucket["doc_count"]
        for kind, counted in answer.items()
        for bucket in counted["buckets"]
    }
    named = [Name(name, kind, counts.get((kind, name), 0)) for kind, name in names]
    named.sort(key=lambda one: (-one.count, one.text))
    return [one for one in named if one.count][:limit]


class NameCounts:
    """Brings the stored counts up to date: both lists are walked in the order of their names."""

    def __init__(self, connection: Connection, articles: str, names: str, now: int) -> None:
        self._connection = connection
        self._articles = articles
        self._names = names
        self._now = now

    async def update(self) -> None:
        for kind in KINDS:
            changed: list[_Counted] = []
            async for difference in _differences(self._counted(kind), self._listed(kind)):
                changed.append(difference)
                if len(changed) == _AT_ONCE:
                    await self._write(kind, changed)
                    changed = []
            await self._write(kind, changed)

    async def _write(self, kind: Facet, counted: Sequence[_Counted]) -> None:
        lines = b"".join(_lines("index", (kind, name), count) for name, count in counted)
        await _bulk(self._connection, self._names, lines)

    async def _counted(self, kind: Facet) -> AsyncIterator[_Counted]:
        """The names of visible articles, with their counts."""
        source = {"name": {"terms": {"field": FACET_FIELDS[kind]}}}
        composite: dict[str, Any] = {"size": _VALUES_AT_ONCE, "sources": [source]}
        while True:
            body = {
                "size": 0,
                "query": {"bool": {"filter": visible(self._now)}},
                "aggs": {"names": {"composite": composite}},
            }
            answer = await self._search(self._articles, body)
            page = answer["aggregations"]["names"]
            for bucket in page["buckets"]:
                if len(name := bucket["key"]["name"]) <= _LONGEST:
                    yield name, bucket["doc_count"]
            if "after_key" not in page:
                return
            composite["after"] = page["after_key"]

    async def _listed(self, kind: Facet) -> AsyncIterator[_Counted]:
        """The names of the index, with the counts that it has."""
        body: dict[str, Any] = {
            "size": _VALUES_AT_ONCE,
            "query": {"bool": {"filter": [{"term": {"kind": kind}}]}},
            "sort": [{"name": "asc"}],
            "track_total_hits": False,
        }
        while hits := (await self._search(self._names, body))["hits"]["hits"]:
            for hit in hits:
                yield hit["_source"]["name"], hit["_source"]["count"]
            body["search_after"] = hits[-1]["sort"]

    async def _search(self, alias: str, body: dict[str, Any]) -> Any:  # noqa: ANN401 - JSON.
        return await self._connection.call(
            "POST",
            f"/{alias}/_search",
            body,
            timeout=_TIMEOUT,
            params={"allow_partial_search_results": "false"},
        )


async def _differences(
    wanted: AsyncIterator[_Counted], had: AsyncIterator[_Counted]
) -> AsyncIterator[_Counted]:
    """What the second list must be told to be like the first; both in the order of names."""
    want, have = await anext(wanted, None), await anext(had, None)
    while want or have:
        if have is None or (want and want[0].encode() < have[0].encode()):
            if want:
                yield want
            want = await anext(wanted, None)
        elif want is None or have[0].encode() < want[0].encode():
            if have[1]:
                yield have[0], 0
            have = await anext(had, None)
        else:
            if want != have:
                yield want
            want, have = await anext(wanted, None), await anext(had, None)


def _lines(action: str, key: _Key, count: int) -> bytes:
    kind, name = key
    id_ = hashlib.blake2b(f"{kind}\0{name}".encode(errors="replace"), digest_size=16).hexdigest()
    document = {"name": name, "kind": kind, "count": count}
    return b"\n".join((orjson.dumps({action: {"_id": id_}}), orjson.dumps(document), b""))


async def _bulk(connection: Connection, alias: str, lines: bytes) -> list[Any]:
    if not lines:
        return []
    path, params = f"/{alias}/_bulk", {"require_alias": "true"}
    try:
        answer = await connection.call("POST", path, lines, timeout=_TIMEOUT, params=params)
    except RequestRefusedError as error:
        raise IndexUnavailableError(f"Names cannot be written: {error}") from error
    items: list[Any] = answer["items"]
    return items
