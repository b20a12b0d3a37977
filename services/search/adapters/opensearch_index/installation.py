"""What must be there before the first question: templates, indices, aliases."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from services.search.adapters.opensearch_index import mapping
from services.search.adapters.opensearch_index.connection import Connection, RequestRefusedError
from services.search.ports import IndexUnavailableError

# The first index has a fixed name, so that of two replicas only one can create it. A rebuild puts
# its time in the place of these zeros.
_FIRST = "0" * 14
_FIRST_WITHOUT_FACTOR = 3
_FACTOR = 2.2  # k1 + 1


@dataclass(frozen=True, slots=True)
class Engine:
    """What differs between clusters."""

    bonus_scale: float
    shards: int


async def install(connection: Connection, prefix: str, shards: int) -> Engine:
    """Create what is missing, beside replicas that do the same."""
    articles = f"{prefix}articles"
    await _create(connection, articles, mapping.ARTICLE_MAPPINGS, shards)
    await _create(connection, f"{prefix}articles-related", mapping.RELATED_MAPPINGS, 1)
    settings = await connection.call("GET", f"/{articles}/_settings/index.number_of_shards")
    [index] = settings.values()
    major = int((await connection.call("GET", "/"))["version"]["number"].split(".")[0])
    return Engine(
        bonus_scale=1 / _FACTOR if major >= _FIRST_WITHOUT_FACTOR else 1,
        shards=int(index["settings"]["index"]["number_of_shards"]),
    )


async def _create(
    connection: Connection, alias: str, mappings: dict[str, Any], shards: int
) -> None:
    if await _exists(connection, alias):
        return
    name = f"{alias}-{mapping.FORMAT}"
    await mapping.put_template(connection, alias, mappings, shards)
    try:
        await connection.call("PUT", f"/{name}-{_FIRST}", {"aliases": {alias: {}}})
    except RequestRefusedError as error:
        if error.kind != "resource_already_exists_exception":
            raise
        if not await _exists(connection, alias):
            raise IndexUnavailableError(
                f"The index {name}-{_FIRST} exists without the alias {alias}: add the alias to the "
                "index that holds the articles."
            ) from error


async def _exists(connection: Connection, alias: str) -> bool:
    try:
        await connection.call("GET", f"/_alias/{alias}")
    except RequestRefusedError as error:
        if error.status == HTTPStatus.NOT_FOUND:
            return False
        raise
    return True
