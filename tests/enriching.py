"""The use case of enrich on a real Redis, without a stream."""

from datetime import datetime

from redis.asyncio import Redis

from services.enrich.adapters.py3langid_recogniser import Py3langidRecogniser
from services.enrich.adapters.redis_counters import RedisCounters
from services.enrich.adapters.redis_related import RedisRelatedMemory
from services.enrich.adapters.redis_sections import RedisSections
from services.enrich.adapters.redis_sentences import RedisSentences
from services.enrich.adapters.redis_vocabulary import RedisAgenda, RedisDecisions, RedisVocabulary
from services.enrich.use_cases.enrich_articles import EnrichArticles
from shared.events import ArticleEnriched, ArticlePublished, Envelope, wrap
from tests.news import START


def enricher(redis: Redis) -> EnrichArticles:
    return EnrichArticles(
        RedisRelatedMemory(redis),
        RedisSentences(redis),
        RedisCounters(redis),
        RedisDecisions(redis),
        RedisVocabulary(redis),
        RedisSections(redis),
        RedisAgenda(redis),
        Py3langidRecogniser(),
    )


def published(
    name: str,
    title: str,
    body: str,
    *,
    publisher: str = "p",
    revision: int = 1,
    at: datetime = START,
) -> Envelope:
    event = ArticlePublished(
        publisher=publisher,
        url=f"https://publisher.example/{name}",
        revision=revision,
        generation=1,
        title=title,
        body=body,
        language="en",
        published_at=at,
    )
    return wrap(event, source="test", subject=name)


async def enriched(enrich: EnrichArticles, article: Envelope) -> tuple[Envelope, ArticleEnriched]:
    """What is handed over, and the event in it."""
    (handed,) = await enrich([article])
    assert not isinstance(handed, Exception)
    (envelope,) = handed.envelopes
    assert isinstance(envelope.event, ArticleEnriched)
    return envelope, envelope.event
