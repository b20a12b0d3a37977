"""Whatever Redis answers in place of doing what it was asked: nothing is accepted.

503 where it may do so later, 500 where it will not.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager

import pytest
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ResponseError

from services.ingest.adapters.redis_curations import RedisCurations
from services.ingest.adapters.redis_idempotency import RedisIdempotency
from services.ingest.adapters.redis_keys import RedisKeys
from services.ingest.adapters.redis_ledger import RedisLedger
from services.ingest.adapters.redis_receipts import RedisReceipts
from services.ingest.adapters.redis_signing import RedisSigning
from services.ingest.adapters.redis_tags import RedisTags
from services.ingest.adapters.sealing import Seal, new_sealing_key
from services.ingest.api.answers import refusal
from services.ingest.domain.decisions import Command
from services.ingest.ports import PartUnavailableError

ERRORS = [
    "READONLY You can't write against a read only replica.",
    "OOM command not allowed when used memory > 'maxmemory'.",
    "LOADING Redis is loading the dataset in memory",
    "NOAUTH Authentication required.",
    "NOPERM this user has no permissions to run the 'evalsha' command",
    "MISCONF Errors writing to the AOF file: No space left on device",
    "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.",
    "NOREPLICAS Not enough good replicas to write.",
    "BUSY Redis is busy running a script.",
    "ERR max number of clients reached",
]
DEFECT = "ERR Error running script: @user_script:1: wrong number of arguments"


@asynccontextmanager
async def answering(error: str) -> AsyncIterator[Redis]:
    """A client of a server that has this one answer to every command."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while head := await reader.readline():
            for _ in range(int(head[1:])):
                length = int((await reader.readline())[1:])
                await reader.readexactly(length + 2)
            writer.write(f"-{error}\r\n".encode())
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    client = Redis(port=port, retry=Retry(NoBackoff(), 0), socket_timeout=5)
    async with server:
        try:
            yield client
        finally:
            await client.aclose()


def command(number: int) -> Command:
    return Command(
        kind="publish", id=f"a{number}", publisher="demo", receipt=f"r{number}", event=b'{"data":{'
    )


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: error.split()[0])
async def test_every_outage_of_redis_is_a_503(error: str) -> None:
    async with answering(error) as redis:
        ledger = RedisLedger(redis, per_second=0)
        for commands in ([command(1)], [command(1), command(2)]):
            for decision in await ledger.decide(commands):
                problem = refusal(decision)
                assert (problem.status, problem.code) == (503, "unavailable")
                assert problem.headers["Retry-After"]
        for step in steps(redis):
            with pytest.raises(PartUnavailableError):
                await step


def steps(redis: Redis) -> list[Awaitable[object]]:
    """One of each port."""
    return [
        RedisLedger(redis, per_second=0).reserve("demo", 1),
        RedisKeys(redis).find("secret"),
        RedisReceipts(redis).get("r"),
        RedisReceipts(redis).article("a"),
        RedisReceipts(redis).articles("demo", after="", state=None, limit=10),
        RedisIdempotency(redis).begin("demo", "key"),
        RedisSigning(redis, Seal(new_sealing_key())).valid("demo"),
        RedisSigning(redis, None).claim("demo", "message", "fingerprint"),
        RedisTags(redis).nearest("slug"),
        RedisCurations(redis).get("a"),
    ]


async def test_what_redis_will_never_do_is_a_500() -> None:
    async with answering(DEFECT) as redis:
        ledger = RedisLedger(redis, per_second=0)
        for commands in ([command(1)], [command(1), command(2)]):
            for decision in await ledger.decide(commands):
                problem = refusal(decision)
                assert (problem.status, problem.code) == (500, "internal_error")
        for step in steps(redis):
            with pytest.raises(ResponseError):
                await step
