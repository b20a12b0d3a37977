"""What a service began ends with it, also when what runs around it fails."""

import asyncio
from collections.abc import Callable

import pytest
from fastapi import FastAPI

from services.enrich.app import create_app as create_enrich
from services.enrich.settings import EnrichSettings
from services.ingest.app import create_app as create_ingest
from services.ingest.settings import IngestSettings
from tests.waiting import eventually


async def fail_within(app: FastAPI) -> None:
    async with app.router.lifespan_context(app):
        raise RuntimeError("around it")


@pytest.mark.parametrize(
    "create",
    [
        lambda url: create_ingest(IngestSettings(redis_url=url, demo_key="demo-key")),
        lambda url: create_enrich(EnrichSettings(redis_url=url)),
    ],
    ids=["ingest", "enrich"],
)
async def test_a_failure_leaves_no_consumer_behind(
    redis_url: str, create: Callable[[str], FastAPI]
) -> None:
    before = asyncio.all_tasks()
    with pytest.raises(RuntimeError, match="around it"):
        await fail_within(create(redis_url))
    # What is being cancelled may need some turns of the loop to end.
    await eventually(asyncio.all_tasks, before)
