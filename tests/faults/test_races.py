"""Interleavings that chance brings once a year, forced: the late one never wins."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from redis.asyncio import Redis

from services.search.adapters.tantivy_index import TantivyIndex
from services.search.domain.articles import IndexedArticle, Links, Tombstone, WriteVerdict
from services.search.domain.cards import card_of, content_of
from services.search.domain.indexing import build_indexed_article
from services.search.domain.versions import ArticleVersion
from shared.events import ArticleEnriched, ArticlePublished, encode
from shared.messaging import (
    ConsumerOptions,
    Delivery,
    Done,
    StreamConsumer,
    Subscription,
    Verdict,
    connect,
)
from shared.streams import INDEXED, PUBLISHED
from shared.telemetry import Metrics
from tests import streams
from tests.builders import LONG_AGO, enriched, entry, identified, withdrawn
from tests.publishing import URL, Verdict as Told, envelope, indexed, settled_ingest
from tests.search_service import searching
from tests.waiting import eventually


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    async with connect(redis_url) as client:
        yield client


async def test_what_is_in_a_living_workers_hands_is_left_there(
    redis: Redis, redis_url: str
) -> None:
    """Two workers, one slow: the other one does not take its work before the claim time."""
    seen: list[str] = []
    begun = asyncio.Event()
    released = asyncio.Event()

    async def slow(deliveries: Sequence[Delivery]) -> Sequence[Verdict]:
        seen.extend(f"slow {delivery.entry_id}" for delivery in deliveries)
        begun.set()
        await released.wait()
        return [Done() for _ in deliveries]

    async def quick(deliveries: Sequence[Delivery]) -> Sequence[Verdict]:
        seen.extend(f"quick {delivery.entry_id}" for delivery in deliveries)
        return [Done() for _ in deliveries]

    options = ConsumerOptions(claim_idle_ms=60_000, scan_ms=20, stop_timeout_s=3)
    workers = [
        StreamConsumer(
            redis_url,
            [Subscription(PUBLISHED, "enrich", handler)],
            metrics=Metrics(),
            options=options,
        )
        for handler in (slow, quick)
    ]
    await streams.add(redis, PUBLISHED, entry(_published("a"), "a"))
    await workers[0].start()
    await begun.wait()
    await workers[1].start()
    await eventually(workers[1].not_ready, None)
    # The quick one has looked for idle entries many times by the time it had new work.
    for count, name in enumerate(("b", "c", "d"), start=2):
        await streams.add(redis, PUBLISHED, entry(_published(name), name))
        await eventually(lambda: len(seen), count)
    released.set()
    await eventually(lambda: streams.pending(redis, PUBLISHED, "enrich"), 0)
    for worker in workers:
        await worker.stop()
    entries = [one.partition(" ")[2] for one in seen]
    assert sorted(entries) == sorted(set(entries))


async def test_a_withdrawn_article_is_not_brought_back_by_a_late_enrichment(
    redis_url: str, tmp_path: Path
) -> None:
    """The withdrawal overtakes the enrichment of the same revision, and of the one before."""
    async with searching(redis_url, tmp_path) as search:
        await search.index(a=withdrawn("a", revision=5))
        await search.index(a=enriched("a", revision=5, number=3))
        await search.index(a=enriched("a", revision=4))
        assert await search.found() == []
        await search.get(f"/v1/articles/{identified('a')}", status=410)
        await search.index(a=enriched("a", revision=6, title="Next"))
        assert await search.found() == ["Next"]


class PausedIndex(TantivyIndex):
    """A writer that is stopped between what it was given and the engine."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.paused: dict[int, asyncio.Event] = {}
        self.arrived: list[int] = []

    async def apply(self, writes: Sequence[IndexedArticle | Tombstone]) -> Sequence[WriteVerdict]:
        for write in writes:
            self.arrived.append(write.version)
            if gate := self.paused.get(write.version):
                await gate.wait()
        return await super().apply(writes)


