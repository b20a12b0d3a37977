"""Tells an outage of Redis from an error that a request causes by itself.

An outage passes: who waits and asks the same again is answered one day. Any other error is the
answer to every repetition. Redis 6.2 and 7 word the same refusal differently when a script meets
it, so the text of an error is read here and nowhere else.
"""

import logging
import re
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from redis.asyncio.retry import Retry
from redis.exceptions import (
    ClusterDownError,
    ConnectionError as RedisConnectionError,
    InvalidResponse,
    NoPermissionError,
    NoScriptError,
    OutOfMemoryError,
    ReadOnlyError,
    RedisError,
    TimeoutError as RedisTimeoutError,
    TryAgainError,
)

T = TypeVar("T")

OUTAGE_TYPES = (
    RedisConnectionError,  # Loading and a refused password are kinds of it.
    RedisTimeoutError,
    ReadOnlyError,
    OutOfMemoryError,
    ClusterDownError,  # A replica without its master is a kind of it.
    TryAgainError,
    NoScriptError,
    NoPermissionError,
    InvalidResponse,
)
OUTAGE_CODES = frozenset(
    {
        "BUSY",
        "CLUSTERDOWN",
        "LOADING",
        "MASTERDOWN",
        "MISCONF",
        "NOAUTH",
        "NOGROUP",  # The stream or its group was lost; the consumer makes it again.
        "NOPERM",
        "NOREPLICAS",
        "NOSCRIPT",
        "OOM",
        "READONLY",
        "TRYAGAIN",
        "UNBLOCKED",
    }
)
SCRIPT_WITHOUT_PERMISSION = "The user executing the script can't"

# `OOM …` of a command; `user_script:1: OOM …` of a script on Redis 7; on 6.2 `Error running script
# (call to f_…): @user_script:1: @user_script: 1: -OOM …`. A pipeline puts its command, which may
# have any text in it, before each of them.
_AROUND = re.compile(
    r"""(?:Command\ \#\ \d+\ .*\ of\ pipeline\ caused\ error:\ \(['"])?
        (?:Error\ running\ script\ \(call\ to\ \w+\):\ )?
        (?:@?user_script:\ ?\d+:\ )*
        -?(?:ERR\ )?""",
    re.VERBOSE | re.DOTALL,
)
_CODE = re.compile(r"[A-Z]{3,}(?= )")


def is_outage(error: BaseException) -> bool:
    """Whether Redis or the way to it is at fault, so that the same request may succeed later."""
    if not isinstance(error, RedisError):
        return isinstance(error, OSError)
    return (
        isinstance(error, OUTAGE_TYPES)
        or _code(error) in OUTAGE_CODES
        or _message(error).startswith(SCRIPT_WITHOUT_PERMISSION)
    )


def is_missing(error: RedisError) -> bool:
    """Whether there is no such stream or group."""
    return _code(error) == "NOGROUP" or _message(error).startswith("no such key")


def is_group_taken(error: RedisError) -> bool:
    """Whether a group could not be made because it exists."""
    return _code(error) == "BUSYGROUP"


def _message(error: RedisError) -> str:
    return _AROUND.sub("", str(error), count=1)


def _code(error: RedisError) -> str | None:
    found = _CODE.match(_message(error))
    return found[0] if found else None


@contextmanager
def outages_as(kind: type[Exception]) -> Iterator[None]:
    """Raise an outage of Redis as `kind`; every other error passes as it is."""
    try:
        yield
    except (RedisError, OSError) as error:
        if not is_outage(error):
            raise
        raise kind(f"Redis: {error}" if str(error) else type(error).__name__) from error


@contextmanager
def waiting_out(log: logging.Logger, what: str) -> Iterator[None]:
    """Log an outage of Redis and end the block: a loop tries again at its next turn."""
    try:
        yield
    except (RedisError, OSError) as error:
        if not is_outage(error):
            raise
        log.warning("%s waits for Redis: %s", what, error)


class OutageRetry(Retry):
    """Repeats a command during an outage, unless its stream or group is missing.

    redis-py tells errors apart by their types alone, and FastStream reads again at once after an
    error that is not repeated: thousands of times a second.
    """

    async def call_with_retry(
        self,
        do: Callable[[], Awaitable[T]],
        fail: Callable[..., object],
        is_retryable: Callable[[Exception], bool] | None = None,
        with_failure_count: bool = False,  # noqa: FBT001, FBT002  (redis-py's)
    ) -> T:
        wanted = is_retryable or _may_be_repeated
        return await super().call_with_retry(do, fail, wanted, with_failure_count)


def _may_be_repeated(error: Exception) -> bool:
    return is_outage(error) and not (isinstance(error, RedisError) and is_missing(error))
