"""Keys, limits, idempotency and the words of refusals, on a real Redis."""

import asyncio
import gzip
import json

import httpx
import pytest

from services.ingest import commands
from services.ingest.domain.keys import hash_of
from services.ingest.settings import IngestSettings
from tests.publishing import (
    ID,
    Ingest,
    article,
    ingest as start_ingest,
    patiently,
    settled_ingest,
)
from tests.waiting import eventually


def code(answer: httpx.Response) -> tuple[int, str]:
    assert answer.headers["content-type"] == "application/problem+json"
    return answer.status_code, answer.json()["code"]


async def test_an_unknown_key_is_refused(ingest: Ingest) -> None:
    for value in ("", "Bearer", "Bearer nonsense", "Basic ZGVtbw==", "Bearer \xff"):
        headers = httpx.Headers({"Authorization": value}, encoding="latin-1")
        answer = await ingest.http.get("/v1/articles", headers=headers)
        assert code(answer) == (401, "unknown_key")
        assert answer.headers["www-authenticate"] == "Bearer"


async def test_a_key_has_its_scopes_and_no_more(ingest: Ingest, redis_url: str) -> None:
    secret = await commands.add_key(redis_url, "wire", ["read"])
    headers = {"Authorization": f"Bearer {secret}"}

    assert (await ingest.http.get("/v1/articles", headers=headers)).status_code == 200
    refused = await ingest.http.post("/v1/articles", json=article(), headers=headers)
    assert code(refused) == (403, "missing_scope")


async def test_only_hashes_of_keys_are_stored(ingest: Ingest, redis_url: str) -> None:
    secret = await commands.add_key(redis_url, "wire", ["publish"])

    for name in await ingest.redis.keys("*"):
        if await ingest.redis.type(name) == b"hash":
            assert secret not in str(await ingest.redis.hgetall(name))


async def test_a_revoked_or_rotated_key_ends_within_seconds(ingest: Ingest, redis_url: str) -> None:
    secret = await commands.add_key(redis_url, "wire", ["publish"])
    assert await _status(ingest, secret) == 200
    (key,) = [key for key in await commands.list_keys(redis_url) if key.publisher == "wire"]

    new = await commands.rotate_key(redis_url, key.id)

    await eventually(lambda: _status(ingest, secret), 401)
    assert await _status(ingest, new) == 200
    (key,) = [key for key in await commands.list_keys(redis_url) if key.publisher == "wire"]
    await commands.revoke_key(redis_url, key.id)
    await eventually(lambda: _status(ingest, new), 401)
    with pytest.raises(LookupError):
        await commands.revoke_key(redis_url, key.id)


async def test_a_bad_key_is_not_made(redis_url: str) -> None:
    with pytest.raises(ValueError, match="scopes"):
        await commands.add_key(redis_url, "wire", ["everything"])
    with pytest.raises(ValueError, match="publisher"):
        await commands.add_key(redis_url, "A wire:", ["publish"])


async def test_the_first_key_is_loaded_where_there_is_none(redis_url: str) -> None:
    first = f"wire:{hash_of('a secret')}"
    async with start_ingest(redis_url, demo_key=None, first_key_hash=first) as ingest:
        assert await _status(ingest, "a secret") == 200
        assert await _status(ingest, "demo-key") == 401
        assert "Signed" not in (await ingest.http.get("/v1/articles")).text


def test_production_has_no_demo_key() -> None:
    url = "redis://:long-and-random@redis/0"
    with pytest.raises(ValueError, match="DATELINE_DEMO_KEY"):
        IngestSettings(profile="production", redis_url=url, demo_key="demo-key")
    with pytest.raises(ValueError, match="DATELINE_FIRST_KEY_HASH"):
        IngestSettings(
            profile="production",
            redis_url=url,
            first_key_hash=f"a:{hash_of('demo-key')}",
        )
    with pytest.raises(ValueError, match="needs a publisher's key"):
        IngestSettings(profile="production", redis_url=url)


