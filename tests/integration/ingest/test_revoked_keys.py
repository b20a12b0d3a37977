"""What was revoked stays revoked: the keys that come with the settings, and a loss of Redis."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from redis.asyncio import Redis

from services.ingest import commands
from services.ingest.domain.keys import hash_of
from tests.publishing import Ingest, ingest as start_ingest
from tests.waiting import eventually

SECRET = "the first secret"


@pytest.fixture(autouse=True)
def _hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.ingest.app.KEEP_KEYS_S", 0.05)


@asynccontextmanager
async def with_first_key(redis_url: str, secret: str = SECRET) -> AsyncIterator[Ingest]:
    first = f"wire:{hash_of(secret)}"
    async with start_ingest(redis_url, demo_key=None, first_key_hash=first) as ingest:
        yield ingest


async def status(ingest: Ingest, secret: str = SECRET) -> int:
    headers = {"Authorization": f"Bearer {secret}"}
    return (await ingest.http.get("/v1/articles", headers=headers)).status_code


async def key_ids(redis_url: str) -> list[str]:
    return [key.id for key in await commands.list_keys(redis_url)]


async def alone(redis_url: str) -> None:
    await revoke_all(redis_url)


async def before_another(redis_url: str) -> None:
    await commands.add_key(redis_url, "other", ["publish"])
    await commands.revoke_key(redis_url, hash_of(SECRET)[:16])
    await revoke_all(redis_url)


async def after_another(redis_url: str) -> None:
    await commands.add_key(redis_url, "other", ["publish"])
    (other,) = [one.id for one in await commands.list_keys(redis_url) if one.publisher == "other"]
    await commands.revoke_key(redis_url, other)
    await revoke_all(redis_url)


async def changed_for_another(redis_url: str) -> None:
    await commands.rotate_key(redis_url, hash_of(SECRET)[:16])
    await revoke_all(redis_url)


async def revoke_all(redis_url: str) -> None:
    for key_id in await key_ids(redis_url):
        await commands.revoke_key(redis_url, key_id)


@pytest.mark.parametrize(
    "revoke",
    [alone, before_another, after_another, changed_for_another],
    ids=lambda way: way.__name__,
)
async def test_a_revoked_first_key_does_not_come_back(
    redis_url: str, revoke: Callable[[str], Awaitable[None]], caplog: pytest.LogCaptureFixture
) -> None:
    async with with_first_key(redis_url) as ingest:
        assert await status(ingest) == 200
        await revoke(redis_url)
        await eventually(lambda: status(ingest), 401, within_s=30)
        said = "is revoked and not loaded"
        await eventually(lambda: said in caplog.text, expected=True, within_s=30)
        assert await status(ingest) == 401
    async with with_first_key(redis_url) as ingest:
        assert await status(ingest) == 401
        assert await key_ids(redis_url) == []


async def test_another_first_key_takes_the_place_of_a_revoked_one(redis_url: str) -> None:
    async with with_first_key(redis_url):
        await revoke_all(redis_url)
    async with with_first_key(redis_url, "a second secret") as ingest:
        assert await status(ingest, "a second secret") == 200
        assert await status(ingest) == 401
    await revoke_all(redis_url)
    async with with_first_key(redis_url) as ingest:
        assert await status(ingest) == 401


async def test_a_first_key_in_use_is_loaded_again_after_a_loss_of_redis(
    redis: Redis, redis_url: str
) -> None:
    async with with_first_key(redis_url) as ingest:
        await redis.flushall()
        await eventually(lambda: key_ids(redis_url), [hash_of(SECRET)[:16]])
        await eventually(lambda: status(ingest), 200)


async def test_a_running_ingest_revokes_again_what_a_loss_of_redis_forgot(
    redis: Redis, redis_url: str
) -> None:
    """Also where a replica that has just come loaded it meanwhile."""
    async with with_first_key(redis_url) as ingest:
        await revoke_all(redis_url)
        await known_as_revoked(ingest)
        await redis.flushall()
        async with with_first_key(redis_url) as newcomer:
            await eventually(lambda: redis.scard("ingest:keys:revoked"), 1)
            await eventually(lambda: key_ids(redis_url), [])
            await eventually(lambda: status(newcomer), 401)


async def test_a_copy_of_redis_from_before_does_not_bring_a_revoked_key_back(
    redis: Redis, redis_url: str
) -> None:
    async with with_first_key(redis_url) as ingest:
        secret = await commands.add_key(redis_url, "other", ["read"])
        key_id = hash_of(secret)[:16]
        copy = await redis.hgetall(f"ingest:key:{key_id}")
        await commands.revoke_key(redis_url, key_id)
        await known_as_revoked(ingest)
        await redis.delete("ingest:keys:revoked")
        await redis.hset(f"ingest:key:{key_id}", mapping=copy)  # type: ignore[arg-type]
        await redis.sadd("ingest:keys", key_id)
        await eventually(lambda: status(ingest, secret), 401)
        assert await key_ids(redis_url) == [hash_of(SECRET)[:16]]


async def test_a_revoked_demo_key_does_not_come_back(redis_url: str) -> None:
    async with start_ingest(redis_url) as ingest:
        assert await status(ingest, "demo-key") == 200
        await revoke_all(redis_url)
        await eventually(lambda: status(ingest, "demo-key"), 401)
    async with start_ingest(redis_url) as ingest:
        assert await status(ingest, "demo-key") == 401


async def known_as_revoked(ingest: Ingest) -> None:
    """Until two looks at what is revoked have passed."""
    before = await looks(ingest)
    await eventually(lambda: at_least(ingest, before + 2), expected=True)


async def looks(ingest: Ingest) -> int:
    found = (await ingest.redis.info("commandstats")).get("cmdstat_scard", {"calls": 0})
    return int(found["calls"])


async def at_least(ingest: Ingest, count: int) -> bool:
    return await looks(ingest) >= count
