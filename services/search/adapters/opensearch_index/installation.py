"""What must be there before the first question: templates, indices, aliases."""

from dataclasses import dataclass
from http import HTTPStatus

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
    """What differs between clusters.

    Attributes:
        constant_scale: of constants that are added to BM25, which has the factor k1 + 1 in 2.x.
        shards: of the index in use.
    """

    constant_scale: float
    shards: int


@dataclass(frozen=True, slots=True)
class Settings:
    """Of indices still to be created: shards, and replicas: a number or a range."""

    shards: int = 1
    replicas: str = "0-1"


async def install(connection: Connection, prefix: str, settings: Settings) -> Engine:
    """Create what is missing, beside replicas that do the same."""
    articles = f"{prefix}articles"
    for alias in (articles, f"{articles}-names"):
        await _create(connection, prefix, alias, settings)
    answer = await connection.call("GET", f"/{articles}/_settings/index.number_of_shards")
    [index] = answer.values()
    major = int((await connection.call("GET", "/"))["version"]["number"].split(".")[0])
    return Engine(
        constant_scale=1 if major >= _FIRST_WITHOUT_FACTOR else _FACTOR,
        shards=int(index["settings"]["index"]["number_of_shards"]),
    )


async def put_templates(connection: Connection, prefix: str, settings: Settings) -> None:
    await mapping.put_templates(
        connection, prefix, shards=settings.shards, replicas=settings.replicas
    )


async def _create(connection: Connection, prefix: str, alias: str, settings: Settings) -> None:
    if await _exists(connection, alias):
        return
    name = f"{alias}-{mapping.FORMAT}"
    await put_templates(connection, prefix, settings)
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
