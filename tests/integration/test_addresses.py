"""An address or a method that no service has is told with what there is."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from services.ingest.app import create_app as create_ingest
from services.ingest.settings import IngestSettings
from services.search.app import create_app as create_search
from services.search.settings import SearchSettings


@pytest.fixture(params=["ingest", "search"])
async def client(
    request: pytest.FixtureRequest, tmp_path: Path
) -> AsyncIterator[httpx.AsyncClient]:
    app = (
        create_ingest(IngestSettings())
        if request.param == "ingest"
        else create_search(SearchSettings(state_dir=tmp_path))
    )
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://dateline") as client:
        yield client


async def test_an_unknown_address_names_the_nearest(client: httpx.AsyncClient) -> None:
    answer = await client.get("/v1/artcles/by-url/x")
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (404, "not_found")
    assert "/v1/artcles/by-url/x" in problem["detail"]
    assert problem["errors"][0]["nearest"].startswith("/v1/articles")


async def test_a_method_that_is_not_answered_names_those_that_are(
    client: httpx.AsyncClient,
) -> None:
    answer = await client.patch("/health/live")
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (405, "method_not_allowed")
    assert "GET" in problem["errors"][0]["allowed"]
    assert "GET" in answer.headers["allow"]


async def test_all_methods_of_an_address_are_named(client: httpx.AsyncClient) -> None:
    ingest = "Dateline ingest" in (await client.get("/openapi.json")).text
    answer = await client.patch("/v1/articles/x")
    assert answer.headers["allow"] == ("DELETE, GET, PUT" if ingest else "GET, HEAD")
    assert answer.json()["errors"][0]["allowed"] == answer.headers["allow"].split(", ")
    if not ingest:
        assert (await client.post("/static/site.css")).headers["allow"] == "GET, HEAD"
        assert (await client.head("/v1/live")).headers["allow"] == "GET"
