"""Connections to Redis."""

from typing import Final

from redis.asyncio import Connection, Redis
from redis.asyncio.retry import Retry
from redis.backoff import ExponentialWithJitterBackoff
from redis.connection import HiredisRespSerializer
from redis.typing import EncodableT

_PACKER: Final = HiredisRespSerializer()


class PackedConnection(Connection):
    """Has commands packed by hiredis; redis-py does so in its synchronous connections alone."""

    def pack_command(self, *args: EncodableT) -> list[bytes]:
        packed: list[bytes] = _PACKER.pack(*args)  # type: ignore[arg-type]
        return packed


def connect(url: str, *, retries: int = 3) -> Redis:
    """A client for commands; answers are bytes. `retries=0` fails at once."""
    return Redis.from_url(
        url,
        retry=Retry(ExponentialWithJitterBackoff(base=0.05, cap=1), retries),
        health_check_interval=15,
        max_connections=200,
        # A URL of another kind of connection, such as rediss://, brings its own class.
        connection_class=PackedConnection,
    )
