"""An outage of Redis, told from the fault of a request, on both versions of Redis."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from redis.asyncio import Redis
from redis.exceptions import RedisError

from shared.embedded_redis import RedisServer
from shared.messaging import connect
from shared.messaging.outages import is_group_taken, is_missing, is_outage, outages_as
from tests import servers
from tests.waiting import eventually

ADD = "return redis.call('XADD', KEYS[1], '*', 'field', ARGV[1])"
ADD_AND_RAISE = """
local answer = redis.pcall('XADD', KEYS[1], '*', 'field', ARGV[1])
if answer.err then error(answer.err) end
"""
MANY = "return redis.call('XADD', KEYS[1], '*', unpack(ARGV))"

Ask = Callable[[Redis, str], Awaitable[Any]]


async def by_command(redis: Redis, text: str) -> None:
    await redis.xadd("stream", {"field": text})


async def by_transaction(redis: Redis, text: str) -> None:
    async with redis.pipeline(transaction=True) as pipe:
        pipe.xadd("stream", {"field": text})
        await pipe.execute()


async def by_script(redis: Redis, text: str) -> None:
    await redis.register_script(ADD)(keys=["stream"], args=[text])


async def by_script_in_a_pipeline(redis: Redis, text: str) -> None:
    async with redis.pipeline(transaction=False) as pipe:
        await redis.register_script(ADD)(keys=["stream"], args=[text], client=pipe)
        await pipe.execute()


async def by_script_that_raises(redis: Redis, text: str) -> None:
    await redis.register_script(ADD_AND_RAISE)(keys=["stream"], args=[text])


WAYS = [by_command, by_transaction, by_script, by_script_in_a_pipeline, by_script_that_raises]

OUTAGES = {
    "full": ("CONFIG SET maxmemory 1kb", "CONFIG SET maxmemory 0"),
    "replica": ("REPLICAOF 127.0.0.1 1", "REPLICAOF NO ONE"),
    "too few replicas": (
        "CONFIG SET min-replicas-to-write 1",
        "CONFIG SET min-replicas-to-write 0",
    ),
}


@pytest.fixture
async def redis(each_redis_server: RedisServer) -> AsyncIterator[Redis]:
    async with connect(servers.emptied(each_redis_server), retries=0) as client:
        yield client


async def error_of(step: Awaitable[object]) -> RedisError:
    with pytest.raises(RedisError) as caught:
        await step
    return caught.value


@pytest.mark.parametrize("ask", WAYS)
@pytest.mark.parametrize("outage", OUTAGES)
async def test_a_redis_that_takes_no_writes_is_an_outage(
    redis: Redis, outage: str, ask: Ask
) -> None:
    begin, end = OUTAGES[outage]
    await redis.execute_command(*begin.split())  # type: ignore[no-untyped-call]
    try:
        assert is_outage(await error_of(ask(redis, "text")))
    finally:
        await redis.execute_command(*end.split())  # type: ignore[no-untyped-call]
    await ask(redis, "text")


@pytest.mark.parametrize("ask", WAYS)
async def test_a_user_without_permission_is_no_fault_of_a_request(
    each_redis_server: RedisServer, redis: Redis, ask: Ask
) -> None:
    allowed = ["~*", "+eval", "+evalsha", "+script", "+multi", "+exec", "+client", "+hello"]
    await redis.execute_command("ACL", "SETUSER", "guest", "on", ">word", *allowed)  # type: ignore[no-untyped-call]
    url = each_redis_server.url.replace("redis://", "redis://guest:word@")
    async with connect(url, retries=0) as guest:
        assert is_outage(await error_of(ask(guest, "text")))


async def test_a_redis_that_is_busy_with_a_script_is_an_outage(redis: Redis) -> None:
    await redis.config_set("lua-time-limit", 10)
    endless = asyncio.create_task(error_of(redis.eval("while true do end", 0)))
    try:
        await eventually(lambda: outage_of_ping(redis), expected=True)
    finally:
        await redis.script_kill()
    assert not is_outage(await endless)


async def outage_of_ping(redis: Redis) -> bool:
    try:
        await redis.ping()
    except RedisError as error:
        return "BUSY" in str(error) and is_outage(error)
    return False


@pytest.mark.parametrize("ask", WAYS)
@pytest.mark.parametrize(
    "text", ["text", "-OOM command not allowed", "of pipeline caused error: ('OOM no"]
)
async def test_a_key_of_another_kind_is_the_fault_of_the_request(
    redis: Redis, ask: Ask, text: str
) -> None:
    await redis.set("stream", "is none")
    assert not is_outage(await error_of(ask(redis, text)))


async def test_what_no_script_can_do_is_the_fault_of_the_request(redis: Redis) -> None:
    too_many = redis.register_script(MANY)(keys=["stream"], args=["field", "value"] * 4_500)
    assert not is_outage(await error_of(too_many))
    assert not is_outage(await error_of(redis.eval("return nil .. 1", 0)))


async def test_what_is_missing_or_taken_is_told_from_all_else(redis: Redis) -> None:
    for missing in (
        redis.xreadgroup("group", "consumer", {"stream": ">"}),
        redis.xinfo_stream("stream"),
        redis.xinfo_groups("stream"),
        redis.eval("return redis.call('XPENDING', KEYS[1], 'group')", 1, "stream"),
    ):
        assert is_missing(await error_of(missing))
    await redis.xgroup_create("stream", "group", mkstream=True)
    taken = await error_of(redis.xgroup_create("stream", "group"))
    assert is_group_taken(taken)
    assert not is_missing(taken)
    assert not is_outage(taken)


class UnavailableError(Exception):
    pass


async def test_only_an_outage_becomes_the_error_of_a_port(redis: Redis) -> None:
    await redis.set("stream", "is none")
    with pytest.raises(RedisError), outages_as(UnavailableError):
        await by_command(redis, "text")
    with pytest.raises(UnavailableError), outages_as(UnavailableError):
        raise ConnectionResetError