async def test_a_writer_that_was_paused_cannot_overwrite_a_newer_revision(
    redis_url: str, tmp_path: Path
) -> None:
    index = PausedIndex(tmp_path / "index")
    async with searching(redis_url, tmp_path, index=index) as search:
        older = ArticleVersion(1, 1).pack()
        index.paused[older] = asyncio.Event()
        await search.publish(enriched("a", title="Old", revision=1, generation=1), "a")
        await eventually(lambda: older in index.arrived, expected=True)
        # Another writer of the same index, as a second replica is.
        newer = _document(enriched("a", title="New", revision=2, generation=1), 2)
        await TantivyIndex.apply(index, [newer])
        index.paused[older].set()
        await search.settled()
        assert await search.found() == ["New"]
        (_, told), *_ = await search.indexed()
        assert told.revision == 2


def _document(event: ArticleEnriched, revision: int) -> IndexedArticle:
    return build_indexed_article(
        card_of(identified("a"), event),
        content_of(event),
        Links(story_id=identified("a")),
        id=identified("a"),
        version=ArticleVersion(1, revision).pack(),
        url=event.url,
    )


async def test_of_two_enrichments_of_one_revision_the_higher_number_stays(
    redis_url: str, tmp_path: Path
) -> None:
    """Links too, which stand in the article's own document."""
    async with searching(redis_url, tmp_path) as search:
        await search.index(b=enriched("b", title="B"), c=enriched("c", title="C"))
        await search.index(a=enriched("a", links=["c"], number=2))
        await search.index(a=enriched("a", links=["b"], number=1))
        items = (await search.get(f"/v1/articles/{identified('a')}/related"))["items"]
        assert [item["title"] for item in items] == ["C"]


async def test_a_crash_between_the_write_and_the_due_time_of_an_embargo_loses_no_announcement(
    redis_url: str, tmp_path: Path
) -> None:
    """The event comes again, the engine calls it older: what is stored decides, and is due."""
    due = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=3)
    event = enriched("a", title="Secret", published_at=due, revision=1, generation=1)
    index = TantivyIndex(tmp_path / "index")
    await index.open()
    await index.apply([_document(event, 1)])
    await index.aclose()
    async with searching(redis_url, tmp_path) as search:
        await search.redis.delete("search:embargo")
        await search.index(a=event)
        await eventually(lambda: search.found(q="secret"), ["Secret"])

        async def announced() -> object:
            return [told.embargoed_until for _, told in await search.indexed()][-1]

        await eventually(announced, None)


async def test_a_repaired_article_is_taken_where_the_broken_one_is_a_dead_letter(
    redis_url: str,
) -> None:
    """Also under its old revision's content, which never became searchable."""
    async with settled_ingest(redis_url) as ingest:
        broken = await ingest.post()
        dead = {"__data__": encode(envelope(_dead(broken))), "last_error": b"no ink"}
        await ingest.redis.xadd(PUBLISHED.dead, dead)  # type: ignore[arg-type]
        await eventually(lambda: ingest.state(broken.receipt), "dead_lettered")
        again = await ingest.post()
        repaired = await ingest.post(body="Another body.")
        assert again.short == (202, "accepted", 1)
        assert repaired.short == (202, "accepted", 2)
        await ingest.tell(INDEXED, indexed(2, receipt=repaired.receipt))
        await eventually(lambda: ingest.state(repaired.receipt), "searchable")


def _dead(broken: Told) -> ArticlePublished:
    return _published("a").model_copy(update={"receipt": broken.receipt, "url": URL})


async def test_the_next_revision_after_a_withdrawal_is_newer_than_it(
    redis_url: str, tmp_path: Path
) -> None:
    """From DELETE to the index: the withdrawal keeps the revision, so that the next one wins."""
    async with settled_ingest(redis_url) as ingest:
        posted = await ingest.post(revision=4)
        gone = await ingest.delete()
        back = await ingest.post(revision=5, title="Back")
        late = await ingest.post(revision=4)
    assert [one.short for one in (posted, gone, back, late)] == [
        (202, "accepted", 4),
        (202, "accepted", 4),
        (202, "accepted", 5),
        (200, "superseded", 5),
    ]
    async with searching(redis_url, tmp_path) as search:
        await search.index(a=withdrawn("a", revision=4))
        await search.index(a=enriched("a", revision=5, title="Back"))
        await search.index(a=enriched("a", revision=4, title="Late"))
        assert await search.found() == ["Back"]


def _published(name: str) -> ArticlePublished:
    return ArticlePublished(
        publisher="demo",
        url=f"https://publisher.example/{name}",
        revision=1,
        title=name,
        body="A body.",
        published_at=LONG_AGO,
    )
