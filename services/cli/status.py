"""`dateline status`: lag, pending entries and dead letters of every group, Redis and memory."""

from collections.abc import Sequence
from dataclasses import dataclass

import httpx
from redis.asyncio import Redis
from redis.exceptions import RedisError

from services.enrich.commands import memory_state
from shared.messaging import connect
from shared.messaging.backlog import GroupBacklog, RedisState, read_backlog, read_redis_state
from shared.streams import STREAMS

HEALTH_S = 3


@dataclass(frozen=True, slots=True)
class GroupStatus:
    """One line of the table."""

    backlog: GroupBacklog
    entries: int
    dead_letters: int
    parked: int


@dataclass(frozen=True, slots=True)
class Status:
    groups: Sequence[GroupStatus]
    redis: RedisState


async def read_status(url: str) -> Status:
    """The state of everything. Raises redis' ConnectionError when Redis is out of reach."""
    redis = connect(url, retries=0)
    try:
        backlogs = await read_backlog(redis, STREAMS)
        groups = [await _status(redis, backlog) for backlog in backlogs]
        return Status(groups, await read_redis_state(redis))
    finally:
        await redis.aclose()


async def _status(redis: Redis, backlog: GroupBacklog) -> GroupStatus:
    stream = backlog.stream
    return GroupStatus(
        backlog,
        entries=await redis.xlen(stream.name),
        dead_letters=await redis.xlen(stream.dead) if backlog.group in stream.burying else 0,
        parked=await redis.xlen(stream.parked),
    )


async def read_memory(url: str) -> str:
    """How much enrich remembers for related links, and what it no longer does."""
    try:
        state = await memory_state(url)
    except (RedisError, OSError) as error:
        return f"out of reach ({error})"
    told = f"{state.articles} articles, {state.share:.1%} of the memory of its Redis"
    if not state.forgotten:
        return told
    return (
        f"{told}; it is full: new articles are not linked with the {state.forgotten} oldest, from "
        f"before {state.oldest}"
    )


def read_intake(ingest_url: str) -> str:
    """Whether ingest takes articles in, in its own words."""
    try:
        health = httpx.get(f"{ingest_url}/health/ready", timeout=HEALTH_S).json()
    except (httpx.HTTPError, ValueError) as error:
        return f"not reached at {ingest_url} ({error})"
    wrong = [f"{name}: {what}" for name, what in health["parts"].items() if what != "ok"]
    return "; ".join([*wrong, *health.get("notes", {}).values()]) or "takes articles in"
