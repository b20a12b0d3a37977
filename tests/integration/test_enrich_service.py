"""The enrich service as it runs: from one stream to the other, with a real Redis between."""

import asyncio
import os
import sys
import zlib
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urljoin

import httpx
import pytest
from redis.asyncio import Redis

from services.enrich.app import create_app
from services.enrich.commands import memory_state
from services.enrich.settings import EnrichSettings
from shared.embedded_redis import RedisServer
from shared.events import (
    ArticleEnriched,
    ArticlePublished,
    ArticleWithdrawn,
    Envelope,
    Image,
    decode,
    encode,
    wrap,
)
from shared.streams import ENRICHED, PUBLISHED
from tests import servers, streams
from tests.news import story_text
from tests.waiting import eventually


@pytest.fixture
async def running(redis_url: str) -> AsyncIterator[None]:
    settings = EnrichSettings.model_validate(
        {
            "REDIS_URL": redis_url,
            "ENRICH_MAX_TAGS": 3,
            "READING_PROFILES": {
                "slow": {"words_per_minute": 20, "rounding": "up"},
                "gallery": {"images": True},
            },
        }
    )
    app = create_app(settings)
    async with app.router.lifespan_context(app):
        yield


def published(
    name: str,
    *,
    story: int = 1,
    revision: int = 1,
    publisher: str = "demo",
    generation: int | None = None,
) -> Envelope:
    event = ArticlePublished(
        publisher=publisher,
        url=f"https://publisher.example/{name}",
        revision=revision,
        generation=generation,
        receipt=f"receipt-{name}",
        title=f"Zeppelin {name}",
        body=story_text(story, zlib.crc32(name.encode()) + revision),
        language="en",
        published_at=datetime(2025, 1, 1, tzinfo=UTC),
    )
    return wrap(event, source="test", subject=name)


def withdrawn(name: str, revision: int = 1) -> Envelope:
    event = ArticleWithdrawn(
        publisher="demo", url=f"https://publisher.example/{name}", revision=revision
    )
    return wrap(event, source="test", subject=name)


async def send(redis: Redis, *envelopes: Envelope) -> None:
    await streams.add(redis, PUBLISHED, *map(encode, envelopes))


async def handed_over(redis: Redis) -> list[Envelope]:
    return [decode(fields[b"__data__"]) for fields in await streams.entries(redis, ENRICHED.name)]


async def enriched(redis: Redis) -> dict[str, list[int]]:
    """The revisions handed over, by article."""
    found: dict[str, list[int]] = {}
    for envelope in await handed_over(redis):
        if isinstance(envelope.event, ArticleEnriched):
            found.setdefault(envelope.subject, []).append(envelope.event.revision)
    return found


async def related(redis: Redis) -> dict[str, set[str]]:
    """The links of each article, read from both ends as search does."""
    newest: dict[str, ArticleEnriched] = {}
    gone = set()
    for envelope in await handed_over(redis):
        event, known = envelope.event, newest.get(envelope.subject)
        if isinstance(event, ArticleWithdrawn):
            gone.add(envelope.subject)
        if isinstance(event, ArticleEnriched) and (
            known is None or (event.revision, event.number) > (known.revision, known.number)
        ):
            newest[envelope.subject] = event
    newest = {name: event for name, event in newest.items() if name not in gone}
    found = {name: {link.id for link in event.links} - gone for name, event in newest.items()}
    for name, event in newest.items():
        for link in event.links:
            if link.id in newest and event.linked_at > newest[link.id].linked_at:
                found[link.id].add(name)
    return found


@pytest.mark.usefixtures("running")
async def test_an_article_comes_out_enriched_with_its_trace(redis: Redis) -> None:
    cause = published("one", generation=3)
    await send(redis, cause)
    await eventually(lambda: enriched(redis), {"one": [1]})
    (handed,) = await handed_over(redis)
    event = handed.event
    assert isinstance(event, ArticleEnriched)
    assert event.enrichment.language == "en"
    assert 0 < len(event.enrichment.tags) <= 3
    assert event.enrichment.word_count == 160
    assert (event.number, event.generation, event.receipt) == (1, 3, "receipt-one")
    assert event.summary
    assert event.body.startswith(event.summary.removesuffix("…"))
    assert (event.links, event.story_id, event.copy_of) == ((), "one", None)
    assert event.linked_at > 0
    assert handed.correlation_id == cause.correlation_id


@pytest.mark.usefixtures("running")
async def test_html_of_a_foreign_producer_is_sanitised(redis: Redis) -> None:
    cause = published("one")
    html = "<p>Safe.</p><script>alert(1)</script><img src=x onerror=alert(1)>"
    event = cause.event.model_copy(update={"body_html": html})
    await send(redis, replace(cause, event=event))
    await eventually(lambda: enriched(redis), {"one": [1]})
    handed = (await handed_over(redis))[0].event
    assert isinstance(handed, ArticleEnriched)
    assert handed.body_html == f'<p>Safe.</p><img src="{urljoin(handed.url, "x")}">'


@pytest.mark.usefixtures("running")
async def test_a_publisher_has_its_own_reading_speed(redis: Redis) -> None:
    await send(redis, published("one", publisher="slow"))
    await eventually(lambda: enriched(redis), {"one": [1]})
    event = (await handed_over(redis))[0].event
    assert isinstance(event, ArticleEnriched)
    assert event.enrichment.read_time.minutes == 8


