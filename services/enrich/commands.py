"""Enriching anew and learning from sections, for the operators' command line."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial

import httpx
from redis.asyncio import Redis

from services.enrich.adapters.py3langid_recogniser import Py3langidRecogniser
from services.enrich.adapters.redis_counters import RedisCounters
from services.enrich.adapters.redis_related import RedisMemoryBound, RedisRelatedMemory
from services.enrich.adapters.redis_sections import RedisSections
from services.enrich.adapters.redis_sentences import RedisSentences
from services.enrich.adapters.redis_vocabulary import (
    RedisAgenda,
    RedisDecisions,
    RedisVocabulary,
)
from services.enrich.adapters.search_articles import TIMEOUT_S, SearchArticles
from services.enrich.domain.tags import TaggedText, subject_words
from services.enrich.domain.tags.sections import learn, subject_of_section
from services.enrich.domain.tags.subjects import Weights
from services.enrich.ports import Learned, ListedArticle, MemoryState
from services.enrich.settings import EnrichSettings
from services.enrich.use_cases.enrich_articles import EnrichArticles, as_published
from shared.events import ArticleEnriched, Enrichment
from shared.internal import internal_key
from shared.messaging import connect
from shared.names import nearest


class NothingFoundError(LookupError):
    """What was named is not there; the message says what, and the nearest name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Articles of a publisher, published from and before these moments, enriched by these rules.

    Moments are RFC 3339 in UTC or their beginnings, such as a date; None selects all. A version of
    the rules selects whatever sections were learnt from: "2" is also "2+1".
    """

    publisher: str | None = None
    published_from: str | None = None
    published_before: str | None = None
    algorithm: str | None = None

    def __contains__(self, article: ListedArticle) -> bool:
        return (
            self.publisher in {None, article.publisher}
            and self.algorithm in {None, article.algorithm, article.algorithm.partition("+")[0]}
            and article.published_at >= (self.published_from or "")
            and (self.published_before is None or article.published_at < self.published_before)
        )


@dataclass(frozen=True, slots=True)
class Compared:
    """What an article shows and what it would show if it were enriched anew."""

    id: str
    title: str
    old: Enrichment
    new: Enrichment


async def queue(url: str, search_url: str, selection: Selection) -> AsyncIterator[int]:
    """Make the selected articles due; answers page by page how many they are so far.

    Raises:
        NothingFoundError: there is no article of that publisher.
    """
    async with _parts(url, search_url) as (redis, articles):
        agenda, total = RedisAgenda(redis), 0
        async for chosen in _pages(articles, selection):
            await agenda.add([article.id for article in chosen])
            total += len(chosen)
            yield total


async def memory_state(memory_url: str) -> MemoryState:
    redis = connect(memory_url, retries=0)
    try:
        return await RedisMemoryBound(redis).state()
    finally:
        await redis.aclose()


async def still_due(url: str) -> int:
    redis = connect(url)
    try:
        return await RedisAgenda(redis).length()
    finally:
        await redis.aclose()


async def compare(
    url: str, memory_url: str, search_url: str, selection: Selection, limit: int
) -> AsyncIterator[Compared]:
    """The first of the selected articles, old and new; nothing is changed.

    Raises:
        NothingFoundError: there is no article of that publisher.
    """
    settings = EnrichSettings()
    async with _parts(url, search_url) as (redis, articles), connect(memory_url) as memory:
        enrich = EnrichArticles(
            RedisRelatedMemory(memory),
            RedisSentences(memory),
            RedisCounters(redis),
            RedisDecisions(redis),
            RedisVocabulary(memory),
            RedisSections(redis),
            RedisAgenda(redis),
            Py3langidRecogniser(),
            max_tags=settings.max_tags,
            profiles=settings.reading_profiles,
        )
        async for event, article_id in _selected(articles, selection, limit):
            stored = await articles.get(article_id)
            if stored:
                new = await enrich.preview(as_published(stored))
                yield Compared(article_id, event.title, event.enrichment, new)


async def learn_sections(url: str, search_url: str, publisher: str, limit: int) -> Learned:
    """Keep what the publisher's sections teach, as the next version of its snapshot.

    Who learns the same again stays at its version.

    Raises:
        NothingFoundError: there is no such publisher, or none of its sections is called like a
            subject.
    """
    selection = Selection(publisher=publisher)
    examples = []
    async with _parts(url, search_url) as (redis, articles):
        async for event, _ in _selected(articles, selection, limit):
            language = event.enrichment.language
            subject = subject_of_section(event.categories, language)
            if subject:
                text = TaggedText(event.title, event.summary or "", event.body, language)
                examples.append((subject, subject_words(text)))
        if not examples:
            raise NothingFoundError(f"no section of {publisher} is called like a subject")
        return await _keep(redis, publisher, learn(examples))


async def forget_sections(url: str, publisher: str) -> Learned:
    """Keep an empty snapshot as the next version: subjects are found as before anything was learnt.

    Raises:
        NothingFoundError: nothing was learnt from this publisher.
    """
    redis = connect(url)
    try:
        (before,) = await RedisSections(redis).of([publisher])
        if not before.weights:
            raise NothingFoundError(f"nothing was learnt from {publisher!r}")
        return await _keep(redis, publisher, {})
    finally:
        await redis.aclose()


async def _keep(redis: Redis, publisher: str, weights: Weights) -> Learned:
    sections = RedisSections(redis)
    (before,) = await sections.of([publisher])
    if before.weights == weights:
        return before
    learned = Learned(before.version + 1, weights)
    await sections.keep(publisher, learned)
    return learned


async def _selected(
    articles: SearchArticles, selection: Selection, limit: int
) -> AsyncIterator[tuple[ArticleEnriched, str]]:
    found = 0
    async for chosen in _pages(articles, selection):
        for listed in chosen:
            if found == limit:
                return
            stored = await articles.get(listed.id)
            if stored and isinstance(stored.event, ArticleEnriched):
                found += 1
                yield stored.event, listed.id


async def _pages(
    articles: SearchArticles, selection: Selection
) -> AsyncIterator[list[ListedArticle]]:
    publishers: set[str] = set()
    async for page in articles.all():
        publishers.update(article.publisher for article in page)
        yield [article for article in page if article in selection]
    if selection.publisher is not None and selection.publisher not in publishers:
        meant = nearest(selection.publisher, publishers)
        hint = f"; nearest: {meant}" if meant else ""
        raise NothingFoundError(f"there is no article of publisher {selection.publisher!r}{hint}")


@asynccontextmanager
async def _parts(url: str, search_url: str) -> AsyncIterator[tuple[Redis, SearchArticles]]:
    redis = connect(url)
    try:
        async with httpx.AsyncClient(base_url=search_url, timeout=TIMEOUT_S) as client:
            yield redis, SearchArticles(client, partial(internal_key, redis))
    finally:
        await redis.aclose()
