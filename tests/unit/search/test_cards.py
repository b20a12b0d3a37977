from datetime import UTC, datetime, timedelta

import pytest

from services.search.domain.articles import Links, Marker, Tombstone
from services.search.domain.cards import RECORD, card_of, content_of, lead, page_of
from services.search.domain.indexing import build_indexed_article
from services.search.domain.news_article import news_article
from services.search.domain.records import indexed_event, stored
from services.search.domain.writes import write_of
from shared.events import wrap
from tests.builders import LONG_AGO, enriched

FIRST = Marker("pair", 1)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("", None),
        ("One sentence without an end", "One sentence without an end"),
        ("First. Second! Third?", "First. Second!"),
        ("It grew 3.5 per cent. So they say. Well.", "It grew 3.5 per cent. So they say."),
        ("A paragraph.\n\nAnother one.", "A paragraph."),
    ],
)
def test_a_missing_summary_is_the_first_two_sentences(body: str, expected: str | None) -> None:
    assert lead(body) == expected


def test_an_endless_sentence_is_cut_between_words() -> None:
    found = lead("word " * 1000)
    assert found is not None
    assert len(found) <= 401
    assert found.endswith("word…")


def test_the_summary_given_is_the_one_shown() -> None:
    assert card_of("x", enriched("a", summary="Given.", body="First."))["summary"] == "Given."
    assert card_of("x", enriched("a", body="First."))["summary"] == "First."


def test_times_are_shown_in_utc_to_the_second() -> None:
    moment = datetime.fromisoformat("2024-05-01T14:00:00.750+04:00")
    assert card_of("x", enriched("a", published_at=moment))["published_at"] == (
        "2024-05-01T10:00:00Z"
    )


def test_readers_do_not_see_the_record_of_the_pipeline() -> None:
    write = write_of(wrap(enriched("a", receipt="r"), subject="x", source="test"), FIRST)
    assert RECORD not in page_of(stored(write))


def test_the_record_gives_back_what_ingest_must_know() -> None:
    event = enriched("a", revision=7, number=3, receipt="r", generation=2)
    write = build_indexed_article(
        card_of("x", event),
        content_of(event),
        Links(story_id="x"),
        id="x",
        version=1,
        url=event.url,
    )
    told = indexed_event(stored(write), LONG_AGO.timestamp() + 1, recovered=True)
    assert (told.publisher, told.external_id, told.url) == ("demo", "a", event.url)
    assert (told.revision, told.number, told.generation) == (7, 3, 2)
    assert (told.receipt, told.content_hash, told.recovered) == ("r", "hash-7", True)
    assert told.published_at == LONG_AGO


def test_an_article_of_the_future_is_announced_as_embargoed() -> None:
    due = LONG_AGO + timedelta(days=1)
    event = enriched("a", published_at=due)
    write = build_indexed_article(
        card_of("x", event),
        content_of(event),
        Links(story_id="x"),
        id="x",
        version=1,
        url=event.url,
    )
    assert indexed_event(stored(write), LONG_AGO.timestamp()).embargoed_until == due
    assert indexed_event(stored(write), due.timestamp()).embargoed_until is None


def test_a_tombstone_is_never_embargoed() -> None:
    record = {"publisher": "demo", "url": "https://publisher.example/a", "revision": 2}
    told = indexed_event(
        stored(Tombstone(id="x", version=1, url="", content={RECORD: record})), -1.0
    )
    assert told.withdrawn
    assert told.embargoed_until is None


def test_schema_org_leaves_out_what_is_not_known() -> None:
    event = enriched("a", title="Title")
    write = write_of(wrap(event, subject="x", source="test"), FIRST)
    found = news_article(page_of(stored(write)))
    assert found["headline"] == "Title"
    assert found["dateModified"] == found["datePublished"]
    assert "image" not in found
    assert datetime.fromisoformat(found["datePublished"]).tzinfo == UTC
