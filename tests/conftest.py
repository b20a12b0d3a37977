from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest
from redis import asyncio as aioredis

from shared.embedded_redis import (
    RedisExecutable,
    RedisServer,
    find_redis_server,
    wheel_redis_server,
)
from shared.messaging import connect
from tests import left_out, servers


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        fixtures = getattr(item, "fixturenames", ())
        if {"opensearch_url", "empty_opensearch_url"} & set(fixtures):
            item.add_marker("opensearch")
        if "shared_data" in fixtures:
            item.add_marker("shared_data")


def pytest_runtest_setup(item: pytest.Item) -> None:
    for marker, reason_to_leave_out in left_out.MISSING.items():
        if item.get_closest_marker(marker) and (what := reason_to_leave_out()):
            left_out.leave_out(what)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for what in sorted(left_out.said_of(terminalreporter.getreports("skipped"))):
        terminalreporter.write_line(what, red=True, bold=True)


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    """One server for the whole run; a test that harms its server takes one of its own."""
    with servers.redis_server(tmp_path_factory.mktemp("redis")) as server:
        yield server


@pytest.fixture(scope="session", params=["system", "wheel"])
def redis_executable(request: pytest.FixtureRequest) -> RedisExecutable:
    """Both redis-servers: they word errors differently and treat deleted entries differently."""
    if request.param == "wheel":
        return wheel_redis_server()
    if what := left_out.without_system_redis():
        left_out.leave_out(what)
    return find_redis_server()


@pytest.fixture(scope="session")
def each_redis_server(
    redis_executable: RedisExecutable, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RedisServer]:
    """As `redis_server`, for what may differ between versions of Redis: a test runs on both."""
    directory = tmp_path_factory.mktemp("redis")
    with servers.redis_server(directory, executable=redis_executable) as server:
        yield server


@pytest.fixture
def redis_url(redis_server: RedisServer) -> str:
    """An empty database, with no script, group or key of the test before."""
    return servers.emptied(redis_server)


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[aioredis.Redis]:
    client = connect(redis_url)
    yield client
    await client.aclose()


@pytest.fixture(scope="session")
def opensearch_url() -> Iterator[str]:
    """One node for the whole run; each test works on indexes of its own name."""
    with servers.opensearch_cluster() as cluster:
        yield cluster.url


@pytest.fixture(scope="session")
def shared_data() -> Path:
    return left_out.SHARED / "data"


@pytest.fixture(scope="module")
def empty_opensearch_url(opensearch_url: str) -> str:
    """The node without any articles: a whole Dateline posts its samples to an empty index only."""
    with httpx.Client(base_url=opensearch_url, timeout=60) as client:
        for index in client.get("/_cat/indices/articles*", params={"format": "json"}).json():
            client.delete(f"/{index['index']}").raise_for_status()
    return opensearch_url
