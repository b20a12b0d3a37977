"""What a receipt says, and when."""

from datetime import UTC, datetime
from typing import Any

import pytest

from shared.events import ArticleEnriched, ArticlePublished, Enrichment, ReadTime, encode
from shared.streams import DEAD_LETTERS, ENRICHED, INDEXED
from tests.publishing import ID, Ingest, envelope, indexed
from tests.waiting import eventually

ENRICHMENT = Enrichment(read_time=ReadTime(seconds=1, minutes=1, method="m"), algorithm="a")


async def enriched(ingest: Ingest) -> ArticleEnriched:
    """What enrich makes of the latest published revision."""
    event = (await ingest.events())[-1]
    assert isinstance(event, ArticlePublished)
    return ArticleEnriched(**dict(event), number=0, enrichment=ENRICHMENT)


async def reaches(ingest: Ingest, receipt: str, state: str) -> None:
    await eventually(lambda: ingest.state(receipt), state)


async def bury(ingest: Ingest, error: str = "no room") -> None:
    raw = encode(envelope(await enriched(ingest)))
    fields: dict[Any, Any] = {"__data__": raw, "last_error": error}
    await ingest.redis.xadd(ENRICHED.dead, fields)


async def test_a_receipt_tells_each_step_until_the_article_is_searchable(ingest: Ingest) -> None:
    receipt = (await ingest.post()).receipt
    assert await ingest.state(receipt) == "accepted"

    await ingest.tell(ENRICHED, await enriched(ingest))
    await reaches(ingest, receipt, "enriched")
    await ingest.tell(INDEXED, indexed(1))
    await reaches(ingest, receipt, "searchable")

    steps = (await ingest.http.get(f"/v1/receipts/{receipt}")).json()["steps"]
    assert [step["state"] for step in steps] == ["accepted", "enriched", "searchable"]


async def test_a_newer_revision_supersedes_the_open_receipts(ingest: Ingest) -> None:
    first = (await ingest.post()).receipt
    second = (await ingest.post(title="B")).receipt

    await ingest.tell(INDEXED, indexed(2))

    await reaches(ingest, second, "searchable")
    assert await ingest.state(first) == "superseded"


async def test_a_final_state_stays(ingest: Ingest) -> None:
    first = (await ingest.post()).receipt
    await ingest.tell(INDEXED, indexed(1))
    await reaches(ingest, first, "searchable")

    second = (await ingest.post(title="B")).receipt
    await ingest.tell(INDEXED, indexed(2))
    await ingest.tell(ENRICHED, await enriched(ingest))

    await reaches(ingest, second, "searchable")
    assert await ingest.state(first) == "searchable"


async def test_a_withdrawal_closes_the_open_receipt_and_has_its_own(ingest: Ingest) -> None:
    published = (await ingest.post()).receipt
    withdrawn = (await ingest.delete()).receipt

    assert await ingest.state(published) == "withdrawn"
    assert await ingest.state(withdrawn) == "accepted"
    await ingest.tell(INDEXED, indexed(1))
    await ingest.tell(INDEXED, indexed(1, withdrawn=True))
    await reaches(ingest, withdrawn, "withdrawn")


async def test_a_dead_letter_is_named_and_the_content_may_be_sent_again(ingest: Ingest) -> None:
    first = (await ingest.post(revision=3)).receipt
    await bury(ingest, "mapping refused")
    await reaches(ingest, first, "dead_lettered")
    steps = (await ingest.http.get(f"/v1/receipts/{first}")).json()["steps"]
    assert steps[-1]["detail"] == "mapping refused"

    again = await ingest.post(revision=3)

    assert again.short == (202, "accepted", 3)
    assert again.receipt != first
    assert (await ingest.post()).short == (200, "unchanged", 3)


async def test_a_replayed_dead_letter_becomes_searchable(ingest: Ingest) -> None:
    receipt = (await ingest.post()).receipt
    await bury(ingest)
    await reaches(ingest, receipt, "dead_lettered")

    await ingest.tell(INDEXED, indexed(1))

    await reaches(ingest, receipt, "searchable")
    assert (await ingest.post()).said == "unchanged"


async def test_a_dead_enrichment_of_a_searchable_article_is_no_loss(ingest: Ingest) -> None:
    receipt = (await ingest.post()).receipt
    await ingest.tell(INDEXED, indexed(1))
    await reaches(ingest, receipt, "searchable")

    await bury(ingest)
    other = (await ingest.post(url="https://news.example/b")).receipt
    await bury(ingest)

    await reaches(ingest, other, "dead_lettered")
    assert await ingest.state(receipt) == "searchable"


async def test_an_embargoed_article_stays_enriched_with_the_time(ingest: Ingest) -> None:
    receipt = (await ingest.post(published_at="2030-01-01T00:00:00Z")).receipt
    until = datetime(2030, 1, 1, tzinfo=UTC)

    await ingest.tell(INDEXED, indexed(1, embargoed_until=until))
    await reaches(ingest, receipt, "enriched")
    steps = (await ingest.http.get(f"/v1/receipts/{receipt}")).json()["steps"]
    assert "2030-01-01T00:00:00Z" in steps[-1]["detail"]
    await ingest.tell(INDEXED, indexed(1))

    await reaches(ingest, receipt, "searchable")


async def test_waiting_ends_at_the_state_or_at_the_time_out(ingest: Ingest) -> None:
    receipt = (await ingest.post()).receipt
    path = f"/v1/receipts/{receipt}?wait=searchable"

    assert (await ingest.http.get(f"{path}&timeout=0")).json()["state"] == "accepted"
    await ingest.tell(INDEXED, indexed(1))
    assert (await ingest.http.get(f"{path}&timeout=20")).json()["state"] == "searchable"


async def test_events_told_twice_change_nothing(ingest: Ingest) -> None:
    receipt = (await ingest.post()).receipt
    for _ in range(2):
        await ingest.tell(ENRICHED, await enriched(ingest))
        await ingest.tell(INDEXED, indexed(1))
    last = (await ingest.post(url="https://news.example/b")).receipt
    await bury(ingest)
    await bury(ingest)

    await reaches(ingest, last, "dead_lettered")
    await reaches(ingest, receipt, "searchable")


@pytest.mark.parametrize("stream", [one.name for one in DEAD_LETTERS])
async def test_each_dead_letter_stream_is_read(ingest: Ingest, stream: str) -> None:
    receipt = (await ingest.post()).receipt
    raw = encode(envelope((await ingest.events())[-1]))
    if stream == ENRICHED.dead:
        raw = encode(envelope(await enriched(ingest)))

    await ingest.redis.xadd(stream, {"__data__": raw, "last_error": "e"})

    await reaches(ingest, receipt, "dead_lettered")


async def test_own_articles_are_listed_by_state(ingest: Ingest) -> None:
    for number in range(120):
        await ingest.post(url=f"https://news.example/{number}")
    await ingest.post()
    await ingest.tell(INDEXED, indexed(1))
    own = f"/v1/articles/{ID}"
    await eventually(lambda: _state(ingest, own), "searchable")

    first = (await ingest.http.get("/v1/articles?state=accepted")).json()
    rest = (
        await ingest.http.get(f"/v1/articles?state=accepted&cursor={first['next_cursor']}")
    ).json()

    ids = [item["id"] for item in [*first["items"], *rest["items"]]]
    assert (len(ids), len(set(ids)), rest["next_cursor"]) == (120, 120, None)
    assert ID not in ids


async def _state(ingest: Ingest, path: str) -> str:
    return str((await ingest.http.get(path)).json()["state"])
