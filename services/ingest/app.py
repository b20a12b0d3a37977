"""The composition root of ingest."""

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.openapi.utils import get_openapi
from fastapi_offline import FastAPIOffline
from pydantic.json_schema import models_json_schema
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from services.ingest.adapters.documents import read_document
from services.ingest.adapters.html import SelectolaxHtmlReader
from services.ingest.adapters.redis_curations import RedisCurations
from services.ingest.adapters.redis_idempotency import RedisIdempotency
from services.ingest.adapters.redis_keys import RedisKeys
from services.ingest.adapters.redis_ledger import RedisLedger
from services.ingest.adapters.redis_receipts import RedisReceipts
from services.ingest.adapters.redis_signing import RedisSigning
from services.ingest.adapters.redis_synonyms import RedisSynonyms
from services.ingest.adapters.redis_tags import RedisTags
from services.ingest.adapters.redis_watch import RedisWatch
from services.ingest.adapters.sealing import Seal
from services.ingest.api.articles import article_routes, listing_routes
from services.ingest.api.batch import CHUNK, Batches, batch_routes
from services.ingest.api.curation import curation_routes
from services.ingest.api.doorkeeper import Doorkeeper
from services.ingest.api.imports import Documents, import_routes
from services.ingest.api.preparation import Preparation
from services.ingest.api.receipts import receipt_routes
from services.ingest.api.refusals import UNKNOWN, Refusals
from services.ingest.api.synonyms import synonym_routes
from services.ingest.api.tags import tag_routes
from services.ingest.api.unbuilt import unbuilt_routes
from services.ingest.consumer import subscriptions
from services.ingest.domain.article import ArticleInput
from services.ingest.domain.curation import CurationInput
from services.ingest.domain.intake import Intake
from services.ingest.domain.keys import SCOPES, hash_of, make_key
from services.ingest.domain.synonyms import SynonymsInput
from services.ingest.domain.tags import Merge, NewName
from services.ingest.settings import IngestSettings
from services.ingest.use_cases import (
    CurateArticle,
    PrepareArticle,
    PublishArticles,
    WithdrawArticle,
)
from shared.background import Background
from shared.http import ProblemError, install
from shared.messaging import ConsumerOptions, StreamConsumer, connect
from shared.messaging.outages import waiting_out
from shared.telemetry import Metrics
from shared.version import VERSION
from shared.workers import Workers

log = logging.getLogger(__name__)

ANSWER_S = 2.0
"""A publisher hears within this time that Redis hangs; no script acts later."""
KEEP_KEYS_S = 5.0
WORK = (
    "services.ingest.adapters.html",
    "services.ingest.api.preparation",
)
"""What worker processes read articles with."""


def create_app(settings: IngestSettings | None = None) -> FastAPI:
    service = _Service.of(settings or IngestSettings())
    app = FastAPIOffline(
        title="Dateline ingest",
        version=VERSION,
        description="Publishers hand in articles here, and ask what became of each.",
        lifespan=service.lifespan,
        redoc_url=None,
    )
    install(
        app,
        service="ingest",
        metrics=service.metrics,
        ready=service.ready,
        notes=service.notes,
        refused=service.refused,
    )
    for router in service.routers():
        app.include_router(router)
    app.openapi = lambda: _openapi(app)  # type: ignore[method-assign]
    return app


