"""What editors decide reaches the articles: enrich and search as they run, Redis between them."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn

from services.enrich import commands
from services.enrich.app import create_app as create_enrich
from services.enrich.commands import Selection
from services.enrich.settings import EnrichSettings
from services.search.app import create_app as create_search
from services.search.settings import SearchSettings
from tests import servers
from tests.news import story_text
from tests.publishing import Ingest, article, ingest as start_ingest
from tests.waiting import eventually

BODY = (
    "The Northern Rail Company will cut fares on the Harbour Line. Grigory Karasin, who leads "
    "the Northern Rail Company, told Russia and Azerbaijan that trains matter. Passengers of the "
    "Harbour Line welcomed cheaper tickets, and the Northern Rail Company promised new trains."
)


@pytest.fixture
async def newsroom(redis_url: str, tmp_path: Path) -> AsyncIterator["Newsroom"]:
    port = servers.free_port()
    environment = {
        "REDIS_URL": redis_url,
        "SEARCH_PORT": port,
        "ENRICH_REFRESH_PAUSE_S": 0.05,
        "ENRICH_VOCABULARY_PAUSE_S": 0.05,
        "DATELINE_STATE_DIR": tmp_path,
    }
    search = create_search(SearchSettings.model_validate(environment))
    enrich = create_enrich(EnrichSettings.model_validate(environment))
    server = uvicorn.Server(uvicorn.Config(search, port=port, log_level="warning"))
    server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
    async with AsyncExitStack() as stack:
        serving = asyncio.create_task(server.serve())
        ingest = await stack.enter_async_context(start_ingest(redis_url))
        await stack.enter_async_context(enrich.router.lifespan_context(enrich))
        base_url = f"http://127.0.0.1:{port}"
        client = await stack.enter_async_context(httpx.AsyncClient(base_url=base_url, timeout=20))
        await eventually(lambda: ready(client), 200, within_s=30)
        yield Newsroom(ingest, client)
        server.should_exit = True
        await serving


async def ready(client: httpx.AsyncClient) -> int:
    try:
        return (await client.get("/health/ready")).status_code
    except httpx.HTTPError:
        return 0


class Newsroom:
    def __init__(self, ingest: Ingest, search: httpx.AsyncClient) -> None:
        self.ingest = ingest
        self.search = search

    async def post(self, name: str, **changes: object) -> str:
        """Post an article, wait until it is searchable, answer its id."""
        fields = article(url=f"https://news.example/{name}", title=name, body=BODY) | changes
        answer = (await self.ingest.http.post("/v1/articles", json=fields)).json()
        await self.searchable(answer["receipt"])
        return str(answer["id"])

    async def searchable(self, receipt: str) -> None:
        await eventually(lambda: self.ingest.state(receipt), "searchable", within_s=30)

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


async def test_pins_and_bans_reach_the_article_and_survive_a_correction(
    newsroom: Newsroom,
) -> None:
    one = await newsroom.post("one")
    before = await newsroom.tags(one)
    assert "russia" in before
    await newsroom.curate(one, {"tags": {"pin": ["Cheap travel"], "ban": ["Russia"]}})
    after = await newsroom.tags(one)
    assert next(iter(after.values())) == "Cheap travel"
    assert "russia" not in after
    assert set(before) - {"russia"} <= set(after)

    await newsroom.post("one", body=BODY + " Russia, said Russia, will wait.")
    corrected = await newsroom.tags(one)
    assert next(iter(corrected.values())) == "Cheap travel"
    assert "russia" not in corrected


async def test_pinned_and_banned_links_survive_what_comes_later(newsroom: Newsroom) -> None:
    one, two = [await newsroom.post(f"{n}", body=story_text(1, n)) for n in (1, 2)]
    far = await newsroom.post("far", body=story_text(2, 1))
    await eventually(lambda: newsroom.related(one), [two], within_s=20)
    await newsroom.curate(one, {"related": {"pin": [far], "ban": [two]}})
    await eventually(lambda: newsroom.related(one), [far], within_s=20)
    three = await newsroom.post("three", body=story_text(1, 3))
    await eventually(lambda: newsroom.related(one), [far, three], within_s=20)


async def test_a_renamed_tag_is_called_so_in_every_article(newsroom: Newsroom) -> None:
    one, two = [await newsroom.post(f"{n}", body=story_text(1, n) + BODY) for n in (1, 2)]
    (slug,) = [s for s, n in (await newsroom.tags(one)).items() if n == "Northern Rail Company"]
    answer = await newsroom.ingest.http.patch(f"/v1/tags/{slug}", json={"name": "NRC"})
    assert answer.status_code == 202, answer.text

    async def names() -> set[str]:
        return {(await newsroom.tags(each)).get(slug, "") for each in (one, two)}

    await eventually(names, {"NRC"}, within_s=20)
    assert (await newsroom.found(tag="NRC")) == (await newsroom.found(tag=slug)) == {one, two}
    three = await newsroom.post("3", body=BODY)
    assert (await newsroom.tags(three))[slug] == "NRC"


async def test_a_merged_tag_still_finds_its_articles_and_points_to_the_other(
    newsroom: Newsroom,
) -> None:
    one = await newsroom.post("one")
    other = await newsroom.post("two", body="Azerbaijan plays chess. Azerbaijan won.")
    path = "/v1/tags/russia/merge"
    answer = await newsroom.ingest.http.post(path, json={"into": "azerbaijan"})
    assert answer.json() == {"slug": "azerbaijan", "name": "Azerbaijan"}

    async def found() -> set[str]:
        return await newsroom.found(tag="russia")

    await eventually(found, {one, other}, within_s=20)
    assert list(await newsroom.tags(one)).count("azerbaijan") == 1
    assert "russia" not in await newsroom.tags(one)
    page = await newsroom.search.get("/tag/russia")
    assert (page.status_code, page.headers["location"]) == (308, "/tag/azerbaijan")
    assert (await newsroom.search.get("/tag/azerbaijan")).status_code == 200


async def test_articles_are_enriched_anew_on_demand_and_learn_from_sections(
    newsroom: Newsroom, redis_url: str
) -> None:
    kept = await newsroom.post("kept", published_at="2020-01-01T00:00:00Z")
    sport = [
        await newsroom.post(f"{n}", body=story_text(2, n), categories=["Sport"]) for n in range(3)
    ]
    before = await newsroom.article(kept)
    search_url = str(newsroom.search.base_url)
    for n in range(3, 6):
        await newsroom.post(f"{n}", body=story_text(3, n), categories=["Politics"])
    learned = await commands.learn_sections(redis_url, search_url, "demo", 100)
    assert learned.version == 1

    recent = Selection(published_from="2021-01-01", publisher="demo", algorithm="2")
    counts = [count async for count in commands.queue(redis_url, search_url, recent)]
    assert counts[-1] == 6
    await eventually(lambda: commands.still_due(redis_url), 0, within_s=30)

    # The worker knows the snapshot within a minute, a new process at once.
    every = Selection(published_from="2021-01-01")
    compared = {c.id: c async for c in commands.compare(redis_url, search_url, every, 100)}
    assert {each.new.algorithm for each in compared.values()} == {"2+1"}
    assert sport[0] in compared
    assert await newsroom.article(kept) == before
