"""The composition root of search: every side effect is made here and passed on."""

import asyncio
import logging
import secrets
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

from fastapi import APIRouter, Depends, FastAPI
from fastapi.middleware.cors import CORSMiddleware
from fastapi.middleware.gzip import GZipMiddleware
from fastapi_offline import FastAPIOffline
from redis.asyncio import Redis
from redis.exceptions import RedisError

from services.search.adapters.crawler_user_agents import is_bot
from services.search.adapters.redis_announcements import RedisAnnouncements
from services.search.adapters.redis_audit_requests import RedisAuditRequests
from services.search.adapters.redis_embargoes import RedisEmbargoes
from services.search.adapters.redis_generation import RedisGeneration
from services.search.adapters.redis_indexed_log import RedisIndexedLog
from services.search.adapters.redis_queries import RedisQueries
from services.search.adapters.redis_read_keys import RedisReadKeys
from services.search.adapters.redis_rebuild_orders import RedisRebuildOrders
from services.search.adapters.redis_turns import RedisTurns
from services.search.adapters.redis_views import RedisViews
from services.search.adapters.redis_write_log import RedisWriteLog
from services.search.adapters.websub_hub import WebSubHub
from services.search.api import instantsearch, internal, live, reading, searching
from services.search.api.document import type_defaults
from services.search.api.doorkeeper import Doorkeeper
from services.search.consumer import subscriptions
from services.search.ports import IndexedLog, IndexUnavailableError, SearchIndex, Turns
from services.search.settings import SearchSettings
from services.search.use_cases.announce_articles import AnnounceArticles
from services.search.use_cases.answer_audits import AnswerAudits
from services.search.use_cases.count_queries import CountQueries
from services.search.use_cases.find_articles import FindArticles
from services.search.use_cases.follow_articles import FollowArticles
from services.search.use_cases.index_articles import IndexArticles
from services.search.use_cases.keep_generation import KeepGeneration
from services.search.use_cases.keep_schema import KeepSchema
from services.search.use_cases.lexicon import Lexicon
from services.search.use_cases.read_articles import ReadArticles
from services.search.use_cases.read_originals import ReadOriginals
from services.search.use_cases.rebuild_index import RebuildIndex
from services.search.use_cases.suggest_names import SuggestNames
from services.search.use_cases.tag_names import TagNames
from services.search.use_cases.tell_hub import TellHub
from services.search.web.feeds import MEDIA_TYPES
from services.search.web.router import create_router as create_site
from shared.background import Background
from shared.http import install
from shared.internal import internal_key
from shared.messaging import ConsumerOptions, StreamConsumer, connect
from shared.telemetry import Metrics
from shared.version import VERSION

log = logging.getLogger(__name__)

LOCAL_ORIGINS = r"http://(localhost|127\.0\.0\.1)(:\d+)?"
EXPOSED_HEADERS = ["ETag", "Link", "Retry-After", "Server-Timing", "X-Request-Id"]
READY_TIMEOUT_S = 2.0
OPEN_PAUSE_S = 1.0


def create_app(
    settings: SearchSettings | None = None,
    *,
    index: SearchIndex | None = None,
    options: ConsumerOptions | None = None,
) -> FastAPI:
    """The search service: its consumers run while the application does."""
    settings = settings or SearchSettings()
    service = _Service.of(settings, index or _index(settings), options)
    app = FastAPIOffline(
        title="Dateline search",
        version=VERSION,
        description="Articles by words, filters and time, and everything a news site shows.",
        lifespan=service.lifespan,
        redoc_url=None,
    )
    for router in service.query_api():
        app.include_router(router, dependencies=[Depends(service.doorkeeper.admit)])
    app.include_router(internal.create_router(service.read_originals, service.internal_key))
    app.include_router(create_site(app, settings.site, service.doorkeeper.own_secret))
    _add_middleware(app, settings)
    app.state.on_stop = service.follow_articles.stop
    type_defaults(app)
    install(app, service="search", metrics=service.metrics, ready=service.ready)
    return app


