"""The service on either engine; one for each test, or for a module that only asks."""

from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import pytest_asyncio

from services.search.adapters.opensearch_index import OpenSearchIndex
from services.search.adapters.opensearch_index.connection import Access
from services.search.ports import SearchIndex
from shared.embedded_redis import RedisServer
from tests import servers
from tests.contract.ports.opensearch_names import names_of_its_own
from tests.search_service import Search, searching

ENGINES = [
    pytest.param("tantivy"),
    pytest.param("opensearch", marks=pytest.mark.opensearch),
]


@pytest.fixture(scope="module", params=ENGINES)
def module_index(request: pytest.FixtureRequest) -> Iterator[SearchIndex | None]:
    """An index of the module's own in OpenSearch; None for the embedded one."""
    with ExitStack() as stack:
        if request.param == "tantivy":
            yield None
        else:
            url = request.getfixturevalue("opensearch_url")
            prefix = stack.enter_context(names_of_its_own(url))
            yield OpenSearchIndex(Access(urls=(url,)), prefix=prefix)


@pytest.fixture(scope="module")
def module_redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    """A server that no other module flushes."""
    with servers.redis_server(tmp_path_factory.mktemp("redis"), appendfsync="no") as server:
        yield server


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def module_search(
    module_index: SearchIndex | None,
    module_redis: RedisServer,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Search]:
    """A service that every test of a module asks; it is empty at first."""
    folder: Path = tmp_path_factory.mktemp("state")
    async with searching(module_redis.url, folder, index=module_index) as service:
        yield service