async def test_another_publishers_articles_and_receipts_are_closed(
    ingest: Ingest, redis_url: str
) -> None:
    receipt = (await ingest.post()).receipt
    secret = await commands.add_key(redis_url, "wire", ["publish"])
    headers = {"Authorization": f"Bearer {secret}"}
    path = f"/v1/articles/{ID}"

    put = await ingest.http.put(path, json=article(), headers=headers)
    assert code(put) == (403, "foreign_article")
    assert code(await ingest.http.delete(path, headers=headers)) == (403, "foreign_article")
    assert code(await ingest.http.get(path, headers=headers)) == (404, "unknown_article")
    looked = await ingest.http.get(f"/v1/receipts/{receipt}", headers=headers)
    assert code(looked) == (404, "unknown_receipt")


async def test_two_publishers_may_use_one_external_id(ingest: Ingest, redis_url: str) -> None:
    secret = await commands.add_key(redis_url, "wire", ["publish"])
    mine = await ingest.http.post("/v1/articles", json=article(external_id="1"))
    theirs = await ingest.http.post(
        "/v1/articles", json=article(external_id="1"), headers={"Authorization": f"Bearer {secret}"}
    )

    assert mine.json()["id"] != theirs.json()["id"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"7",
        b"\xff\xfe",
        b'{"title": NaN}',
        b'{"revision": ' + b"9" * 5000 + b"}",
        b"[" * 200_000,
        b'{"title": ' * 100_000,
    ],
)
async def test_an_unreadable_body_is_a_problem(ingest: Ingest, body: bytes) -> None:
    answer = await ingest.http.post("/v1/articles", content=body)

    assert code(answer) == (400, "unreadable_body")


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ('"title": "a\\u0000b"', "title"),
        ('"title": "a\\ud800b"', "title"),
        ('"authors": ["\\udfff"]', "authors.0"),
        ('"keywords": [' + '"k", ' * 9999 + '"k"]', "keywords"),
        ('"title": "' + "t" * 2_000_000 + '"', "title"),
        ('"publishd_at": "2026-01-01T00:00:00Z"', "publishd_at"),
        ('"\\ud800": 1', "body"),
    ],
)
async def test_a_bad_field_is_named(ingest: Ingest, text: str, field: str) -> None:
    good = '"url": "https://news.example/a", "title": "T", "body": "B", '
    answer = await ingest.http.post("/v1/articles", content=f"{{{good}{text}}}".encode())

    assert code(answer) == (422, "invalid_article")
    (error,) = answer.json()["errors"]
    assert error["field"] == field
    if field == "publishd_at":
        assert error["nearest"] == "published_at"


async def test_what_is_too_large_or_compressed_is_refused(ingest: Ingest) -> None:
    large = await ingest.http.post("/v1/articles", content=b" " * (10 * 2**20 + 1))
    assert code(large) == (413, "too_large")
    bomb = gzip.compress(b" " * 10_000_000)
    packed = await ingest.http.post(
        "/v1/articles", content=bomb, headers={"Content-Encoding": "gzip"}
    )
    assert code(packed) == (415, "compressed_body")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/articles?sate=accepted"),
        ("GET", "/v1/articles?state=done"),
        ("GET", "/v1/articles?cursor=%00"),
        ("GET", "/v1/articles?cursor=zzz"),
        ("GET", "/v1/receipts/r?timeout=31"),
        ("GET", "/v1/receipts/r?wait=for"),
        ("DELETE", f"/v1/articles/{ID}?revision=0"),
        ("DELETE", f"/v1/articles/{ID}?revision=35184372088832"),
        ("DELETE", f"/v1/articles/{ID}?revison=5"),
    ],
)
async def test_a_bad_parameter_is_a_problem(ingest: Ingest, method: str, path: str) -> None:
    answer = await ingest.http.request(method, path)

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"]


async def test_what_is_not_built_says_so(ingest: Ingest) -> None:
    for method, path in (("GET", "/v1/feeds"), ("POST", "/v1/feeds")):
        assert code(await ingest.http.request(method, path)) == (501, "not_built")


