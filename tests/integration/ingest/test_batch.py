"""Many articles in one request, on a real Redis."""

import asyncio
import hashlib
import json
import time
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import httpx
import pytest

from tests.publishing import ID, Ingest, article, ingest as start_ingest
from tests.served import served
from tests.waiting import eventually


def numbered(number: int) -> dict[str, object]:
    return article(url=f"https://news.example/{number}")


def statuses(answer: httpx.Response) -> list[int]:
    assert answer.status_code == 200
    items = answer.json()["items"]
    assert [item["index"] for item in items] == list(range(len(items)))
    return [item["status"] for item in items]


async def test_a_batch_is_judged_item_by_item(ingest: Ingest) -> None:
    answer = await ingest.http.post(
        "/v1/articles/batch", json=[numbered(1), {"url": 7}, numbered(1), 7, numbered(2)]
    )

    assert statuses(answer) == [202, 422, 200, 400, 202]
    items = answer.json()["items"]
    assert set(items[0]) == {"index", "status", "id", "revision", "receipt", "problem"}
    assert items[1]["problem"]["errors"][0] | {"message": ""} == {
        "field": "url", "message": "", "allowed": None, "nearest": None,
    }  # fmt: skip
    assert items[2]["unchanged"] is True
    assert await ingest.revisions() == [1, 1]


@pytest.mark.parametrize("content_type", ["application/x-ndjson", "application/json", ""])
async def test_lines_are_a_batch_too(ingest: Ingest, content_type: str) -> None:
    lines = [json.dumps(numbered(1)), "", "{broken", json.dumps(numbered(2)) + "\r"]
    answer = await ingest.http.post(
        "/v1/articles/batch",
        content="\n".join(lines).encode(),
        headers={"Content-Type": content_type},
    )

    assert statuses(answer) == [202, 400, 202]


async def test_what_came_before_a_body_broke_off_stands(ingest: Ingest) -> None:
    body = json.dumps([numbered(number) for number in range(150)])[:-20]

    answer = await ingest.http.post("/v1/articles/batch", content=body.encode())

    assert statuses(answer) == [202] * 149 + [400]
    assert len(await ingest.revisions()) == 149


