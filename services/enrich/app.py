"""The enrich service put together: every side effect is made and passed here."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial

import httpx
from fastapi import FastAPI
from redis.asyncio import Redis
from redis.exceptions import RedisError

from services.enrich.adapters.py3langid_recogniser import Py3langidRecogniser
from services.enrich.adapters.redis_counters import RedisCounters
from services.enrich.adapters.redis_related import RedisRelatedMemory
from services.enrich.adapters.redis_sections import RedisSections
from services.enrich.adapters.redis_vocabulary import (
    RedisAgenda,
    RedisDecisions,
    RedisVocabulary,
)
from services.enrich.adapters.search_articles import TIMEOUT_S, SearchArticles
from services.enrich.consumer import (
    REFRESH_S,
    PublishedHandler,
    publisher,
    reenrich_for_ever,
    refresh_for_ever,
)
from services.enrich.settings import EnrichSettings
from services.enrich.use_cases.apply_decisions import ApplyDecisions
from services.enrich.use_cases.enrich_articles import (
    EnrichArticles,
    RefreshRelated,
    WithdrawArticles,
)
from services.enrich.use_cases.reenrich_articles import ReenrichArticles
from services.enrich.use_cases.restore_decisions import RestoreDecisions
from shared.background import cancel
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
    redis = connect(url)
    asked = httpx.AsyncClient(base_url=settings.search, timeout=TIMEOUT_S)
    memory = RedisRelatedMemory(redis, shown=settings.max_related, pause_s=settings.refresh_pause_s)
    workers = Workers(preload=["shared.safe_html"])
    handler, restore, reenrich = _wire(settings, redis, memory, asked, workers)
    consumer = StreamConsumer(
        url,
        [Subscription(PUBLISHED, "enrich", handler)],
        metrics=metrics,
        # One batch must be done well within the claim time, on a busy machine too.
        options=ConsumerOptions(
            batch_size=40,
            claim_idle_ms=settings.claim_idle_ms,
            retention_s=settings.retention_s,
        ),
    )

    async def ready() -> Mapping[str, str | None]:
        return {"redis": await _wrong_with(redis), "consumer": consumer.not_ready()}

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            stack.push_async_callback(redis.aclose)
            stack.push_async_callback(asked.aclose)
            stack.push_async_callback(workers.close)
            await consumer.start()
            stack.push_async_callback(consumer.stop)
            pause_s = min(REFRESH_S, settings.refresh_pause_s)
            background = [
                asyncio.create_task(refresh_for_ever(redis, RefreshRelated(memory), pause_s)),
                asyncio.create_task(reenrich_for_ever(restore, reenrich)),
            ]
            stack.push_async_callback(cancel, background)
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


def _wire(
    settings: EnrichSettings,
    redis: Redis,
    memory: RedisRelatedMemory,
    asked: httpx.AsyncClient,
    workers: Workers,
) -> tuple[PublishedHandler, RestoreDecisions, ReenrichArticles]:
    counters, agenda = RedisCounters(redis), RedisAgenda(redis)
    decisions = RedisDecisions(redis)
    vocabulary = RedisVocabulary(redis, pause_s=settings.vocabulary_pause_s)
    enrich = EnrichArticles(
        memory,
        counters,
        decisions,
        vocabulary,
        RedisSections(redis),
        Py3langidRecogniser(),
        max_tags=settings.max_tags,
        profiles=settings.reading_profiles,
        half_lives=settings.half_lives,
        make_safe=partial(sanitise_in, workers),
    )
    articles = SearchArticles(asked, partial(internal_key, redis))
    restore = RestoreDecisions(counters, articles, decisions, memory, agenda)
    handler = PublishedHandler(
        enrich,
        WithdrawArticles(memory, counters, vocabulary),
        ApplyDecisions(decisions, memory, agenda),
        restore,
    )
    reenrich = ReenrichArticles(agenda, articles, counters, vocabulary, enrich, publisher(redis))
    return handler, restore, reenrich


async def _wrong_with(redis: Redis) -> str | None:
    try:
        async with asyncio.timeout(READY_TIMEOUT_S):
            await redis.ping()
    except (RedisError, OSError) as error:
        return str(error) or type(error).__name__
    return None
