"""Real servers for the tests."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from shared.embedded_redis import RedisServer
from shared.local_server import free_port

__all__ = ["free_port", "redis_server"]


@contextmanager
def redis_server(
    directory: Path,
    *,
    port: int | None = None,
    appendfsync: Literal["always", "everysec", "no"] = "always",
    maxmemory: str = "0",
) -> Iterator[RedisServer]:
    """A redis-server of the test's own, to be killed, paused, filled or restarted."""
    server = RedisServer(directory, port=port, appendfsync=appendfsync, maxmemory=maxmemory)
    with server:
        yield server