async def test_items_over_the_limit_are_one_refusal(
    ingest: Ingest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.ingest.api.batch.ITEMS", 120)
    body = b"\n".join(json.dumps(numbered(number)).encode() for number in range(130))

    answer = await ingest.http.post("/v1/articles/batch", content=body)

    assert statuses(answer) == [202] * 120 + [413]


async def test_bytes_over_the_limit_are_one_refusal(
    ingest: Ingest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.ingest.api.batch.BATCH_BYTES", 2000)
    pieces = [json.dumps(numbered(number)).encode() + b"\n" for number in range(100)]

    async def body() -> AsyncIterator[bytes]:
        for piece in pieces:
            yield piece

    answer = await ingest.http.post("/v1/articles/batch", content=body())

    assert statuses(answer)[-1] == 413
    assert set(statuses(answer)[:-1]) == {202}


async def test_an_empty_batch_has_no_items(ingest: Ingest) -> None:
    assert statuses(await ingest.http.post("/v1/articles/batch", json=[])) == []
    assert statuses(await ingest.http.post("/v1/articles/batch", content=b"")) == []


async def test_a_batch_that_cannot_be_kept_is_refused_as_a_whole(redis_url: str) -> None:
    async with start_ingest(redis_url) as ingest:
        answer = await ingest.http.post("/v1/articles/batch", json=[numbered(1)])

    assert (answer.status_code, answer.json()["code"]) == (503, "recovering")
    assert answer.headers["retry-after"]


async def test_a_batch_has_one_answer_for_its_idempotency_key(ingest: Ingest) -> None:
    body = [numbered(number) for number in range(5)]
    headers = {"Idempotency-Key": "k"}

    answers = await asyncio.gather(
        *(ingest.http.post("/v1/articles/batch", json=body, headers=headers) for _ in range(5))
    )
    again = await ingest.http.post("/v1/articles/batch", json=body, headers=headers)
    other = await ingest.http.post("/v1/articles/batch", json=body[1:], headers=headers)

    assert {answer.status_code for answer in answers} <= {200, 409}
    assert statuses(again) == [202] * 5
    assert {answer.text for answer in answers if answer.status_code == 200} == {again.text}
    assert other.status_code == 422
    assert len(await ingest.revisions()) == 5


def broken_off(body: bytes, at: int) -> bytes:
    """A request of which a part comes, on a connection of its own."""
    head = (
        "POST /v1/articles/batch HTTP/1.1\r\nHost: ingest\r\nAuthorization: Bearer demo-key\r\n"
        f"Idempotency-Key: k\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body[:at]


@pytest.mark.parametrize("dropped_at", [100, 6000])
async def test_a_sender_that_drops_can_send_the_whole_batch_again(
    ingest: Ingest, dropped_at: int
) -> None:
    body = json.dumps([numbered(number) for number in range(150)]).encode()
    async with served(ingest.app) as base_url:
        where = urlsplit(base_url)
        _, writer = await asyncio.open_connection(where.hostname, where.port)
        writer.write(broken_off(body, dropped_at))
        await writer.drain()

        async def is_running() -> bool:
            return bool(await ingest.redis.keys("ingest:idempotency:*"))

        await eventually(is_running, expected=True)
        writer.transport.abort()

        async def again() -> int:
            headers = {"Authorization": "Bearer demo-key", "Idempotency-Key": "k"}
            async with httpx.AsyncClient(base_url=base_url, timeout=30) as client:
                answer = await client.post("/v1/articles/batch", content=body, headers=headers)
            assert answer.status_code in {200, 409}, answer.text
            return answer.status_code

        await eventually(again, 200)
    assert len(await ingest.revisions()) == 150


@pytest.mark.parametrize(
    "body",
    [
        json.dumps([numbered(1)]).encode() + b" and more " + b" " * 2**17,
        json.dumps([numbered(1), numbered(2)]).encode()[:-1],
    ],
    ids=["what follows an array", "an open array"],
)
async def test_a_batch_that_ends_in_a_problem_is_not_kept_under_its_key(
    ingest: Ingest, body: bytes
) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(body), 2**16):
            yield body[start : start + 2**16]

    headers = {"Idempotency-Key": "k"}
    first = await ingest.http.post("/v1/articles/batch", content=pieces(), headers=headers)
    again = await ingest.http.post("/v1/articles/batch", content=pieces(), headers=headers)
    assert (statuses(first), statuses(again)) == ([202, 400], [200, 400])


async def test_every_kind_of_request_judges_a_key_in_one_order(ingest: Ingest) -> None:
    """A key that runs is 409 before anything is compared, and then other requests are 422."""
    await ingest.redis.hset("ingest:tags", "russia", "Russia")
    headers = {"Idempotency-Key": "k"}
    key = f"ingest:idempotency:demo:{hashlib.sha256(b'k').hexdigest()}"
    requests: list[tuple[str, str, object]] = [
        ("POST", "/v1/articles", article()),
        ("POST", "/v1/articles/batch", [article()]),
        ("DELETE", f"/v1/articles/{ID}", None),
        ("PUT", f"/v1/articles/{ID}/curation", {}),
        ("PATCH", "/v1/tags/russia", {"name": "R"}),
        ("POST", "/v1/tags/russia/merge", {"into": "russia"}),
    ]
    for record, expected in (
        (["", "running"], (409, "idempotency_key_running")),
        (["of another", "batch", "{}"], (422, "idempotency_key_reused")),
    ):
        await ingest.redis.set(key, json.dumps(record))
        for method, path, body in requests:
            answer = await ingest.http.request(method, path, json=body, headers=headers)
            assert (answer.status_code, answer.json()["code"]) == expected, path


async def test_a_bad_key_is_refused_before_anything_is_read(ingest: Ingest) -> None:
    asked: list[bool] = []

    async def body() -> AsyncIterator[bytes]:
        asked.append(True)
        yield b"{}"

    for method, path in (
        ("POST", "/v1/articles"),
        ("POST", "/v1/articles/batch"),
        ("DELETE", f"/v1/articles/{ID}"),
        ("PUT", f"/v1/articles/{ID}/curation"),
        ("PATCH", "/v1/tags/russia"),
    ):
        headers = {"Idempotency-Key": "k" * 256}
        answer = await ingest.http.request(method, path, content=body(), headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (400, "bad_idempotency_key")
    assert asked == []


async def test_a_batch_gives_way_while_it_is_read(ingest: Ingest) -> None:
    """Brackets are what takes longest to tell apart, and HTML what takes longest to read.

    Processor time is measured: a busy machine may let the whole process wait.
    """
    hostile = b"[" + b"[]," * 200_000
    page = {"body_html": "<p>One <b>word</b>.</p>" * 800}
    pages = [article(url=f"https://news.example/{number}") | page for number in range(30)]
    for body in (hostile, json.dumps(pages).encode()):
        posting = asyncio.create_task(ingest.http.post("/v1/articles/batch", content=body))
        longest = 0.0
        while not posting.done():
            before = time.thread_time()
            await asyncio.sleep(0.001)
            longest = max(longest, time.thread_time() - before)
        assert (await posting).status_code == 200
        # Ten times what it takes on an idle machine.
        assert longest < 5
