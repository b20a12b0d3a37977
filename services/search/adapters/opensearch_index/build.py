"""A second index in the cluster, and the one alias action that puts it in use.

Besides `articles` and `articles-names`, which questions and writes go to, aliases say what the
other indices are: `articles-build` one being filled, `articles-replaced` one kept by the last swap.
"""

from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from services.search.adapters.opensearch_index import mapping
from services.search.adapters.opensearch_index.connection import Connection, RequestRefusedError
from services.search.adapters.opensearch_index.installation import Settings, put_templates
from services.search.adapters.opensearch_index.store import Documents
from services.search.domain.articles import Marker
from services.search.ports import IndexUnavailableError

BUILD, REPLACED = "-build", "-replaced"
_TIMEOUT = 60.0


class OpenSearchBuild(Documents):
    """`IndexBuild` under aliases of its own."""

    def __init__(self, connection: Connection, prefix: str, refresh_seconds: float) -> None:
        self._in_use = (f"{prefix}articles", f"{prefix}articles-names")
        articles, names = (f"{alias}{BUILD}" for alias in self._in_use)
        super().__init__(articles, names, refresh_seconds)
        self._prefix = prefix
        self._own_connection = connection
        self._swapped = False

    def _connection(self) -> Connection:
        return self._own_connection

    async def start(self, settings: Settings) -> None:
        """Remove what earlier builds left, and create the indices by the present settings."""
        for alias in self._in_use:
            for left in (f"{alias}{BUILD}", f"{alias}{REPLACED}"):
                await self._remove(left)
        await put_templates(self._own_connection, self._prefix, settings)
        now = f"{datetime.now(UTC):%Y%m%d%H%M%S%f}"
        for alias in self._in_use:
            body: dict[str, Any] = {"aliases": {f"{alias}{BUILD}": {}}}
            path = f"/{alias}-{mapping.FORMAT}-{now}"
            await self._own_connection.call("PUT", path, body, timeout=_TIMEOUT)

    async def swap(self, marker: Marker | None) -> None:
        if marker is not None:
            await write_marker(self._own_connection, self._articles, marker)
        actions: list[dict[str, Any]] = []
        for alias in self._in_use:
            build, replaced = f"{alias}{BUILD}", f"{alias}{REPLACED}"
            [new], old = await self._indices(build), await self._indices(alias)
            actions += [{"remove": {"index": new, "alias": build}}]
            actions += [{"add": {"index": new, "alias": alias}}]
            for index in old:
                actions += [{"remove": {"index": index, "alias": alias}}]
                actions += [{"add": {"index": index, "alias": replaced}}]
        answer = await self._own_connection.call(
            "POST", "/_aliases", {"actions": actions}, timeout=_TIMEOUT
        )
        self._swapped = True
        if not answer["acknowledged"]:
            raise IndexUnavailableError("Not every node has seen the swap of the aliases in time.")

    async def drop(self) -> None:
        if not self._swapped:
            for alias in self._in_use:
                await self._remove(f"{alias}{BUILD}")

    async def _remove(self, alias: str) -> None:
        for index in await self._indices(alias):
            await self._own_connection.call("DELETE", f"/{index}", timeout=_TIMEOUT)

    async def _indices(self, alias: str) -> list[str]:
        try:
            return list(await self._own_connection.call("GET", f"/_alias/{alias}"))
        except RequestRefusedError as error:
            if error.status == HTTPStatus.NOT_FOUND:
                return []
            raise


async def read_meta(connection: Connection, alias: str) -> dict[str, Any]:
    """What the index bears of ours: its schema, and the marker once there is one."""
    answer = await connection.call("GET", f"/{alias}/_mapping")
    [index] = answer.values()
    meta: dict[str, Any] = index["mappings"].get("_meta", {})
    return meta


async def write_marker(connection: Connection, alias: str, marker: Marker) -> None:
    meta = await read_meta(connection, alias) | marker.fields()
    await connection.call("PUT", f"/{alias}/_mapping", {"_meta": meta})
