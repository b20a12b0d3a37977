"""Many articles in one request, on a real Redis."""

import asyncio
import json
import time
from collections.abc import AsyncIterator

import httpx
import pytest

from tests.publishing import Ingest, article, ingest as start_ingest


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


async def test_a_batch_gives_way_while_it_is_read(ingest: Ingest) -> None:
    """Brackets are what takes longest to tell apart, and HTML what takes longest to read."""
    hostile = b"[" + b"[]," * 200_000
    page = {"body_html": "<p>One <b>word</b>.</p>" * 800}
    pages = [article(url=f"https://news.example/{number}") | page for number in range(30)]
    for body in (hostile, json.dumps(pages).encode()):
        posting = asyncio.create_task(ingest.http.post("/v1/articles/batch", content=body))
        longest = 0.0
        while not posting.done():
            before = time.monotonic()
            await asyncio.sleep(0.001)
            longest = max(longest, time.monotonic() - before)
        assert (await posting).status_code == 200
        assert longest < 0.5
