import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from aiohttp import encode_basic_auth, web

from services.cli.make_certificate import make_certificate
from services.search.adapters.opensearch_index import OpenSearchIndex
from services.search.adapters.opensearch_index.connection import Access
from services.search.domain.articles import Indexed, Rejected
from services.search.domain.question import Question
from services.search.domain.schema import SchemaDifference
from services.search.ports import IndexUnavailableError
from tests.contract.ports.articles import NOW, article, asking
from tests.contract.ports.opensearch_names import names_of_its_own
from tests.contract.ports.search_index import NewIndex, SearchIndexBehaviour
from tests.servers import free_port


@pytest.fixture
def prefix(opensearch_url: str) -> Iterator[str]:
    with names_of_its_own(opensearch_url) as prefix:
        yield prefix


@pytest.fixture
def new_index(opensearch_url: str, prefix: str) -> NewIndex:
    access = Access(urls=(opensearch_url,))
    return lambda: OpenSearchIndex(access, prefix=prefix, refresh_seconds=0.02)


@pytest.fixture
async def index(new_index: NewIndex) -> AsyncIterator[OpenSearchIndex]:
    index = new_index()
    assert isinstance(index, OpenSearchIndex)
    await index.open()
    yield index
    await index.aclose()


@pytest.mark.opensearch
class TestOpenSearchIndex(SearchIndexBehaviour):
    """On one shard, as in production."""


async def test_replicas_may_open_at_the_same_time(new_index: NewIndex) -> None:
    replicas = [new_index() for _ in range(6)]

    await asyncio.gather(*(replica.open() for replica in replicas))

    await asyncio.gather(*(replica.apply([article(str(n))]) for n, replica in enumerate(replicas)))
    assert (await replicas[0].find(Question(now=NOW))).total == 6
    await asyncio.gather(*(replica.aclose() for replica in replicas))


async def test_a_batch_of_many_megabytes_is_sent_in_portions(index: OpenSearchIndex) -> None:
    batch = [article(str(n), f"oil {'x' * 90} " * 9_000) for n in range(15)]

    assert await index.apply(batch) == [Indexed()] * 15


async def test_of_a_batch_too_large_to_take_only_what_is_too_large_is_rejected(
    opensearch_url: str, prefix: str
) -> None:
    async with _gateway(opensearch_url, max_bytes=200_000) as url:
        index = OpenSearchIndex(Access(urls=(url,)), prefix=prefix)
        await index.open()
        batch = [article(str(n), "oil gas " * (30_000 if n == 4 else 5)) for n in range(12)]

        verdicts = await index.apply(batch)

        assert [n for n, v in enumerate(verdicts) if isinstance(v, Rejected)] == [4]
        assert (await index.find(Question(now=NOW))).total == 11
        await index.aclose()


async def test_a_value_that_the_engine_cannot_take_is_rejected_alone(
    index: OpenSearchIndex,
) -> None:
    verdicts = await index.apply([article("1", read_minutes=1 << 40), article("2")])

    assert isinstance(verdicts[0], Rejected)
    assert verdicts[1] == Indexed()


async def test_shards_and_replicas_are_settings_which_a_build_follows(
    opensearch_url: str, prefix: str
) -> None:
    access = Access(urls=(opensearch_url,))
    index = OpenSearchIndex(access, prefix=prefix)
    await index.open()
    assert await _settings(opensearch_url, prefix) == ("1", "0", "0-1")
    await index.aclose()
    index = OpenSearchIndex(access, prefix=prefix, shards=3, replicas="0")
    await index.open()
    await index.apply([article("1", "The ferry.")])
    build = await index.start_build()
    await build.apply([article(str(n), "The ferry.") for n in range(20)])
    await build.swap(None)
    await index.open()

    assert await _settings(opensearch_url, prefix) == ("3", "0", "false")
    assert (await index.find(replace(asking("ferry"), collapse=True))).stories == 20
    await index.aclose()


async def test_an_index_of_another_schema_is_read_and_not_written(
    index: OpenSearchIndex, opensearch_url: str, prefix: str
) -> None:
    await index.apply([article("1", "The ferry.")])
    async with httpx.AsyncClient(base_url=opensearch_url, timeout=60) as client:
        meta = {"schema": "another", "release": "0.0.1"}
        await client.put(f"/{prefix}articles/_mapping", json={"_meta": meta})
    await index.open()

    assert await index.outdated() == SchemaDifference("0.0.1", newer=False)
    assert (await index.find(asking("ferry"))).total == 1
    with pytest.raises(IndexUnavailableError, match="rebuilt"):
        await index.apply([article("2")])


async def test_plain_queries_and_copies_need_no_dateline(
    index: OpenSearchIndex, opensearch_url: str, prefix: str
) -> None:
    """As `docs/index.md` promises to operators."""
    await index.apply([article("1", "Die Häfen sind offen.", language="de", tags=["Port Merel"])])
    async with httpx.AsyncClient(base_url=opensearch_url, timeout=60) as client:
        copy = f"{prefix}articles-v2-copy"
        order = {
            "source": {"index": f"{prefix}articles"},
            "dest": {"index": copy, "version_type": "external"},
        }
        answer = await client.post("/_reindex", params={"refresh": "true"}, json=order)
        assert answer.json()["created"] == 1
        for name in (f"{prefix}articles", copy):
            for query in (
                "hafen",
                "text:häfen",
                'tags.name:"Port Merel" AND live:true',
                "published_at:2025-06-15",
                "body.de:hafen",
            ):
                answer = await client.get(f"/{name}/_search", params={"q": query})
                assert answer.json()["hits"]["total"]["value"] == 1, (name, query)