async def test_one_idempotency_key_has_one_answer(ingest: Ingest) -> None:
    headers = {"Idempotency-Key": "k"}
    first = await ingest.http.post("/v1/articles", json=article(), headers=headers)
    await ingest.post(title="B")

    again = await ingest.http.post("/v1/articles", json=article(), headers=headers)
    other = await ingest.http.post("/v1/articles", json=article(title="C"), headers=headers)
    elsewhere = await ingest.http.put(f"/v1/articles/{ID}", json=article(), headers=headers)

    assert (again.status_code, again.json()) == (202, first.json())
    assert again.headers["location"] == first.headers["location"]
    assert code(other) == (422, "idempotency_key_reused")
    assert code(elsewhere) == (422, "idempotency_key_reused")


@pytest.mark.parametrize("path", ["/v1/articles", "/v1/articles/batch"])
@pytest.mark.parametrize("key", ["", "k" * 256])
async def test_an_idempotency_key_has_a_length(ingest: Ingest, path: str, key: str) -> None:
    answer = await ingest.http.post(path, json=article(), headers={"Idempotency-Key": key})
    assert code(answer) == (400, "bad_idempotency_key")
    assert await ingest.revisions() == []


async def test_fifty_requests_of_one_key_make_one_event(ingest: Ingest) -> None:
    async def publisher() -> httpx.Response:
        headers = {"Idempotency-Key": "k"}
        return await patiently(
            lambda: ingest.http.post("/v1/articles", json=article(), headers=headers)
        )

    answers = await asyncio.gather(*(publisher() for _ in range(50)))

    assert {(answer.status_code, answer.text) for answer in answers} == {(202, answers[0].text)}
    assert await ingest.revisions() == [1]


async def test_a_refusal_is_not_kept_under_its_key(ingest: Ingest) -> None:
    await ingest.post(revision=5)
    headers = {"Idempotency-Key": "k"}
    body = article(revision=5, title="B")

    refused = await ingest.http.post("/v1/articles", json=body, headers=headers)
    assert code(refused) == (409, "revision_conflict")
    taken = await ingest.http.post(
        "/v1/articles", json=article(revision=6, title="B"), headers=headers
    )
    assert taken.status_code == 202


async def test_over_its_rate_a_publisher_waits(redis_url: str) -> None:
    async with settled_ingest(redis_url, rate_per_second=5) as ingest:
        verdicts = [
            await ingest.http.post("/v1/articles", json=article(revision=n)) for n in range(1, 30)
        ]
        refused = [answer for answer in verdicts if answer.status_code == 429]

        assert refused
        assert code(refused[0]) == (429, "rate_limited")
        assert int(refused[0].headers["retry-after"]) >= 1
        batch = await ingest.http.post(
            "/v1/articles/batch", json=[article(revision=n) for n in range(30, 36)]
        )
        assert {item["status"] for item in batch.json()["items"]} <= {200, 202}


async def test_the_documents_name_every_field_of_an_article(ingest: Ingest) -> None:
    document = (await ingest.http.get("/openapi.json")).json()

    assert "external_id" in document["components"]["schemas"]["ArticleInput"]["properties"]
    body = document["paths"]["/v1/articles"]["post"]["requestBody"]
    assert "ArticleInput" in json.dumps(body)


async def _status(ingest: Ingest, secret: str) -> int:
    headers = {"Authorization": f"Bearer {secret}"}
    return (await ingest.http.get("/v1/articles", headers=headers)).status_code


@pytest.mark.parametrize(
    "html", ["<script>alert(1)</script>", "<p>\u200b</p><img alt='no source'>"]
)
async def test_html_of_which_nothing_is_left_is_refused(ingest: Ingest, html: str) -> None:
    body = {"url": "https://news.example/a", "title": "T", "body_html": html}
    answer = await ingest.http.post("/v1/articles", json=body)
    assert code(answer) == (422, "invalid_article")
    (error,) = answer.json()["errors"]
    message = "has no text and no image once it is sanitised"
    assert (error["field"], error["message"]) == ("body_html", message)
    # A gallery has no text; and who sends the text beside it is believed.
    gallery = body | {"body_html": "<img src='https://news.example/a.jpg'>"}
    assert (await ingest.http.post("/v1/articles", json=gallery)).status_code == 202
    assert (await ingest.http.post("/v1/articles", json=body | {"body": "T"})).status_code == 202