def _add_middleware(app: FastAPI, settings: SearchSettings) -> None:
    app.add_middleware(GZipMiddleware, minimum_size=1024, compresslevel=5)
    app.add_middleware(
        CORSMiddleware,
        allow_origins=settings.origins or [],
        allow_origin_regex=LOCAL_ORIGINS if settings.origins is None else None,
        allow_methods=["GET", "POST"],
        allow_headers=["*"],
        expose_headers=EXPOSED_HEADERS,
        max_age=3600,
    )


def _index(settings: SearchSettings) -> SearchIndex:
    """The engine that the settings choose; the other one is not even imported."""
    if settings.opensearch_url:
        from services.search.adapters.opensearch_index.connection import Access  # noqa: PLC0415
        from services.search.adapters.opensearch_index.index import OpenSearchIndex  # noqa: PLC0415

        access = Access(
            urls=tuple(settings.opensearch_url.split(",")),
            user=settings.opensearch_user or None,
            password=settings.opensearch_password.get_secret_value(),
            certificate_authority=settings.opensearch_ca or None,
        )
        return OpenSearchIndex(access)
    from services.search.adapters.tantivy_index import TantivyIndex  # noqa: PLC0415

    return TantivyIndex(settings.state_dir / "index")


@dataclass(kw_only=True)
class _Service:
    """Everything that runs, wired."""

    redis: Redis
    index: SearchIndex
    metrics: Metrics
    lexicon: Lexicon
    announce_articles: AnnounceArticles
    answer_audits: AnswerAudits
    keep_generation: KeepGeneration
    keep_schema: KeepSchema
    find_articles: FindArticles
    read_articles: ReadArticles
    count_queries: CountQueries
    read_originals: ReadOriginals
    suggest_names: SuggestNames
    follow_articles: FollowArticles
    tell_hub: TellHub | None
    doorkeeper: Doorkeeper
    background: Background
    new_consumer: Callable[[], StreamConsumer]
    consumer: StreamConsumer | None = field(default=None)

    @classmethod
    def of(
        cls, settings: SearchSettings, index: SearchIndex, options: ConsumerOptions | None
    ) -> "_Service":
        url = settings.redis_url.get_secret_value()
        redis, metrics = connect(url), Metrics()
        schedule, announcements = RedisEmbargoes(redis), RedisAnnouncements(redis)
        announce = AnnounceArticles(index, schedule, announcements)
        generations, write_log = RedisGeneration(redis), RedisWriteLog(redis)
        keep = KeepGeneration(index, generations, announcements, announce)
        rebuild = RebuildIndex(index, write_log, generations)
        lexicon = Lexicon(index)
        tags = TagNames(index)
        index_articles = IndexArticles(index, schedule, keep.decided, lexicon.learn)
        options = options or ConsumerOptions(
            claim_idle_ms=settings.claim_idle_ms, retention_s=settings.retention_s
        )
        subscribed = subscriptions(index_articles, metrics)
        find = FindArticles(index, lexicon, tags, _cursor_key(keep))
        views = RedisViews(redis, window_s=settings.view_window_s)
        read = ReadArticles(index, views, is_bot)
        log = RedisIndexedLog(redis)
        return cls(
            redis=redis,
            index=index,
            metrics=metrics,
            lexicon=lexicon,
            announce_articles=announce,
            answer_audits=AnswerAudits(index, RedisAuditRequests(redis), announce),
            keep_generation=keep,
            keep_schema=KeepSchema(index, RedisRebuildOrders(redis), rebuild),
            find_articles=find,
            read_articles=read,
            count_queries=CountQueries(RedisQueries(redis), is_bot, at_least=settings.popular_from),
            read_originals=ReadOriginals(index),
            suggest_names=SuggestNames(index, lexicon, tags),
            follow_articles=FollowArticles(
                find,
                read,
                log,
                limit=settings.live_connections,
                per_client=settings.live_connections_per_client,
            ),
            doorkeeper=Doorkeeper(
                RedisReadKeys(redis) if settings.read_keys else None, settings.read_rate_per_second
            ),
            tell_hub=_tell_hub(settings, log, RedisTurns(redis)),
            background=Background(metrics),
            new_consumer=lambda: StreamConsumer(url, subscribed, metrics=metrics, options=options),
        )

    def query_api(self) -> tuple[APIRouter, ...]:
        """What frontends ask."""
        find, read = self.find_articles, self.read_articles
        return (
            searching.create_router(find, read, self.count_queries),
            reading.create_router(read, self.suggest_names),
            instantsearch.create_router(find, read),
            live.create_router(self.follow_articles),
        )

    @asynccontextmanager
    async def lifespan(self, _: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            stack.push_async_callback(self.redis.aclose)
            stack.push_async_callback(self.index.aclose)
            stack.push_async_callback(self._stop)
            # Health answers, and says what is missing, while the engine is still on its way.
            self.background.start("start", self._start)
            yield

    async def _start(self) -> None:
        await self._open_index()
        start = self.background.start
        start("schema", self.keep_schema.run)
        start("audits", self.answer_audits.run)
        start("generation", self.keep_generation.run)
        start("embargoes", self.announce_articles.run)
        start("vocabulary", self.lexicon.run)
        start("followers", self.follow_articles.run)
        if self.tell_hub:
            start("hub", self.tell_hub.run)
        await self.keep_schema.current.wait()
        self.consumer = self.new_consumer()
        await self.consumer.start()

    async def _stop(self) -> None:
        await self.background.stop()
        if self.consumer:
            await self.consumer.stop()

    async def _open_index(self) -> None:
        """Wait for the engine; a time limit is the orchestrator's to set."""
        while True:
            try:
                await self.index.open()
            except IndexUnavailableError as error:
                log.warning("waiting for the index: %s", error)
                await asyncio.sleep(OPEN_PAUSE_S)
            else:
                return

    async def ready(self) -> Mapping[str, str | None]:
        """What is wrong with each part that search needs."""
        redis, index = await asyncio.gather(self._ask_redis(), self._ask_index())
        return {
            "redis": redis,
            "index": index,
            "generation": self.keep_generation.not_ready,
            "consumer": self._not_consuming(),
            "background": self.background.not_ready(),
        }

    def _not_consuming(self) -> str | None:
        if self.consumer:
            return self.consumer.not_ready()
        if self.keep_schema.rebuilding:
            return None  # Readers are served from the index as it is; what comes waits in the log.
        return self.keep_schema.not_ready or "not started"

    async def internal_key(self) -> str:
        return await internal_key(self.redis)

    async def _ask_redis(self) -> str | None:
        try:
            async with asyncio.timeout(READY_TIMEOUT_S):
                await self.redis.ping()
        except (RedisError, OSError) as error:
            return str(error) or type(error).__name__
        return None

    async def _ask_index(self) -> str | None:
        try:
            async with asyncio.timeout(READY_TIMEOUT_S):
                await self.index.read_marker()
        except (IndexUnavailableError, TimeoutError) as error:
            return str(error) or "no answer in time"
        return None


def _tell_hub(settings: SearchSettings, log: IndexedLog, turns: Turns) -> TellHub | None:
    if not settings.websub_hub:
        return None
    topics = [f"{settings.site.public_url}/{feed}" for feed in MEDIA_TYPES]
    return TellHub(
        log, WebSubHub(settings.websub_hub), turns, topics, pause_s=settings.websub_pause_s
    )


def _cursor_key(keep: KeepGeneration) -> Callable[[], bytes]:
    """The pair of Redis and index signs cursors: all replicas know it, and nobody outside."""
    until_known = secrets.token_bytes(16)
    return lambda: keep.marker.pair.encode() if keep.marker else until_known
