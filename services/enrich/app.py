"""The enrich service put together: every side effect is made and passed here."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial

import httpx
from fastapi import FastAPI
from redis.asyncio import Redis
from redis.exceptions import RedisError

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
from services.enrich.consumer import (
    PublishedHandler,
    bound_for_ever,
    publisher,
    rebuild_for_ever,
    reenrich_for_ever,
)
from services.enrich.settings import EnrichSettings
from services.enrich.use_cases.apply_decisions import ApplyDecisions
from services.enrich.use_cases.enrich_articles import EnrichArticles, WithdrawArticles
from services.enrich.use_cases.rebuild_memory import RebuildMemory
from services.enrich.use_cases.reenrich_articles import ReenrichArticles
from services.enrich.use_cases.restore_decisions import RestoreDecisions
from shared.background import Background
from shared.http import install
from shared.internal import internal_key
from shared.messaging import ConsumerOptions, StreamConsumer, Subscription, connect
from shared.streams import PUBLISHED
from shared.telemetry import Metrics
from shared.version import VERSION
from shared.workers import Workers, sanitise_in

READY_TIMEOUT_S = 2


def create_app(settings: EnrichSettings | None = None) -> FastAPI:
    """The service as an application; it consumes while its lifespan lasts."""
    settings = settings or EnrichSettings()
    url = settings.redis_url.get_secret_value()
    metrics = Metrics()
    redis, memory = connect(url), connect(settings.memory_url)
    asked = httpx.AsyncClient(base_url=settings.search, timeout=TIMEOUT_S)
    workers = Workers(preload=["shared.safe_html"])
    parts = _wire(settings, redis, memory, asked, workers)
    bound = RedisMemoryBound(memory, share=settings.memory_share)
    consumer = StreamConsumer(
        url,
        [Subscription(PUBLISHED, "enrich", parts.handler)],
        metrics=metrics,
        # One batch must be done well within the claim time, on a busy machine too.
        options=ConsumerOptions(
            batch_size=40,
            claim_idle_ms=settings.claim_idle_ms,
            retention_s=settings.retention_s,
        ),
    )

    background = Background(metrics)

    async def ready() -> Mapping[str, str | None]:
        return {
            "redis": await _wrong_with(redis),
            "memory": await _wrong_with(memory),
            "consumer": consumer.not_ready(),
            "background": background.not_ready(),
        }

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            stack.push_async_callback(redis.aclose)
            stack.push_async_callback(memory.aclose)
            stack.push_async_callback(asked.aclose)
            stack.push_async_callback(workers.close)
            await consumer.start()
            stack.push_async_callback(consumer.stop)
            stack.push_async_callback(background.stop)
            start = background.start
            start("enriching anew", partial(reenrich_for_ever, parts.restore, parts.reenrich))
            start("memory", partial(rebuild_for_ever, parts.restore, parts.rebuild))
            start("bound of the memory", partial(bound_for_ever, bound, metrics))
            yield

    # No pages on its few addresses: FastAPI's own would load scripts from elsewhere.
    app = FastAPI(
        title="Dateline enrich",
        version=VERSION,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
    )
    install(app, service="enrich", metrics=metrics, ready=ready)
    return app


@dataclass(frozen=True, slots=True)
class _Parts:
    handler: PublishedHandler
    restore: RestoreDecisions
    reenrich: ReenrichArticles
    rebuild: RebuildMemory


def _wire(
    settings: EnrichSettings,
    redis: Redis,
    memory_redis: Redis,
    asked: httpx.AsyncClient,
    workers: Workers,
) -> _Parts:
    """`redis` holds the streams and what events are handed over by, `memory_redis` the rest."""
    counters, agenda, decisions = RedisCounters(redis), RedisAgenda(redis), RedisDecisions(redis)
    memory = RedisRelatedMemory(memory_redis)
    vocabulary = RedisVocabulary(memory_redis, pause_s=settings.vocabulary_pause_s)
    enrich = EnrichArticles(
        memory,
        RedisSentences(memory_redis),
        counters,
        decisions,
        vocabulary,
        RedisSections(redis),
        agenda,
        Py3langidRecogniser(),
        max_tags=settings.max_tags,
        profiles=settings.reading_profiles,
        half_lives=settings.half_lives,
        make_safe=partial(sanitise_in, workers),
    )
    articles = SearchArticles(asked, partial(internal_key, redis))
    restore = RestoreDecisions(counters, articles, decisions)
    handler = PublishedHandler(
        enrich,
        WithdrawArticles(memory, counters, vocabulary, agenda),
        ApplyDecisions(decisions, vocabulary, agenda),
        restore,
    )
    return _Parts(
        handler,
        restore,
        ReenrichArticles(agenda, articles, counters, vocabulary, enrich, publisher(redis)),
        RebuildMemory(counters, articles, decisions, memory, agenda, enrich),
    )


async def _wrong_with(redis: Redis) -> str | None:
    try:
        async with asyncio.timeout(READY_TIMEOUT_S):
            await redis.ping()
    except (RedisError, OSError) as error:
        return str(error) or type(error).__name__
    return None
