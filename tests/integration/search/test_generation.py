"""Losses of Redis or of the index, and what search makes of them."""

import asyncio
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

from services.search.adapters.redis_generation import KEY, LEASE_KEY, RedisGeneration
from services.search.adapters.tantivy_index import TantivyIndex
from services.search.domain.articles import Marker
from shared.messaging import connect
from shared.streams import INDEXED
from tests.builders import enriched, identified, withdrawn
from tests.search_service import Search, reading_receipts, searching
from tests.waiting import eventually


async def generation(search: Search) -> int | None:
    marker = await RedisGeneration(search.redis).read()
    return marker.generation if marker else None


async def in_index(state_dir: Path) -> Marker | None:
    index = TantivyIndex(state_dir / "index")
    await index.open()
    try:
        return await index.read_marker()
    finally:
        await index.aclose()


async def test_redis_and_index_begin_as_a_pair_of_generation_one(
    redis_url: str, tmp_path: Path
) -> None:
    async with searching(redis_url, tmp_path) as search:
        assert await generation(search) == 1
        marker = await RedisGeneration(search.redis).read()
        assert await search.redis.exists(LEASE_KEY) == 0
    assert await in_index(tmp_path) == marker
    async with searching(redis_url, tmp_path) as search:
        assert await RedisGeneration(search.redis).read() == marker


async def test_after_flushall_ingest_is_told_everything_before_the_next_generation(
    redis_url: str, tmp_path: Path
) -> None:
    later = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=1)
    async with searching(redis_url, tmp_path) as search:
        await search.index(
            a=enriched("a", revision=7, receipt="r"),
            gone=enriched("gone"),
            secret=enriched("secret", published_at=later),
        )
        await search.index(gone=withdrawn("gone"))
        await search.redis.flushall()
        # Nobody reads what search says: it is not ready, and ingest finds no generation.
        await eventually(
            search.unready,
            {"generation": "recovering: waiting until ingest has read what the index holds"},
        )
        assert await generation(search) is None
        assert await search.redis.zscore("search:embargo", identified("secret")) is not None
        async with reading_receipts(redis_url) as seen:
            await eventually(search.unready, {})
        assert await generation(search) == 2
        told = {one.envelope.subject: one.envelope.event for one in seen}
        assert all(event.recovered for event in told.values())  # type: ignore[attr-defined]
        by_id = {one: event for one, event in await search.indexed()}  # noqa: C416  (the last one)
        assert by_id[identified("a")].revision == 7
        assert by_id[identified("a")].external_id == "a"
        assert by_id[identified("a")].content_hash == "hash-7"
        assert by_id[identified("gone")].withdrawn
        assert by_id[identified("secret")].embargoed_until == later
        # What comes under the new generation wins over all that is there.
        await search.index(a=enriched("a", title="Corrected", revision=7, generation=2))
        assert await search.found(q="corrected") == ["Corrected"]


async def test_a_second_loss_during_the_recovery_starts_it_over(
    redis_url: str, tmp_path: Path
) -> None:
    async with searching(redis_url, tmp_path) as search:
        await search.index(a=enriched("a"))
        for _ in range(2):
            await search.redis.flushall()
            await eventually(lambda: search.redis.xlen(INDEXED.name), 1)
        async with reading_receipts(redis_url):
            await eventually(search.unready, {})
        assert await generation(search) == 2


async def test_a_new_index_gets_the_next_generation_in_both(redis_url: str, tmp_path: Path) -> None:
    async with searching(redis_url, tmp_path) as search:
        await search.index(a=enriched("a"))
        first = await RedisGeneration(search.redis).read()
    shutil.rmtree(tmp_path / "index")
    async with searching(redis_url, tmp_path) as search:
        second = await RedisGeneration(search.redis).read()
        assert first is not None
        assert second == Marker(first.pair, 2)
        assert await search.found() == []
    assert await in_index(tmp_path) == second


async def test_an_index_of_another_redis_gets_a_generation_above_both(
    redis_url: str, tmp_path: Path
) -> None:
    async with searching(redis_url, tmp_path) as search:
        await search.redis.set(KEY, "another:5")
        await eventually(lambda: generation(search), 6)
        await eventually(search.unready, {})
        await search.index(a=enriched("a"))
        assert [event.generation for _, event in await search.indexed()] == [None]


async def test_a_redis_restored_from_an_older_copy_is_told_what_it_forgot(
    redis_url: str, tmp_path: Path
) -> None:
    async with searching(redis_url, tmp_path) as search:
        await search.index(a=enriched("a"))
        marker = await RedisGeneration(search.redis).read()
        assert marker is not None
    index = TantivyIndex(tmp_path / "index")
    await index.open()
    await index.write_marker(Marker(marker.pair, 3))
    await index.aclose()
    async with reading_receipts(redis_url) as seen, searching(redis_url, tmp_path) as search:
        assert await generation(search) == 4
        recovered = [one for one in seen if one.envelope.event.recovered]  # type: ignore[attr-defined]
        assert [one.envelope.subject for one in recovered] == [identified("a")]


async def test_the_last_generation_is_not_passed(redis_url: str, tmp_path: Path) -> None:
    index = TantivyIndex(tmp_path / "index")
    await index.open()
    await index.write_marker(Marker("pair", 15))
    await index.aclose()
    async with searching(redis_url, tmp_path, ready=False) as search:
        reason = "generation 15 is the last one; rebuild the index to renumber it"
        await eventually(search.unready, {"generation": reason})
        assert await generation(search) is None


async def test_of_many_replicas_one_decides(redis_url: str, tmp_path: Path) -> None:
    async with searching(redis_url, tmp_path) as search:
        stores = [RedisGeneration(search.redis) for _ in range(5)]
        assert sum(await asyncio.gather(*(store.take_lease() for store in stores))) == 1
        (holder,) = [store for store in stores if await store.renew_lease()]
        others = [store for store in stores if store is not holder]
        for store in others:
            await store.release_lease()
            assert not await store.take_lease()
        await holder.release_lease()
        assert await others[0].take_lease()
        known = await holder.read()
        assert not await holder.replace(known, Marker("without the lease", 9))
        assert not await others[0].replace(None, Marker("without looking", 9))
        assert await holder.read() == known


async def test_the_right_to_decide_is_lost_with_redis(redis_url: str) -> None:
    async with connect(redis_url) as redis:
        store = RedisGeneration(redis)
        assert await store.take_lease()
        assert await store.renew_lease()
        await redis.flushall()
        assert not await store.renew_lease()
        assert not await store.replace(None, Marker("pair", 2))
