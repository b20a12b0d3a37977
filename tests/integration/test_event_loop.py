"""Every service tells how long its event loop was held."""

import asyncio
import time
from collections.abc import Callable

import httpx
import pytest
from fastapi import FastAPI

from services.enrich.app import create_app as create_enrich
from services.enrich.settings import EnrichSettings
from services.ingest.app import create_app as create_ingest
from services.ingest.settings import IngestSettings
from shared.event_loop import EVERY_S, watch_event_loop
from shared.telemetry import Metrics

NAME = b"dateline_event_loop_lag_seconds"


def seconds_held(metrics: Metrics) -> float:
    lines = metrics.render().splitlines()
    return float(next(line.split()[1] for line in lines if line.startswith(NAME + b"_sum")))


async def test_a_loop_that_is_held_is_seen() -> None:
    metrics = Metrics()
    watching = asyncio.create_task(watch_event_loop(metrics))
    await asyncio.sleep(2 * EVERY_S)
    time.sleep(0.3)  # noqa: ASYNC251 - This is what it is to notice.
    await asyncio.sleep(2 * EVERY_S)
    watching.cancel()

    assert seconds_held(metrics) > 0.2


@pytest.mark.parametrize(
    "create",
    [
        lambda url: create_ingest(IngestSettings(redis_url=url)),
        lambda url: create_enrich(EnrichSettings(redis_url=url)),
    ],
    ids=["ingest", "enrich"],
)
async def test_a_service_tells_it_among_its_metrics(
    redis_url: str, create: Callable[[str], FastAPI]
) -> None:
    app = create(redis_url)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client,
    ):
        await asyncio.sleep(3 * EVERY_S)
        lines = (await client.get("/metrics")).content.splitlines()

    assert float(next(line.split()[1] for line in lines if line.startswith(NAME + b"_count"))) > 0