@dataclass(frozen=True, kw_only=True)
class _Service:
    """Everything that runs, wired. Publishers are answered at once by `asked`."""

    settings: IngestSettings
    metrics: Metrics
    refusals: Refusals
    asked: Redis
    noted: Redis
    intake: Intake
    keys: RedisKeys
    consumer: StreamConsumer
    background: Background
    workers: Workers

    @classmethod
    def of(cls, settings: IngestSettings) -> "_Service":
        url = settings.redis_url.get_secret_value()
        metrics = Metrics()
        # Two clients: publishers are answered at once, receipts may wait for Redis to come back.
        asked = Redis.from_url(
            url,
            retry=Retry(NoBackoff(), 0),
            socket_timeout=ANSWER_S,
            socket_connect_timeout=ANSWER_S / 2,
            max_connections=200,
        )
        noted = connect(url)
        options = ConsumerOptions(
            claim_idle_ms=settings.claim_idle_ms, retention_s=settings.retention_s
        )
        receiving = subscriptions(RedisReceipts(noted), RedisTags(noted), metrics)
        return cls(
            settings=settings,
            metrics=metrics,
            refusals=Refusals(metrics),
            asked=asked,
            noted=noted,
            intake=Intake(settings.marks),
            keys=RedisKeys(asked),
            consumer=StreamConsumer(url, receiving, metrics=metrics, options=options),
            background=Background(metrics),
            workers=Workers(preload=WORK),
        )

    def routers(self) -> list[APIRouter]:
        metrics, per_second = self.metrics, self.settings.rate_per_second
        secrets_key = self.settings.secrets_key
        seal = Seal(secrets_key.get_secret_value()) if secrets_key else None
        doorkeeper = Doorkeeper(self.keys, RedisSigning(self.asked, seal))
        receipts = RedisReceipts(self.asked)
        ledger = RedisLedger(self.asked, per_second=per_second, timeout_s=ANSWER_S)
        publish = PublishArticles(ledger, self.intake)
        preparation = Preparation(PrepareArticle(SelectolaxHtmlReader()), self.workers)
        withdraw = WithdrawArticle(ledger, self.intake)
        curate = CurateArticle(ledger, self.intake)
        chunk = min(CHUNK, per_second or CHUNK)
        batches = Batches(ledger, publish, preparation, metrics, self.refusals, chunk=chunk)
        idempotency = RedisIdempotency(self.asked)
        return [
            batch_routes(doorkeeper, batches, idempotency),
            import_routes(doorkeeper, batches, Documents(read_document, self.workers), idempotency),
            article_routes(doorkeeper, publish, withdraw, preparation, metrics),
            listing_routes(doorkeeper, receipts),
            curation_routes(doorkeeper, curate, preparation, RedisCurations(self.asked), receipts),
            tag_routes(doorkeeper, preparation, RedisTags(self.asked), self.intake),
            synonym_routes(doorkeeper, preparation, RedisSynonyms(self.asked)),
            receipt_routes(doorkeeper, receipts),
            unbuilt_routes(doorkeeper),
        ]

    @asynccontextmanager
    async def lifespan(self, _: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            stack.push_async_callback(self.asked.aclose)
            stack.push_async_callback(self.noted.aclose)
            stack.push_async_callback(self.workers.close)
            await self.workers.start()
            watch = RedisWatch(self.asked, self.intake, self.metrics)
            await watch.look()
            await self.consumer.start()
            stack.push_async_callback(self.consumer.stop)
            await _load_keys(self.keys, self.settings)
            stack.callback(self.refusals.log)
            stack.push_async_callback(self.background.stop)
            self.background.start("keys", partial(_keep_keys, self.keys, self.settings))
            self.background.start("watch on Redis", watch.run)
            self.background.start("refusals", self.refusals.log_for_ever)
            yield

    async def ready(self) -> Mapping[str, str | None]:
        try:
            await self.asked.ping()
        except (RedisError, OSError) as error:
            return {"redis": str(error) or type(error).__name__}
        return {
            "redis": None,
            "durability": self.intake.unsafe,
            "receipts": self.consumer.not_ready(),
            "background": self.background.not_ready(),
        }

    def refused(self, request: Request, problem: ProblemError) -> None:
        self.refusals.note(getattr(request.state, "publisher", UNKNOWN), problem.code)

    def notes(self) -> Mapping[str, str]:
        """Being closed is no defect: receipts are answered, and the reason to wait is told."""
        return {f"closed for {name}": f"closed: {why}" for name, why in self.intake.closed.items()}


async def _load_keys(keys: RedisKeys, settings: IngestSettings) -> None:
    """Keep the keys that come with the settings; without Redis, later."""
    with waiting_out(log, "loading keys"):
        await keys.revoke_again()
        if settings.demo_key:
            secret = settings.demo_key.get_secret_value()
            await keys.load(make_key("demo", SCOPES, hash_of(secret)))
        if settings.first_key_hash:
            publisher, _, secret_hash = settings.first_key_hash.partition(":")
            await keys.load(make_key(publisher, SCOPES, secret_hash), only_first=True)


async def _keep_keys(keys: RedisKeys, settings: IngestSettings) -> None:
    """Load them again after Redis came back without them."""
    while True:
        await asyncio.sleep(KEEP_KEYS_S)
        await _load_keys(keys, settings)


def _openapi(app: FastAPI) -> dict[str, Any]:
    if app.openapi_schema is None:
        schema = get_openapi(
            title=app.title, version=app.version, description=app.description, routes=app.routes
        )
        # The body of an article is read by hand, so FastAPI does not know its shape.
        inputs = (ArticleInput, CurationInput, NewName, Merge, SynonymsInput)
        _, article = models_json_schema(
            [(kind, "validation") for kind in inputs], ref_template="#/components/schemas/{model}"
        )
        schema["components"]["schemas"] |= article["$defs"]
        app.openapi_schema = schema
    return app.openapi_schema
