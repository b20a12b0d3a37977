"""What a failing Redis is to the use cases."""

from collections.abc import Iterator
from contextlib import contextmanager

from redis.exceptions import RedisError

from services.search.ports import StoreUnavailableError


@contextmanager
def reported_outage() -> Iterator[None]:
    """Redis out of reach, loading, read-only or full is `StoreUnavailableError`."""
    try:
        yield
    except (RedisError, OSError) as error:
        raise StoreUnavailableError(f"Redis: {error}") from error
