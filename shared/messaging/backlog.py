"""How far behind the consumer groups are, and how Redis stands: one look at everything."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from redis.asyncio import Redis

from shared.messaging import scripts
from shared.streams import Stream


@dataclass(frozen=True, slots=True)
class GroupBacklog:
    """`lag_seconds` is the age of the oldest entry that was not yet handed to anyone.

    An entry that waits for its next attempt is no lag. `pending` is None where Redis does not have
    the group: then everything in the stream waits.
    """

    stream: Stream
    group: str
    lag_seconds: float
    pending: int | None

    def __str__(self) -> str:
        return f"{self.group} on {self.stream.name}"


async def read_backlog(redis: "Redis", streams: Sequence[Stream]) -> list[GroupBacklog]:
    """Every group of these streams, those of the topology also where Redis lacks them."""
    rows: list[Any] = await redis.register_script(scripts.BACKLOG)(
        keys=[stream.name for stream in streams]
    )
    found = {
        (name.decode(), group.decode()): (int(waited_ms) / 1000, int(pending))
        for name, group, waited_ms, pending in rows
    }
    backlog = []
    for stream in streams:
        oldest_s, _ = found.get((stream.name, ""), (0.0, 0))
        for group in stream.groups:
            lag, pending = found.get((stream.name, group), (oldest_s, None))
            backlog.append(GroupBacklog(stream, group, lag, pending))
    return backlog


@dataclass(frozen=True, slots=True)
class RedisState:
    """`memory_share` of `maxmemory`, or of the machine's memory where that is unlimited.

    `unsafe` says what keeps Redis from keeping what it has answered, if anything.
    """

    memory_share: float
    unsafe: str | None


async def read_redis_state(redis: "Redis") -> RedisState:
    async with redis.pipeline(transaction=False) as pipe:
        pipe.info("memory")
        pipe.info("persistence")
        memory, persistence = await pipe.execute()
    limit = memory["maxmemory"] or memory["total_system_memory"]
    return RedisState(memory["used_memory"] / limit, _unsafe(memory, persistence))


def _unsafe(memory: dict[str, Any], persistence: dict[str, Any]) -> str | None:
    if not persistence["aof_enabled"]:
        return "Redis has no append-only file: set appendonly yes"
    if memory["maxmemory"] and memory["maxmemory_policy"] != "noeviction":
        return "Redis evicts what it should keep: set maxmemory-policy noeviction"
    return None
