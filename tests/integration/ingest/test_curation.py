"""What editors decide about an article, on a real Redis."""

from typing import Any

import httpx
import pytest

from services.ingest.commands import add_key
from shared.events import ArticleCurated, Choice
from shared.identity import article_id
from shared.streams import INDEXED
from tests.publishing import ID, Ingest, indexed
from tests.waiting import eventually

PATH = f"/v1/articles/{ID}/curation"
TAGS: dict[str, Any] = {"tags": {"pin": ["Peace talks"], "ban": ["russia"]}}


async def put(ingest: Ingest, curation: dict[str, Any], **headers: str) -> httpx.Response:
    return await ingest.http.put(PATH, json=curation, headers=headers)


async def test_a_decision_is_accepted_with_a_receipt_and_an_event_of_its_own(
    ingest: Ingest,
) -> None:
    article = await ingest.post()
    answer = await put(ingest, TAGS)
    assert (answer.status_code, answer.json()["revision"]) == (202, 1)
    receipt = answer.json()["receipt"]
    assert receipt != article.receipt
    assert answer.headers["location"] == f"/v1/receipts/{receipt}"
    assert await ingest.state(receipt) == "accepted"

    event = (await ingest.events())[-1]
    assert isinstance(event, ArticleCurated)
    assert (event.number, event.revision, event.generation, event.receipt) == (1, 1, 1, receipt)
    assert event.tags == Choice(pin=("Peace talks",), ban=("russia",))

    shown = (await ingest.http.get(PATH)).json()
    assert shown == TAGS | {"related": {"pin": [], "ban": []}}


async def test_nothing_is_decided_at_first(ingest: Ingest) -> None:
    await ingest.post()
    nothing: dict[str, list[str]] = {"pin": [], "ban": []}
    assert (await ingest.http.get(PATH)).json() == {"tags": nothing, "related": nothing}


async def test_the_same_decision_again_changes_nothing(ingest: Ingest) -> None:
    await ingest.post()
    first = (await put(ingest, TAGS)).json()
    again = await put(ingest, TAGS)
    assert again.status_code == 200
    assert again.json() == first | {"unchanged": True}
    assert (await put(ingest, {})).status_code == 202
    assert [e.number for e in await ingest.events() if isinstance(e, ArticleCurated)] == [1, 2]


async def test_the_receipt_closes_when_search_shows_what_was_decided(ingest: Ingest) -> None:
    await ingest.post()
    receipt = (await put(ingest, TAGS)).json()["receipt"]
    await ingest.tell(INDEXED, indexed(1))
    await ingest.tell(INDEXED, indexed(2, curation=0))
    await eventually(lambda: _revision(ingest), 2)
    assert await ingest.state(receipt) == "accepted"
    await ingest.tell(INDEXED, indexed(2, curation=1))
    await eventually(lambda: ingest.state(receipt), "searchable")


async def _revision(ingest: Ingest) -> int:
    return int((await ingest.http.get(f"/v1/articles/{ID}")).json()["revision"])


@pytest.mark.parametrize(
    ("curation", "field", "nearest"),
    [
        ({"tag": {}}, "tag", "tags"),
        ({"tags": {"pinn": []}}, "tags.pinn", "pin"),
        ({"tags": {"pin": [" "]}}, "tags.pin.0", None),
        ({"tags": {"pin": ["!!!"]}}, "tags.pin.0", None),
        ({"tags": {"pin": ["a"], "ban": ["a"]}}, "tags", None),
        ({"related": {"pin": ["an id"]}}, "related.pin.0", None),
        ({"related": {"pin": [article_id("demo", "unknown")]}}, "related.pin.0", None),
        ({"related": {"pin": [ID]}}, "related.pin.0", None),
    ],
)
async def test_what_is_not_acceptable_is_named(
    ingest: Ingest, curation: dict[str, Any], field: str, nearest: str | None
) -> None:
    await ingest.post()
    answer = await put(ingest, curation)
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (422, "invalid_curation")
    assert [(e["field"], e["nearest"]) for e in problem["errors"]] == [(field, nearest)]


async def test_editors_may_curate_the_articles_of_others_and_nobody_else(
    ingest: Ingest, redis_url: str
) -> None:
    await ingest.post()
    codes = []
    for scope in ("publish", "edit", "read"):
        key = {"Authorization": f"Bearer {await add_key(redis_url, 'desk', [scope])}"}
        got = await ingest.http.get(PATH, headers=key)
        codes.append((got.status_code, (await put(ingest, TAGS, **key)).status_code))
    assert codes == [(403, 403), (200, 202), (403, 403)]


async def test_unknown_and_withdrawn_articles_are_refused(ingest: Ingest) -> None:
    assert (await put(ingest, TAGS)).status_code == 404
    assert (await ingest.http.get(PATH)).status_code == 404
    await ingest.post()
    await ingest.delete()
    answer = await put(ingest, TAGS)
    assert (answer.status_code, answer.json()["code"]) == (409, "withdrawn_article")


async def test_many_pins_are_looked_up_on_one_connection(ingest: Ingest) -> None:
    await ingest.post()
    await put(ingest, {})
    before = len(await ingest.redis.client_list())
    pins = {"related": {"pin": [f"article{number}" for number in range(100)], "ban": []}}
    assert (await put(ingest, pins)).status_code == 422
    assert len(await ingest.redis.client_list()) <= before + 2
