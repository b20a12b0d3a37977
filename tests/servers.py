"""Real servers for the tests."""

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from redis import Redis

from shared.embedded_opensearch import OpenSearchCluster
from shared.embedded_redis import RedisExecutable, RedisServer
from shared.local_server import free_port
from shared.opensearch_distribution import LATEST

__all__ = ["emptied", "free_port", "open_directory", "opensearch_cluster", "redis_server"]


@contextmanager
def redis_server(
    directory: Path,
    *,
    port: int | None = None,
    appendfsync: Literal["always", "everysec", "no"] = "always",
    maxmemory: str = "0",
    executable: RedisExecutable | None = None,
) -> Iterator[RedisServer]:
    """A redis-server of the test's own, to be killed, paused, filled or restarted."""
    server = RedisServer(
        directory,
        port=port,
        appendfsync=appendfsync,
        maxmemory=maxmemory,
        executable=executable,
    )
    with server:
        yield server


def emptied(server: RedisServer) -> str:
    """The server's address, once it has no script, group or key of the test before."""
    with Redis.from_url(server.url) as client:
        client.flushall()
        client.script_flush()
    return server.url


@contextmanager
def open_directory() -> Iterator[Path]:
    """A directory that other users can reach; `tmp_path` is closed to them by pytest."""
    with tempfile.TemporaryDirectory(prefix="dateline-") as folder:
        directory = Path(folder)
        directory.chmod(0o755)
        yield directory


@contextmanager
def opensearch_cluster(
    *,
    nodes: int = 1,
    version: str = LATEST,
    heap: str = "512m",
    settings: Mapping[str, object] | None = None,
) -> Iterator[OpenSearchCluster]:
    """A cluster of the test's own, to be killed, paused, filled or restarted."""
    with (
        open_directory() as directory,
        OpenSearchCluster(
            directory, nodes=nodes, version=version, heap=heap, quick_start=True, settings=settings
        ) as cluster,
    ):
        yield cluster
