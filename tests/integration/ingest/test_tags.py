"""Tags that editors rename and merge, on a real Redis."""

from typing import Any
from urllib.parse import unquote

import httpx
import pytest

from services.ingest.commands import add_key
from services.ingest.domain.decisions import Decision
from services.ingest.domain.intake import Intake
from shared.events import ArticleEnriched, Enrichment, ReadTime, Tag, TagRenamed, TagsMerged
from shared.streams import ENRICHED
from tests.publishing import PUBLISHED_AT, URL, Ingest
from tests.waiting import eventually


@pytest.fixture
async def editors(ingest: Ingest) -> Ingest:
    """An ingest that saw an article with four tags pass."""
    names = {
        "russia": "Russia",
        "consul": "consulate",
        "embassi": "embassies",
        "тоннель": "Тоннель",
    }
    event = ArticleEnriched(
        publisher="demo",
        url=URL,
        revision=1,
        title="A title",
        body="A body.",
        published_at=PUBLISHED_AT,
        number=1,
        enrichment=Enrichment(
            tags=tuple(
                Tag(slug=slug, name=name, kind="topic", score=1, reason="")
                for slug, name in names.items()
            ),
            read_time=ReadTime(seconds=1, minutes=1, method=""),
            algorithm="1",
        ),
    )
    await ingest.tell(ENRICHED, event)
    await eventually(lambda: ingest.redis.hlen("ingest:tags"), 4)
    return ingest


async def rename(ingest: Ingest, slug: str, body: dict[str, Any]) -> httpx.Response:
    return await ingest.http.patch(f"/v1/tags/{slug}", json=body)


async def merge(ingest: Ingest, slug: str, into: str) -> httpx.Response:
    return await ingest.http.post(f"/v1/tags/{slug}/merge", json={"into": into})


async def test_a_tag_gets_another_name_and_keeps_its_slug(editors: Ingest) -> None:
    answer = await rename(editors, "consul", {"name": "Consulates"})
    assert (answer.status_code, answer.json()) == (202, {"slug": "consul", "name": "Consulates"})
    assert (await editors.events())[-1] == TagRenamed(slug="consul", name="Consulates", number=1)


async def test_a_merged_tag_points_to_the_one_it_became(editors: Ingest) -> None:
    await rename(editors, "consul", {"name": "Consulates"})
    answer = await merge(editors, "embassi", "consul")
    assert (answer.status_code, answer.json()) == (202, {"slug": "consul", "name": "Consulates"})
    assert (await editors.events())[-1] == TagsMerged(slug="embassi", into="consul", number=2)

    renamed = await rename(editors, "embassi", {"name": "Embassies"})
    assert (renamed.status_code, renamed.headers["location"]) == (308, "/v1/tags/consul")
    again = await merge(editors, "embassi", "russia")
    assert (again.status_code, again.headers["location"]) == (308, "/v1/tags/consul/merge")
    assert again.json() == {"slug": "consul", "name": "Consulates"}


async def test_a_tag_merged_into_one_of_another_script_has_an_address(editors: Ingest) -> None:
    assert (await merge(editors, "consul", "тоннель")).status_code == 202
    renamed = await rename(editors, "consul", {"name": "C"})
    assert renamed.status_code == 308
    assert renamed.headers["location"].isascii()
    assert unquote(renamed.headers["location"]) == "/v1/tags/тоннель"
    again = await merge(editors, "consul", "russia")
    assert unquote(again.headers["location"]) == "/v1/tags/тоннель/merge"


async def test_nothing_is_decided_about_tags_while_nothing_is_taken_in(
    editors: Ingest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Intake, "refusal", lambda *_: Decision("unavailable", "", wait_s=5))
    for answer in (
        await rename(editors, "consul", {"name": "C"}),
        await merge(editors, "consul", "russia"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
        assert answer.headers["retry-after"] == "5"
    assert await editors.events() == []


async def test_a_repeated_request_of_one_idempotency_key_decides_once(editors: Ingest) -> None:
    once = {"Idempotency-Key": "one"}
    path = "/v1/tags/embassi/merge"
    for _ in range(2):
        answer = await editors.http.post(path, json={"into": "consul"}, headers=once)
        assert (answer.status_code, answer.json()["slug"]) == (202, "consul")
    assert [type(event) for event in await editors.events()] == [TagsMerged]
    other = await editors.http.post(path, json={"into": "russia"}, headers=once)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    # A refusal is not kept.
    again = {"Idempotency-Key": "two"}
    for status in (404, 404):
        answer = await editors.http.patch("/v1/tags/none", json={"name": "N"}, headers=again)
        assert answer.status_code == status


async def test_what_was_merged_goes_along_when_its_tag_is_merged(editors: Ingest) -> None:
    await merge(editors, "embassi", "consul")
    assert (await merge(editors, "consul", "russia")).json()["slug"] == "russia"
    answer = await rename(editors, "embassi", {"name": "Embassies"})
    assert answer.headers["location"] == "/v1/tags/russia"
    ring = await merge(editors, "russia", "embassi")
    assert (ring.status_code, ring.json()["errors"][0]["message"]) == (422, "is the tag itself")


async def test_what_is_not_acceptable_is_named_with_the_nearest(editors: Ingest) -> None:
    unknown = await rename(editors, "rusia", {"name": "Russia"})
    assert unknown.status_code == 404
    assert unknown.json()["errors"][0]["nearest"] == "russia"
    field = await rename(editors, "russia", {"nam": "Russia"})
    assert field.status_code == 422
    assert {e["field"]: e["nearest"] for e in field.json()["errors"]} == {
        "name": None,
        "nam": "name",
    }
    target = await merge(editors, "russia", "consule")
    assert target.status_code == 422
    error = target.json()["errors"][0]
    assert (error["field"], error["nearest"]) == ("into", "consul")


async def test_only_editors_decide_about_tags(editors: Ingest, redis_url: str) -> None:
    key = {"Authorization": f"Bearer {await add_key(redis_url, 'desk', ['publish', 'read'])}"}
    for answer in (
        await editors.http.patch("/v1/tags/russia", json={"name": "R"}, headers=key),
        await editors.http.post("/v1/tags/russia/merge", json={"into": "consul"}, headers=key),
    ):
        assert (answer.status_code, answer.json()["code"]) == (403, "missing_scope")
