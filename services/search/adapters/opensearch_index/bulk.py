"""Batches of writes with versions of our own."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import orjson

from services.search.adapters.opensearch_index.connection import Connection, RequestRefusedError
from services.search.adapters.opensearch_index.documents import to_document
from services.search.domain.articles import (
    Indexed,
    IndexedArticle,
    Older,
    Refused,
    Rejected,
    Tombstone,
    WriteVerdict,
)
from services.search.ports import IndexUnavailableError

_MAX_DOCUMENTS = 500
_MAX_BYTES = 5_000_000
_MOST_IN_FLIGHT = 4
_TIMEOUT = 30.0

# The whole request is refused for what may be one document: too large, or an impossible id.
_ONE_OF_THEM = {HTTPStatus.REQUEST_ENTITY_TOO_LARGE, HTTPStatus.BAD_REQUEST}
# Said of one document, but true of the whole index.
_WHOLE_INDEX = {
    "cluster_block_exception",  # Read-only, for instance because the disk is full.
    "index_not_found_exception",  # Also: its alias is gone.
    "index_closed_exception",
    "unavailable_shards_exception",
    "strict_dynamic_mapping_exception",  # An index of another release: no document fits.
}


@dataclass(frozen=True, slots=True)
class _Action:
    place: int
    """In the batch."""
    id: str
    lines: bytes


class BulkWriter:
    """Writes articles to one alias; the highest version of an id wins."""

    def __init__(self, alias: str) -> None:
        self._alias = alias
        self._in_flight = asyncio.Semaphore(_MOST_IN_FLIGHT)

    async def write(
        self, connection: Connection, writes: Sequence[IndexedArticle | Tombstone]
    ) -> list[WriteVerdict]:
        """Write a batch and return when it is durable; a refresh makes it visible."""
        verdicts: list[WriteVerdict | None] = [None] * len(writes)
        actions: list[_Action] = []
        for place, write in enumerate(writes):
            try:
                actions.append(_Action(place, write.id, _lines(write)))
            except (TypeError, ValueError) as error:
                verdicts[place] = Rejected(str(error))
        portions = list(_portions(actions))
        answers = await asyncio.gather(
            *(self._send_in_turn(connection, portion) for portion in portions)
        )
        for portion, answer in zip(portions, answers, strict=True):
            for action, verdict in zip(portion, answer, strict=True):
                verdicts[action.place] = verdict
        return [verdict for verdict in verdicts if verdict is not None]

    async def _send_in_turn(
        self, connection: Connection, actions: Sequence[_Action]
    ) -> list[WriteVerdict]:
        async with self._in_flight:
            return await self._send(connection, actions)

    async def _send(self, connection: Connection, actions: Sequence[_Action]) -> list[WriteVerdict]:
        try:
            answer = await connection.call(
                "POST",
                f"/{self._alias}/_bulk",
                b"".join(action.lines for action in actions),
                timeout=_TIMEOUT,
                # Otherwise a lost index would come back by itself, without our mapping.
                params={"require_alias": "true"},
            )
        except RequestRefusedError as error:
            if error.status not in _ONE_OF_THEM:
                raise
            return await self._send_halves(connection, actions, error)
        results = [item["index"] for item in answer["items"]]
        stored = await self._versions(connection, actions, results)
        return [
            _verdict(result, stored.get(action.id))
            for action, result in zip(actions, results, strict=True)
        ]

    async def _send_halves(
        self, connection: Connection, actions: Sequence[_Action], error: RequestRefusedError
    ) -> list[WriteVerdict]:
        if len(actions) == 1:
            return [Rejected(str(error))]
        middle = len(actions) // 2
        first = await self._send(connection, actions[:middle])
        return first + await self._send(connection, actions[middle:])

    async def _versions(
        self, connection: Connection, actions: Sequence[_Action], results: Sequence[Any]
    ) -> dict[str, int]:
        """The stored versions of what was refused as older."""
        conflicts = {
            action.id
            for action, result in zip(actions, results, strict=True)
            if result["status"] == HTTPStatus.CONFLICT
        }
        if not conflicts:
            return {}
        answer = await connection.call(
            "POST", f"/{self._alias}/_mget", {"ids": sorted(conflicts)}, params={"_source": "false"}
        )
        return {doc["_id"]: doc["_version"] for doc in answer["docs"] if doc.get("found")}


def _lines(write: IndexedArticle | Tombstone) -> bytes:
    head = {"_id": write.id, "version": write.version, "version_type": "external"}
    return b"\n".join((orjson.dumps({"index": head}), orjson.dumps(to_document(write)), b""))


def _portions(actions: Sequence[_Action]) -> Iterator[list[_Action]]:
    portion: list[_Action] = []
    size = 0
    for action in actions:
        if portion and (len(portion) == _MAX_DOCUMENTS or size + len(action.lines) > _MAX_BYTES):
            yield portion
            portion, size = [], 0
        portion.append(action)
        size += len(action.lines)
    if portion:
        yield portion


def _verdict(result: Any, stored: int | None) -> WriteVerdict:  # noqa: ANN401 - JSON.
    status = result["status"]
    if status < HTTPStatus.MULTIPLE_CHOICES:
        return Indexed()
    error = result["error"]
    reason = f"{error['type']}: {error.get('reason')}"
    if error["type"] in _WHOLE_INDEX:
        raise IndexUnavailableError(f"OpenSearch takes no writes: {reason}")
    if status == HTTPStatus.CONFLICT:
        return Refused(reason) if stored is None else Older(stored)
    if status == HTTPStatus.TOO_MANY_REQUESTS or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return Refused(reason)
    return Rejected(reason)
