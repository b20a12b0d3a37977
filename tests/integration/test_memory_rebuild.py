"""After a loss of its Redis the memory is filled again from the index, and nothing is published."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field

import pytest
from redis.asyncio import Redis

from services.enrich.adapters.redis_counters import GENERATION, RedisCounters
from services.enrich.adapters.redis_related import RedisRelatedMemory
from services.enrich.adapters.redis_vocabulary import RedisAgenda, RedisDecisions
from services.enrich.domain.curation import NOT_CURATED
from services.enrich.domain.vocabulary import NO_RULINGS
from services.enrich.ports import ListedArticle
from services.enrich.use_cases.enrich_articles import EnrichArticles
from services.enrich.use_cases.rebuild_memory import RebuildMemory
from shared.events import ArticleEnriched, Envelope
from shared.streams import ENRICHED
from tests.enriching import enriched, enricher, published
from tests.news import changed, story_text

WIRE = story_text(3, 1, length=300)
BODIES = {
    "one": f"Zeppelin Works said so. {story_text(1, 1)}",
    "two": f"Zeppelin Works said so. {story_text(1, 2)}",
    "wire": WIRE,
    "paper": changed(WIRE, 0.02),
}


@dataclass
class Index:
    """Holds what was published last, as search does."""

    stored: dict[str, Envelope] = field(default_factory=dict)

    async def all(self) -> AsyncIterator[list[ListedArticle]]:
        for article_id in sorted(self.stored):
            yield [ListedArticle(article_id, "p", "2025", "7", NOT_CURATED, NO_RULINGS)]

    async def get(self, article_id: str) -> Envelope | None:
        return self.stored.get(article_id)


@dataclass
class Parts:
    redis: Redis
    index: Index
    memory: RedisRelatedMemory
    decisions: RedisDecisions
    agenda: RedisAgenda
    enrich: EnrichArticles
    rebuild: RebuildMemory


@pytest.fixture
async def parts(redis: Redis) -> Parts:
    await redis.set(GENERATION, "pair:1")
    await RedisRelatedMemory(redis).note_holding(1)
    index, memory = Index(), RedisRelatedMemory(redis)
    counters, decisions, agenda = RedisCounters(redis), RedisDecisions(redis), RedisAgenda(redis)
    enrich = enricher(redis)
    rebuild = RebuildMemory(counters, index, decisions, memory, agenda, enrich)
    parts = Parts(redis, index, memory, decisions, agenda, enrich, rebuild)
    await publish(parts, *(told(name) for name in BODIES))
    return parts


def told(name: str, *, revision: int = 1, body: str | None = None) -> Envelope:
    return published(name, "Zeppelin Works", body or BODIES[name], revision=revision)


async def publish(parts: Parts, *articles: Envelope) -> Sequence[ArticleEnriched]:
    found = []
    for article in articles:
        envelope, event = await enriched(parts.enrich, article)
        parts.index.stored[article.subject] = envelope
        found.append(event)
    return found


async def lose_memory(parts: Parts) -> None:
    for pattern in (b"{rel}*", b"{tags}:of:*", b"{tags}:articles:*", b"{tags}:forms:*"):
        async for name in parts.redis.scan_iter(pattern):
            await parts.redis.delete(name)


async def vocabulary(redis: Redis) -> dict[bytes, object]:
    names = sorted([name async for name in redis.scan_iter(b"{tags}:forms:*")])
    return {name: await redis.hgetall(name) for name in names}


async def test_after_a_loss_all_is_remembered_and_nothing_published(parts: Parts) -> None:
    before = await vocabulary(parts.redis)
    assert before
    await lose_memory(parts)
    assert await parts.rebuild()
    assert await vocabulary(parts.redis) == before
    assert not await parts.rebuild()
    assert await parts.redis.xlen(ENRICHED.name) == 0
    assert await parts.agenda.length() == 0
    (three,) = await publish(parts, told("three", body=story_text(1, 3)))
    assert {link.id for link in three.links} == {"one", "two"}
    assert three.story_id == "one"
    (copy,) = await publish(parts, told("copy", body=changed(WIRE, 0.02, 7)))
    assert (copy.copy_of, copy.story_id) == ("wire", "wire")


async def test_what_is_enriched_meanwhile_is_not_set_back(parts: Parts) -> None:
    await lose_memory(parts)
    old = dict(parts.index.stored)
    await publish(parts, told("one", revision=2, body=story_text(8, 1)))
    parts.index.stored = old
    await parts.rebuild()
    (two,) = await publish(parts, told("other", body=story_text(1, 9)))
    assert {link.id for link in two.links} == {"two"}
    # It was linked while others lacked.
    assert await parts.agenda.take(10) == ["one"]


async def test_before_search_has_set_a_generation_nothing_is_rebuilt(parts: Parts) -> None:
    await lose_memory(parts)
    await parts.redis.delete(GENERATION)
    assert not await parts.rebuild()
    assert await parts.memory.missing(["one"]) == {"one"}


async def test_a_rebuild_makes_due_what_does_not_follow_a_decision(parts: Parts) -> None:
    event = parts.index.stored["one"].event
    assert isinstance(event, ArticleEnriched)
    tag = event.enrichment.tags[0]
    shown = {
        name
        for name, envelope in parts.index.stored.items()
        if isinstance(envelope.event, ArticleEnriched)
        and tag.slug in {each.slug for each in envelope.event.enrichment.tags}
    }
    await parts.decisions.rename(tag.slug, "Airships", 1)
    await lose_memory(parts)
    await parts.rebuild()
    assert set(await parts.agenda.take(10)) == shown
