"""A newsroom within the test: ingest, enrich and search as they run, Redis between them."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import httpx

from services.enrich.app import create_app as create_enrich
from services.enrich.settings import EnrichSettings
from services.search.app import create_app as create_search
from services.search.ports import SearchIndex
from services.search.settings import SearchSettings
from tests import servers
from tests.publishing import Ingest, article, ingest as start_ingest, patiently
from tests.served import served
from tests.waiting import eventually

BODY = (
    "The Northern Rail Company will cut fares on the Harbour Line. Grigory Karasin, who leads "
    "the Northern Rail Company, told Russia and Azerbaijan that trains matter. Passengers of the "
    "Harbour Line welcomed cheaper tickets, and the Northern Rail Company promised new trains."
)


@asynccontextmanager
async def newsdesk(
    redis_url: str, state: Path, *, index: SearchIndex | None = None, enrichers: int = 1
) -> AsyncIterator["Newsdesk"]:
    """Search, on `index` or on one of its own, so many enrich workers, and ingest."""
    port = servers.free_port()
    environment = {
        "REDIS_URL": redis_url,
        "SEARCH_PORT": port,
        "ENRICH_VOCABULARY_PAUSE_S": 0.05,
        "DATELINE_STATE_DIR": state,
    }
    search = create_search(SearchSettings.model_validate(environment), index=index)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(search.router.lifespan_context(search))
        base_url = await stack.enter_async_context(served(search, port))
        ingest = await stack.enter_async_context(start_ingest(redis_url))
        for _ in range(enrichers):
            enrich = create_enrich(EnrichSettings.model_validate(environment))
            await stack.enter_async_context(enrich.router.lifespan_context(enrich))
        client = await stack.enter_async_context(httpx.AsyncClient(base_url=base_url, timeout=20))
        await eventually(lambda: _ready(client), 200)
        yield Newsdesk(ingest, client)


async def _ready(client: httpx.AsyncClient) -> int:
    try:
        return (await client.get("/health/ready")).status_code
    except httpx.HTTPError:
        return 0


class Newsdesk:
    """Publishers, editors and readers in one."""

    def __init__(self, ingest: Ingest, search: httpx.AsyncClient) -> None:
        self.ingest = ingest
        self.search = search

    async def post(self, name: str, **changes: object) -> str:
        """Post an article, wait until it is searchable, answer its id."""
        # The made-up words of some bodies are of no language that could be recognised.
        given = {"url": f"https://news.example/{name}", "title": name, "language": "en"}
        fields = article(**given, body=BODY) | changes
        answer = await patiently(lambda: self.ingest.http.post("/v1/articles", json=fields))
        accepted = answer.json()
        await self.searchable(accepted["receipt"])
        return str(accepted["id"])

    async def searchable(self, receipt: str) -> None:
        await eventually(lambda: self.ingest.state(receipt), "searchable")

    async def curate(self, article_id: str, curation: Mapping[str, Any]) -> None:
        path = f"/v1/articles/{article_id}/curation"
        answer = await self.ingest.http.put(path, json=curation)
        assert answer.status_code == 202, answer.text
        await self.searchable(answer.json()["receipt"])

    async def article(self, article_id: str) -> dict[str, Any]:
        found: dict[str, Any] = (await self.search.get(f"/v1/articles/{article_id}")).json()
        return found

    async def tags(self, article_id: str) -> dict[str, str]:
        """Names by slug, in order."""
        found = (await self.search.get(f"/v1/articles/{article_id}")).json()
        return {tag["slug"]: tag["name"] for tag in found["enrichment"]["tags"]}

    async def found(self, **filters: str) -> set[str]:
        answer = (await self.search.get("/v1/search", params=filters)).json()
        return {hit["article"]["id"] for hit in answer["hits"]}

    async def related(self, article_id: str) -> list[str]:
        found = await self.search.get(f"/v1/articles/{article_id}/related")
        return [card["id"] for card in found.json()["items"]]
