from collections.abc import AsyncIterator

import pytest

from tests.publishing import Ingest, settled_ingest


@pytest.fixture
async def ingest(redis_url: str) -> AsyncIterator[Ingest]:
    async with settled_ingest(redis_url) as running:
        yield running
