"""Documents of other formats, posted to a real ingest with a real Redis."""

import json
import time
from typing import Any

import httpx
import pytest

from services.ingest.domain.imports import FORMATS
from tests.publishing import Ingest
from tests.unit.ingest.formats.documents import DOCUMENTS

BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol">'
    + b"".join(
        b'<!ENTITY lol%d "%s">' % (n, b"&lol%s;" % (b"" if n == 1 else b"%d" % (n - 1)) * 10)
        for n in range(1, 10)
    )
    + b"]><rss><channel><item><title>&lol9;</title></item></channel></rss>"
)


async def post(
    ingest: Ingest, content: bytes, content_type: str = "", **params: str
) -> httpx.Response:
    headers = {"Content-Type": content_type} if content_type else {}
    return await ingest.http.post("/v1/import", content=content, headers=headers, params=params)


def items(answer: httpx.Response) -> list[dict[str, Any]]:
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["items"]
    assert [item["index"] for item in found] == list(range(len(found)))
    return found


@pytest.mark.parametrize("name", FORMATS)
async def test_a_document_of_each_format_is_published_and_a_second_time_unchanged(
    ingest: Ingest, name: str
) -> None:
    first = items(await post(ingest, DOCUMENTS[name], format=name))
    again = items(await post(ingest, DOCUMENTS[name], format=name))

    assert [item["status"] for item in first] == [202] * len(first)
    assert [item["status"] for item in again] == [200] * len(first)
    assert all(item["unchanged"] for item in again)
    assert {item["id"] for item in again} == {item["id"] for item in first}


@pytest.mark.parametrize("name", FORMATS)
async def test_the_format_is_recognised_by_the_content(ingest: Ingest, name: str) -> None:
    found = items(await post(ingest, DOCUMENTS[name]))

    assert {item["status"] for item in found} == {202}


async def test_a_bad_item_is_one_with_a_problem_that_names_the_field(ingest: Ingest) -> None:
    good = json.loads(DOCUMENTS["ninjs"])
    bad = {**good, "uri": "urn:bad", "headline": 7, "surprise": True}

    good_item, bad_item = items(await post(ingest, json.dumps([good, bad]).encode()))

    assert good_item["status"] == 202
    assert bad_item["status"] == 422
    fields = {error["field"] for error in bad_item["problem"]["errors"]}
    assert fields == {"headline", "surprise"}


@pytest.mark.parametrize(
    ("content", "params", "status", "code"),
    [
        (b"{broken", {}, 400, "unreadable_document"),
        (b"[" * 50_000, {"format": "ninjs"}, 400, "unreadable_document"),
        (b"no format at all", {}, 415, "unknown_format"),
        (b"", {}, 415, "unknown_format"),
        (b"<rss", {"format": "wxr"}, 400, "unreadable_document"),
        (b"{}", {"format": "ninja"}, 400, "bad_parameter"),
        (b"{}", {"fromat": "ninjs"}, 400, "unknown_parameter"),
        (b"<p>x</p>", {"format": "html", "url": "file:///etc/passwd"}, 400, "bad_parameter"),
        (b'{"@type": "Person"}', {"format": "newsarticle"}, 422, "invalid_document"),
        (b"<html><p>x</p></html>", {"format": "nitf"}, 422, "invalid_document"),
        (BOMB, {"format": "nitf"}, 400, "unreadable_document"),
        (BOMB, {"format": "wxr"}, 400, "unreadable_document"),
        (BOMB, {"format": "newsmlg2"}, 400, "unreadable_document"),
    ],
)
async def test_what_cannot_be_read_is_refused_with_a_reason(
    ingest: Ingest, content: bytes, params: dict[str, str], status: int, code: str
) -> None:
    answer = await post(ingest, content, **params)

    assert answer.status_code == status, answer.text
    assert answer.json()["code"] == code
    assert answer.json()["errors"][0]["message"] or status == 400
    assert await ingest.revisions() == []


async def test_entities_of_a_feed_are_not_expanded(ingest: Ingest) -> None:
    answer = await post(ingest, BOMB, "application/rss+xml")

    assert answer.status_code in {200, 400}
    assert len(answer.content) < 10_000


async def test_a_document_over_the_limit_is_413(ingest: Ingest) -> None:
    assert (await post(ingest, b" " * (10 * 2**20 + 1), format="ninjs")).status_code == 413


async def test_an_idempotency_key_gives_the_same_answer_and_refuses_another_document(
    ingest: Ingest,
) -> None:
    async def send(content: bytes) -> httpx.Response:
        headers = {"Idempotency-Key": "k1"}
        return await ingest.http.post("/v1/import", content=content, headers=headers)

    first = await send(DOCUMENTS["ninjs"])
    second = await send(DOCUMENTS["ninjs"])
    third = await send(DOCUMENTS["rss"])

    assert items(first) == items(second)
    assert third.status_code == 422
    assert third.json()["code"] == "idempotency_key_reused"


async def test_a_large_document_does_not_hold_up_others(ingest: Ingest) -> None:
    item = json.loads(DOCUMENTS["jsonfeed"])["items"][0]
    many = [{**item, "id": f"n{n}", "url": f"https://paper.example/{n}"} for n in range(3000)]
    feed = {**json.loads(DOCUMENTS["jsonfeed"]), "items": many}

    started = time.monotonic()
    answer = await post(ingest, json.dumps(feed).encode())

    assert {one["status"] for one in items(answer)} == {202}
    assert len(items(answer)) == 3000
    assert time.monotonic() - started < 100
