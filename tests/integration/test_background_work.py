"""Work in the background that crashes is told by the service it belongs to, and begun again."""

from itertools import count

import httpx
import pytest
from pydantic import SecretStr
from redis.asyncio import Redis

from services.enrich.app import create_app as create_enrich
from services.enrich.settings import EnrichSettings
from services.enrich.use_cases.rebuild_memory import RebuildMemory
from services.enrich.use_cases.restore_decisions import RestoreDecisions
from services.ingest.adapters.redis_keys import RedisKeys
from services.ingest.adapters.redis_watch import RedisWatch
from services.ingest.app import create_app as create_ingest
from services.ingest.settings import IngestSettings
from tests.waiting import eventually


@pytest.mark.parametrize(
    ("service", "broken", "method", "work"),
    [
        ("ingest", RedisWatch, "_reasons", "watch on Redis"),
        ("ingest", RedisKeys, "load", "keys"),
        ("enrich", RebuildMemory, "__call__", "memory"),
        ("enrich", RestoreDecisions, "__call__", "enriching anew"),
    ],
)
async def test_work_that_crashes_is_told_and_begun_again(
    redis: Redis,
    redis_url: str,
    monkeypatch: pytest.MonkeyPatch,
    service: str,
    broken: type,
    method: str,
    work: str,
) -> None:
    monkeypatch.setattr("services.ingest.app.KEEP_KEYS_S", 0.05)
    await redis.set("dateline:generation", "pair:1")
    calls = count()

    def crash(*_: object, **__: object) -> None:
        next(calls)
        raise KeyError("a defect")

    app = (
        create_ingest(IngestSettings(redis_url=SecretStr(redis_url), demo_key=SecretStr("key")))
        if service == "ingest"
        else create_enrich(EnrichSettings(redis_url=SecretStr(redis_url)))
    )
    client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://service")
    async with app.router.lifespan_context(app), client:

        async def background() -> str:
            return str((await client.get("/health/ready")).json()["parts"]["background"])

        await eventually(background, "ok")
        monkeypatch.setattr(broken, method, crash)
        await eventually(background, f"{work} crashed: KeyError('a defect')")
        await eventually(lambda: next(calls) > 3, expected=True)
        crashes = f'dateline_background_crashes_total{{work="{work}"}}'
        assert crashes in (await client.get("/metrics")).text