async def test_an_unreachable_cluster_is_an_unavailable_index() -> None:
    index = OpenSearchIndex(Access(urls=(f"http://127.0.0.1:{free_port()}",)))

    with pytest.raises(IndexUnavailableError):
        await index.open()

    await index.aclose()


async def test_a_cluster_that_does_not_answer_in_time_is_an_unavailable_index() -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        url = f"http://127.0.0.1:{deaf.getsockname()[1]}"
        index = OpenSearchIndex(Access(urls=(url,)), timeout=0.2)

        with pytest.raises(IndexUnavailableError, match="does not answer"):
            await index.open()

        await index.aclose()


async def test_a_read_only_index_is_unavailable_until_it_is_writable_again(
    index: OpenSearchIndex, opensearch_url: str, prefix: str
) -> None:
    for block in ("index.blocks.read_only_allow_delete", "index.blocks.write"):
        await _set(opensearch_url, prefix, {block: True})
        with pytest.raises(IndexUnavailableError):
            await index.apply([article("1")])
        await _set(opensearch_url, prefix, {block: None})

    assert await index.apply([article("1")]) == [Indexed()]


async def test_a_lost_index_is_unavailable_until_it_is_opened_again(
    index: OpenSearchIndex, opensearch_url: str, prefix: str
) -> None:
    await index.apply([article("1")])
    async with httpx.AsyncClient(base_url=opensearch_url, timeout=60) as client:
        await client.delete(f"/{prefix}articles-v2-00000000000000")

    with pytest.raises(IndexUnavailableError):
        await index.apply([article("2")])
    with pytest.raises(IndexUnavailableError):
        await index.find(Question(now=NOW))

    await index.open()
    assert await index.read_marker() is None
    assert await index.apply([article("2")]) == [Indexed()]


async def test_a_secured_cluster_is_asked_by_tls_and_password(
    opensearch_url: str, prefix: str, tmp_path: Path
) -> None:
    make_certificate(tmp_path, "localhost")
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(tmp_path / "node.pem", tmp_path / "node.key")
    login = {"user": "dateline", "password": "correct"}
    async with _gateway(opensearch_url, tls=context, login=login) as url:
        right = Access(urls=(url,), certificate_authority=str(tmp_path / "ca.pem"), **login)
        wrong_password = replace(right, password="wrong")
        unknown_authority = replace(right, certificate_authority=None)
        for access in (wrong_password, unknown_authority):
            index = OpenSearchIndex(access, prefix=prefix)
            with pytest.raises(IndexUnavailableError):
                await index.open()
            await index.aclose()

        index = OpenSearchIndex(right, prefix=prefix)
        await index.open()
        assert await index.apply([article("1")]) == [Indexed()]
        await index.aclose()


@asynccontextmanager
async def _gateway(
    url: str,
    *,
    max_bytes: int = 1 << 30,
    tls: ssl.SSLContext | None = None,
    login: Mapping[str, str] | None = None,
) -> AsyncIterator[str]:
    """What stands before many clusters: a limit of bytes, encryption, a password."""
    expected = encode_basic_auth(login["user"], login["password"]) if login else None
    async with httpx.AsyncClient(base_url=url, timeout=60) as client:

        async def forward(request: web.BaseRequest) -> web.Response:
            body = await request.read()
            if len(body) > max_bytes:
                return web.Response(status=413)
            if expected and request.headers.get("authorization") != expected:
                return web.Response(status=401)
            headers = {"content-type": "application/json"}
            answer = await client.request(
                request.method, request.raw_path, content=body, headers=headers
            )
            return web.Response(
                status=answer.status_code, body=answer.content, content_type="application/json"
            )

        runner = web.ServerRunner(web.Server(forward))
        await runner.setup()
        port = free_port()
        await web.TCPSite(runner, "127.0.0.1", port, ssl_context=tls).start()
        yield f"https://localhost:{port}" if tls else f"http://127.0.0.1:{port}"
        await runner.cleanup()


async def _settings(url: str, prefix: str) -> tuple[str, str, str]:
    """Shards, replicas and how these expand."""
    async with httpx.AsyncClient(base_url=url, timeout=60) as client:
        answer = (await client.get(f"/{prefix}articles/_settings")).json()
    [index] = [one["settings"]["index"] for one in answer.values()]
    names = ("number_of_shards", "number_of_replicas", "auto_expand_replicas")
    shards, replicas, expanded = (index[name] for name in names)
    return shards, replicas, expanded


async def _set(url: str, prefix: str, settings: dict[str, object]) -> None:
    async with httpx.AsyncClient(base_url=url, timeout=60) as client:
        answer = await client.put(f"/{prefix}articles/_settings", json=settings)
        answer.raise_for_status()