@pytest.mark.usefixtures("running")
async def test_pictures_count_wherever_they_stand_and_once(redis: Redis) -> None:
    cause = published("one", publisher="gallery")
    places = {
        "image": Image(url="https://publisher.example/1.jpg"),
        "body_html": '<p>See</p><img src="https://publisher.example/1.jpg"><img src="2.jpg">',
    }
    await send(redis, published("plain", publisher="demo"))
    await send(redis, replace(cause, event=cause.event.model_copy(update=places)))
    await eventually(lambda: enriched(redis), {"one": [1], "plain": [1]})
    seconds = {
        envelope.subject: envelope.event.enrichment.read_time.seconds
        for envelope in await handed_over(redis)
        if isinstance(envelope.event, ArticleEnriched)
    }
    assert seconds["one"] == seconds["plain"] + 12 + 11


@pytest.mark.usefixtures("running")
async def test_newer_articles_link_with_older_ones_and_change_nothing_of_them(redis: Redis) -> None:
    await send(redis, published("one"), published("other", story=2))
    await eventually(lambda: related(redis), {"one": set(), "other": set()})
    await send(redis, published("two"))
    await eventually(lambda: related(redis), {"one": {"two"}, "two": {"one"}, "other": set()})
    assert len(await handed_over(redis)) == 3


@pytest.mark.usefixtures("running")
async def test_a_withdrawal_is_passed_on_and_nothing_links_to_it_any_more(redis: Redis) -> None:
    await send(redis, published("one"), published("two"))
    await eventually(lambda: related(redis), {"one": {"two"}, "two": {"one"}})
    await send(redis, withdrawn("two"))
    await eventually(lambda: related(redis), {"one": set[str]()})
    await send(redis, published("three"))
    await eventually(lambda: related(redis), {"one": {"three"}, "three": {"one"}})

    async def passed_on() -> int:
        kinds = [type(envelope.event) for envelope in await handed_over(redis)]
        return kinds.count(ArticleWithdrawn)

    await eventually(passed_on, 1)


@pytest.mark.usefixtures("running")
async def test_an_older_revision_that_comes_late_leaves_the_newer_links(redis: Redis) -> None:
    await send(redis, published("one", story=2, revision=2), published("two", story=2))
    await send(redis, published("one", story=1), published("three", story=1))
    await eventually(lambda: streams.pending(redis, PUBLISHED, "enrich"), 0)
    expected = {"one": {"two"}, "two": {"one"}, "three": set[str]()}
    await eventually(lambda: related(redis), expected)


@pytest.mark.usefixtures("running")
async def test_a_poison_article_harms_only_itself(redis: Redis) -> None:
    await streams.add(redis, PUBLISHED, b"{", encode(published("one")), b'{"type": "Article"}')
    await eventually(lambda: enriched(redis), {"one": [1]})
    await eventually(lambda: redis.xlen(PUBLISHED.dead), 1)
    await eventually(lambda: redis.xlen(PUBLISHED.parked), 1)


async def test_two_workers_share_a_burst_and_every_article_is_linked(
    redis: Redis, redis_url: str
) -> None:
    settings = EnrichSettings.model_validate({"REDIS_URL": redis_url})
    names = [f"article-{at}" for at in range(11)]
    await send(redis, *map(published, names))
    one, two = create_app(settings), create_app(settings)
    async with one.router.lifespan_context(one), two.router.lifespan_context(two):
        expected = {name: set(names) - {name} for name in names}
        await eventually(lambda: related(redis), expected, within_s=60)
    assert await enriched(redis) == {name: [1] for name in names}


async def test_articles_go_on_when_the_memory_is_full_and_the_oldest_are_forgotten(
    redis: Redis, redis_url: str, tmp_path: Path
) -> None:
    server = RedisServer(tmp_path, appendfsync="no", maxmemory="2500kb").start()
    try:
        settings = EnrichSettings.model_validate(
            {"REDIS_URL": redis_url, "MEMORY_REDIS_URL": server.url, "ENRICH_MEMORY_SHARE": 0.8}
        )
        names = [f"article-{at}" for at in range(120)]
        await send(redis, *(published(name, story=at) for at, name in enumerate(names)))
        app = create_app(settings)
        async with app.router.lifespan_context(app):
            await eventually(lambda: enriched(redis), {name: [1] for name in names}, within_s=60)
            state = await memory_state(server.url)
            assert state.forgotten > 0
            assert await redis.keys("{rel}*") == []
    finally:
        server.stop()


async def test_the_process_stops_on_sigterm_as_a_success(redis_url: str) -> None:
    port = servers.free_port()
    environment = os.environ | {"REDIS_URL": redis_url, "ENRICH_PORT": str(port)}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "services.enrich", env=environment
    )

    async def ready() -> int:
        async with httpx.AsyncClient() as client:
            try:
                return (await client.get(f"http://127.0.0.1:{port}/health/ready")).status_code
            except httpx.HTTPError:
                return 0

    try:
        await eventually(ready, 200, within_s=60)
        process.terminate()
        assert await asyncio.wait_for(process.wait(), timeout=30) == 0
    finally:
        if process.returncode is None:
            process.kill()
