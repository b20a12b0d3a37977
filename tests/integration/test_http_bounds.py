"""Addresses, headers and answers have bounds, before anyone asks for a key; on every service."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from fastapi import FastAPI

from services.enrich.app import create_app as create_enrich
from services.enrich.settings import EnrichSettings
from services.ingest.app import create_app as create_ingest
from services.ingest.settings import IngestSettings
from services.search.app import create_app as create_search
from services.search.settings import SearchSettings
from tests.served import served

LONG = "a" * 20_000
VERY_LONG = "a" * 60_000
SMALL = 4096
HEAD = b"GET /health/live HTTP/1.1\r\nHost: dateline\r\n"
POST = b"POST /health/live HTTP/1.1\r\nHost: dateline\r\n"


@pytest.fixture(params=["ingest", "enrich", "search"])
def app(request: pytest.FixtureRequest, tmp_path: Path) -> FastAPI:
    match request.param:
        case "ingest":
            return create_ingest(IngestSettings())
        case "enrich":
            return create_enrich(EnrichSettings())
        case _:
            return create_search(SearchSettings(state_dir=tmp_path))


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://dateline"
    ) as client:
        yield client


def size(answer: httpx.Response) -> int:
    """Of the body and of all header lines."""
    return len(answer.content) + sum(len(name) + len(value) for name, value in answer.headers.raw)


async def test_an_answer_repeats_little_of_a_long_address(client: httpx.AsyncClient) -> None:
    addresses = [
        f"/{LONG}",
        f"/v1/articles/{LONG}",
        f"/v1/articles/{LONG}/",
        "/%00" + "%C3%A9" * 3000,
        f"/v1/articles?{LONG}=1",
        f"/v1/search?{LONG}=1",
        f"/v1/search?page={LONG}",
        f"/v1/search?sort={LONG}",
        f"/1/indexes/{LONG}/query",
    ]
    for method in ("GET", "POST", "PATCH"):
        for address in addresses:
            answer = await client.request(method, address)
            assert answer.is_error or answer.is_redirect
            # A redirect says the same address without its last slash.
            assert size(answer) < SMALL + answer.is_redirect * len(address)


@pytest.mark.parametrize("address", [f"/{VERY_LONG}", f"/v1/articles?x={VERY_LONG}"])
async def test_an_address_over_its_limit_is_414(client: httpx.AsyncClient, address: str) -> None:
    answer = await client.get(address)
    assert (answer.status_code, answer.json()["code"]) == (414, "address_too_long")
    assert size(answer) < SMALL


@pytest.mark.parametrize("host", ["h" * 301, "h" * 30_000])
async def test_a_host_that_is_no_name_is_refused(client: httpx.AsyncClient, host: str) -> None:
    answer = await client.get("/v1/articles/", headers={"Host": host})
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_host")
    assert size(answer) < SMALL


async def exchange(base_url: str, *pieces: bytes) -> bytes:
    """What the server says to these bytes until it closes; it may stop taking them."""
    where = urlsplit(base_url)
    reader, writer = await asyncio.open_connection(where.hostname, where.port)
    try:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
        return await asyncio.wait_for(reader.read(), 20)
    finally:
        writer.close()


@pytest.mark.parametrize(
    "head",
    [
        [HEAD, b"x: ", *[b"a" * 2**16] * 100],
        [HEAD, *[b"x: " + b"a" * 1000 + b"\r\n"] * 100, b"\r\n"],
        [HEAD, *[b"x: 1\r\n"] * 20_000, b"\r\n"],
        [b"GET /", *[b"a" * 2**16] * 100],
        [POST, b"Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nx: ", *[b"a" * 2**16] * 100],
    ],
    ids=["a long line", "many lines", "many short lines", "a long address", "a long trailer"],
)
async def test_headers_over_their_limit_are_431_and_the_end(
    app: FastAPI, head: list[bytes]
) -> None:
    async with served(app) as base_url:
        answer = await exchange(base_url, *head)
        # A trailer comes when the request was answered already.
        assert answer.startswith((b"HTTP/1.1 431 ", b"HTTP/1.1 405 "))
        assert answer.count(b"HTTP/1.1") == 1
        assert len(answer) < SMALL
        assert (await httpx.AsyncClient().get(f"{base_url}/health/live")).status_code == 200


async def test_bodies_and_many_requests_of_one_connection_are_no_headers(app: FastAPI) -> None:
    request = HEAD + b"x: " + b"a" * 10_000 + b"\r\n\r\n"
    posted = POST + b"Content-Length: 200000\r\n\r\n" + b"a" * 200_000
    last = HEAD + b"Connection: close\r\n\r\n"
    async with served(app) as base_url:
        answer = await exchange(base_url, *[request] * 20, posted, last)
        assert answer.count(b"HTTP/1.1 200 ") == 21
        assert answer.count(b"HTTP/1.1 405 ") == 1
