"""The composition root of search: every side effect is made here and passed on."""

import asyncio
import logging
import secrets
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

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
from services.search.adapters.redis_shared_views import RedisSharedViews
from services.search.adapters.redis_synonyms import RedisSynonyms
from services.search.adapters.redis_turns import RedisTurns
from services.search.adapters.redis_views import RedisViews
from services.search.adapters.redis_write_log import RedisWriteLog
from services.search.adapters.websub_hub import WebSubHub
from services.search.api import instantsearch, internal, live, reading, searching
from services.search.api.document import type_defaults
from services.search.api.doorkeeper import Doorkeeper
from services.search.consumer import subscriptions
from services.search.ports import IndexedLog, IndexUnavailableError, SearchIndex, Turns
from services.search.settings import Role, SearchSettings
from services.search.use_cases.announce_articles import AnnounceArticles
from services.search.use_cases.answer_audits import AnswerAudits
from services.search.use_cases.count_queries import CountQueries
from services.search.use_cases.count_values import CountValues
from services.search.use_cases.find_articles import FindArticles
from services.search.use_cases.follow_articles import FollowArticles
from services.search.use_cases.index_articles import IndexArticles
from services.search.use_cases.keep_generation import KeepGeneration
from services.search.use_cases.keep_schema import KeepSchema
from services.search.use_cases.maintain_index import MaintainIndex
from services.search.use_cases.read_articles import ReadArticles
from services.search.use_cases.read_originals import ReadOriginals
from services.search.use_cases.read_synonyms import ReadSynonyms
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
    redis = connect(settings.redis_url.get_secret_value())
    service = _Service.of(settings, redis, index or _index(settings, redis), options)
    app = FastAPIOffline(
        title="Dateline search",
        version=VERSION,
        description="Articles by words, filters and time, and everything a news site shows.",
        lifespan=service.lifespan,
        redoc_url=None,
    )
    if Role.API in settings.roles:
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


def _index(settings: SearchSettings, redis: Redis) -> SearchIndex:
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
        return OpenSearchIndex(
            access,
            shards=settings.opensearch_shards,
            replicas=settings.opensearch_replicas,
            views=RedisSharedViews(redis),
        )
    from services.search.adapters.tantivy_index import TantivyIndex  # noqa: PLC0415

    return TantivyIndex(settings.state_dir / "index")


@dataclass(kw_only=True)
class _Service:
    """Everything that runs, wired."""

    roles: frozenset[Role]
    redis: Redis
    index: SearchIndex
    metrics: Metrics
    announce_articles: AnnounceArticles
    answer_audits: AnswerAudits
    keep_generation: KeepGeneration
    keep_schema: KeepSchema
    maintain_index: MaintainIndex
    find_articles: FindArticles
    read_articles: ReadArticles
    read_synonyms: ReadSynonyms
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
        cls,
        settings: SearchSettings,
        redis: Redis,
        index: SearchIndex,
        options: ConsumerOptions | None,
    ) -> "_Service":
        url = settings.redis_url.get_secret_value()
        metrics, turns = Metrics(), RedisTurns(redis)
        schedule, announcements = RedisEmbargoes(redis), RedisAnnouncements(redis)
        announce = AnnounceArticles(index, schedule, announcements)
        generations, write_log = RedisGeneration(redis), RedisWriteLog(redis)
        keep = KeepGeneration(index, generations, announcements, announce)
        rebuild = RebuildIndex(index, write_log, generations)
        index_articles = IndexArticles(index, schedule, keep.decided)
        options = options or ConsumerOptions(
            batch_size=500,
            # While one batch waits for the refresh that shows it, others are written.
            in_flight=4,
            claim_idle_ms=settings.claim_idle_ms,
            retention_s=settings.retention_s,
        )
        subscribed = subscriptions(index_articles, metrics)
        counts, tags = CountValues(index), TagNames(index)
        synonyms = ReadSynonyms(RedisSynonyms(redis))
        find = FindArticles(index, counts, tags, synonyms.sets, _cursor_key(keep))
        views = RedisViews(redis, window_s=settings.view_window_s)
        read = ReadArticles(index, views, is_bot, most_related=settings.max_related)
        log = RedisIndexedLog(redis)
        return cls(
            roles=settings.roles,
            redis=redis,
            index=index,
            metrics=metrics,
            announce_articles=announce,
            answer_audits=AnswerAudits(index, RedisAuditRequests(redis), announce),
            keep_generation=keep,
            keep_schema=KeepSchema(index, RedisRebuildOrders(redis), rebuild),
            maintain_index=MaintainIndex(index, turns),
            find_articles=find,
            read_articles=read,
            read_synonyms=synonyms,
            count_queries=CountQueries(RedisQueries(redis), is_bot, at_least=settings.popular_from),
            read_originals=ReadOriginals(index),
            suggest_names=SuggestNames(index, counts, tags),
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
            tell_hub=_tell_hub(settings, log, turns),
            background=Background(metrics),
            new_consumer=lambda: StreamConsumer(url, subscribed, metrics=metrics, options=options),
        )

    def query_api(self) -> tuple[APIRouter, ...]:
        """What frontends ask."""
        find, read = self.find_articles, self.read_articles
        return (
            searching.create_router(find, read, self.count_queries),
            reading.create_router(read, self.suggest_names, self.read_synonyms),
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
        for name, work in self._work():
            self.background.start(name, work)
        if Role.INDEXER in self.roles:
            await self.keep_schema.current.wait()
            self.consumer = self.new_consumer()
            await self.consumer.start()

    def _work(self) -> Iterator[tuple[str, Callable[[], Coroutine[Any, Any, None]]]]:
        """What runs in the background, by role; answering readers adds no load on the index."""
        if self.roles == {Role.API}:
            yield "generation", self.keep_generation.observe
        else:
            yield "generation", self.keep_generation.run
            yield "schema", self.keep_schema.run
        if Role.API in self.roles:
            yield "followers", self.follow_articles.run
            yield "synonyms", self.read_synonyms.run
        if Role.MAINTENANCE in self.roles:
            yield "audits", self.answer_audits.run
            yield "embargoes", self.announce_articles.run
            yield "names", self.maintain_index.run
            if self.tell_hub:
                yield "hub", self.tell_hub.run

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
        if Role.INDEXER not in self.roles:
            return None
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
