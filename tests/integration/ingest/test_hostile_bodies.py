"""Bodies made to be expensive are refused with a small answer, whatever they are sent as."""

import json
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import httpx
import pytest

from services.ingest.api import body_limits
from services.ingest.api.batch import LISTED_ERRORS
from services.ingest.api.requests import read_article
from services.ingest.domain.decisions import Command, Decision
from services.ingest.use_cases import PublishArticles
from shared.http import MOST_ERRORS
from tests.publishing import Ingest, article
from tests.unit.ingest.formats.documents import DOCUMENTS

SMALL = 10_000

Send = Callable[[Ingest, dict[str, Any]], Awaitable[tuple[httpx.Response, dict[str, Any]]]]


async def as_article(ingest: Ingest, body: dict[str, Any]) -> tuple[httpx.Response, dict[str, Any]]:
    answer = await ingest.http.post("/v1/articles", json=body)
    return answer, answer.json()


async def as_item(ingest: Ingest, body: dict[str, Any]) -> tuple[httpx.Response, dict[str, Any]]:
    answer = await ingest.http.post("/v1/articles/batch", json=[body])
    return answer, answer.json()["items"][0]["problem"]


async def as_line(ingest: Ingest, body: dict[str, Any]) -> tuple[httpx.Response, dict[str, Any]]:
    answer = await ingest.http.post("/v1/articles/batch", content=json.dumps(body) + "\n")
    return answer, answer.json()["items"][0]["problem"]


HOSTILE_ARTICLES = {
    "many items of a wrong type": {"authors": [1] * 60_000},
    "many items in each list": {
        name: [1] * 400 for name in ("authors", "categories", "keywords", "media")
    },
    "many unknown names": {f"k{n}": 1 for n in range(50_000)},
    "a long unknown name": {"k" * 2_000_000: 1},
    "many unknown names of an image": {
        "image": {"url": "https://a.example"} | {f"k{n}": 1 for n in range(50_000)}
    },
    "many unknown names in media": {"media": [{f"k{n}": 1 for n in range(200)}] * 300},
    "empty objects": {"media": [{}] * 60_000},
    "a long text of a wrong kind": {"language": "x" * 2_000_000},
    "lists in lists": {"keywords": [[[1] * 100] * 100] * 5},
}


@pytest.mark.parametrize("send", [as_article, as_item, as_line])
@pytest.mark.parametrize("changes", HOSTILE_ARTICLES.values(), ids=HOSTILE_ARTICLES.keys())
async def test_an_article_full_of_errors_has_a_small_answer(
    ingest: Ingest, send: Send, changes: dict[str, Any]
) -> None:
    answer, problem = await send(ingest, article(**changes))
    assert len(answer.content) < SMALL
    assert (problem["status"], problem["code"]) == (422, "invalid_article")
    assert 1 <= len(problem["errors"]) <= MOST_ERRORS


async def test_what_editors_send_is_bounded_too(ingest: Ingest) -> None:
    await ingest.post()
    unknown = {f"k{n}": 1 for n in range(50_000)}
    for method, path, body in (
        ("PUT", "/v1/articles/x/curation", {"tags": {"pin": [1] * 60_000}}),
        ("PUT", "/v1/articles/x/curation", {"related": unknown}),
        ("PUT", "/v1/articles/x/curation", unknown),
        ("PATCH", "/v1/tags/x", unknown),
        ("POST", "/v1/tags/x/merge", {"into": [1] * 60_000}),
    ):
        answer = await ingest.http.request(method, path, json=body)
        assert answer.status_code == 422
        assert len(answer.content) < SMALL
        assert 1 <= len(answer.json()["errors"]) <= MOST_ERRORS


async def test_more_values_than_any_article_has_are_not_even_parsed(ingest: Ingest) -> None:
    for body in (
        b'{"authors": [' + b"[]," * 100_000 + b"[]]}",
        b'{"authors": [' + b'"",' * 100_000 + b'""]}',
        b'{"a": ' + b'{"a":' * 100_000,
        b"[" * 300_000,
    ):
        answer = await ingest.http.post("/v1/articles", content=body)
        assert (answer.status_code, answer.json()["code"]) == (422, "too_many_values")
        lines = {"Content-Type": "application/x-ndjson"}
        batch = await ingest.http.post("/v1/articles/batch", content=body, headers=lines)
        (item,) = batch.json()["items"]
        assert item["problem"]["code"] == "too_many_values"


async def test_an_item_with_more_values_than_any_article_has_harms_only_itself(
    ingest: Ingest,
) -> None:
    body = json.dumps(article()).encode()
    hostile = b"[" + body + b', {"authors": [' + b"[]," * 100_000 + b"[]]}, " + body + b"]"
    items = (await ingest.http.post("/v1/articles/batch", content=hostile)).json()["items"]
    assert [item["status"] for item in items] == [202, 422, 200]
    assert items[1]["problem"]["code"] == "too_many_values"


def test_marks_inside_a_text_are_no_values(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(body_limits, "MOST_MARKS", 20)
    text = '[{,"\\' * 1000
    assert read_article(json.dumps(article(body=text))).body == text


async def test_the_answer_to_a_batch_of_bad_items_is_bounded(ingest: Ingest) -> None:
    item = {f"unknown{n}": 1 for n in range(30)}
    answer = await ingest.http.post("/v1/articles/batch", json=[item] * 2000)
    items = answer.json()["items"]
    assert [item["status"] for item in items] == [422] * 2000
    assert sum(len(item["problem"]["errors"]) for item in items) == LISTED_ERRORS
    assert len(answer.content) < 2000 * 1000


async def test_the_answer_to_a_document_of_bad_articles_is_bounded(ingest: Ingest) -> None:
    bad = json.loads(DOCUMENTS["ninjs"]) | {"headline": 7, "surprise": True}
    answer = await ingest.http.post("/v1/import", json=[bad] * 600)
    items = answer.json()["items"]
    assert [item["status"] for item in items] == [422] * 600
    assert sum(len(item["problem"]["errors"]) for item in items) == LISTED_ERRORS


async def test_large_items_of_a_batch_are_not_held_back_for_more(
    ingest: Ingest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.ingest.api.batch.CHUNK_BYTES", 10_000)
    monkeypatch.setattr("services.ingest.api.batch.PATIENCE_S", 60)
    decided: list[int] = []
    decide = PublishArticles.many

    async def noted(self: PublishArticles, commands: Sequence[Command]) -> list[Decision]:
        decided.append(len(commands))
        return await decide(self, commands)

    monkeypatch.setattr(PublishArticles, "many", noted)
    items = [article(url=f"https://news.example/{n}", body="b" * 3000) for n in range(20)]
    answer = await ingest.http.post("/v1/articles/batch", json=items)
    assert {item["status"] for item in answer.json()["items"]} == {202}
    assert max(decided) <= 4
