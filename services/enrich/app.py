"""The enrich service put together: every side effect is made and passed here."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from fastapi import FastAPI
from redis.asyncio import Redis
from redis.exceptions import RedisError

from services.enrich.adapters.py3langid_recogniser import Py3langidRecogniser
from services.enrich.adapters.redis_counters import RedisCounters
from services.enrich.adapters.redis_related import RedisRelatedMemory
from services.enrich.consumer import REFRESH_S, PublishedHandler, refresh_for_ever
from services.enrich.settings import EnrichSettings
from services.enrich.use_cases import EnrichArticles, RefreshRelated, WithdrawArticles
from shared.background import cancel
from shared.http import install
from shared.messaging import ConsumerOptions, StreamConsumer, Subscription, connect
from shared.streams import PUBLISHED
from shared.telemetry import Metrics
from shared.version import VERSION

READY_TIMEOUT_S = 2


def create_app(settings: EnrichSettings | None = None) -> FastAPI:
    """The service as an application; it consumes while its lifespan lasts."""
    settings = settings or EnrichSettings()
    url = settings.redis_url.get_secret_value()
    metrics = Metrics()
    redis = connect(url)
    memory = RedisRelatedMemory(redis, shown=settings.max_related, pause_s=settings.refresh_pause_s)
    counters = RedisCounters(redis)
    enrich = EnrichArticles(
        memory,
        counters,
        Py3langidRecogniser(),
        max_tags=settings.max_tags,
        profiles=settings.reading_profiles,
    )
    handler = PublishedHandler(enrich, WithdrawArticles(memory, counters))
    consumer = StreamConsumer(
        url,
        [Subscription(PUBLISHED, "enrich", handler)],
        metrics=metrics,
        # One batch must be done well within the claim time, on a busy machine too.
        options=ConsumerOptions(
            batch_size=20,
            claim_idle_ms=settings.claim_idle_ms,
            retention_s=settings.retention_s,
        ),
    )

    async def ready() -> Mapping[str, str | None]:
        return {"redis": await _wrong_with(redis), "consumer": consumer.not_ready()}

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        pause_s = min(REFRESH_S, settings.refresh_pause_s)
        await consumer.start()
        refreshing = asyncio.create_task(refresh_for_ever(redis, RefreshRelated(memory), pause_s))
        yield
        await cancel([refreshing])
        await consumer.stop()
        await redis.aclose()

    app = FastAPI(title="Dateline enrich", version=VERSION, lifespan=lifespan)
    install(app, service="enrich", metrics=metrics, ready=ready)
    return app


async def _wrong_with(redis: Redis) -> str | None:
    try:
        async with asyncio.timeout(READY_TIMEOUT_S):
            await redis.ping()
    except (RedisError, OSError) as error:
        return str(error) or type(error).__name__
    return None
