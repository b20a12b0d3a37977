"""Every stored example of every event decodes for ever; every event has an example."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from shared.events import (
    ArticlePublished,
    Event,
    NewerSchemaError,
    UndecodableEventError,
    decode,
    encode,
)

EXAMPLES = sorted((Path(__file__).parent / "examples").glob("*.json"))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_a_stored_example_decodes(path: Path) -> None:
    envelope = decode(path.read_bytes())
    assert envelope.type == path.stem.partition(".")[0]
    assert envelope.subject


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_what_is_encoded_decodes_to_the_same(path: Path) -> None:
    envelope = decode(path.read_bytes())
    assert decode(encode(envelope)) == envelope


def test_every_event_has_an_example() -> None:
    assert {path.stem.partition(".")[0] for path in EXAMPLES} == set(Event.TYPES)


def test_a_foreign_producer_needs_only_type_subject_and_data() -> None:
    envelope = decode(
        b'{"type": "ArticlePublished", "subject": "a1", "data": {"publisher": "wire", '
        b'"url": "https://wire.example/1", "revision": 3, "title": "T", "body": "B", '
        b'"published_at": "2026-01-01T00:00:00Z"}}'
    )
    assert envelope.subject == "a1"
    assert isinstance(envelope.time, datetime)
    assert envelope.correlation_id


@pytest.mark.parametrize("dated", [None, "2024-02-29T12:00:00Z", "2024-02-29T12:00:00"])
def test_an_article_without_a_date_is_of_its_events_time_and_one_without_a_zone_of_utc(
    dated: str | None,
) -> None:
    data = {"publisher": "wire", "url": "https://wire.example/1", "title": "Brief"}
    data |= {"body": "Words."}
    event = {
        "type": "ArticlePublished",
        "subject": "a1",
        "time": "2026-03-02T08:00:00Z",
        "data": {**data, "revision": 1, **({"published_at": dated} if dated else {})},
    }
    found = decode(json.dumps(event).encode()).event
    assert isinstance(found, ArticlePublished)
    expected = datetime.fromisoformat(dated or "2026-03-02T08:00:00Z")
    assert found.published_at == (expected if expected.tzinfo else expected.replace(tzinfo=UTC))


def test_unknown_fields_are_ignored_as_events_only_grow() -> None:
    envelope = decode(
        b'{"type": "ArticleWithdrawn", "subject": "a1", "surprise": 1, "data": {"publisher": "p", '
        b'"url": "https://p.example/1", "revision": 1, "mood": "new"}}'
    )
    assert envelope.type == "ArticleWithdrawn"


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"\xff", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"[]", "not a JSON object"),
        (b'{"subject": "a"}', "type: must name an event"),
        (b'{"type": "ArticleWithdrawn", "data": {}}', "subject: must be the article id"),
        (b'{"type": "ArticleWithdrawn", "subject": "a", "data": {}}', "data.publisher"),
        (b'{"type": "ArticleWithdrawn", "subject": "a"}', "data"),
    ],
)
def test_the_reason_names_what_is_wrong(raw: bytes, reason: str) -> None:
    with pytest.raises(UndecodableEventError, match=reason):
        decode(raw)


@pytest.mark.parametrize(
    "raw",
    [
        b'{"type": "ArticleSung", "subject": "a", "data": {}}',
        b'{"type":"ArticleWithdrawn","subject":"a","dataschema":"urn:dateline:event:x:2"}',
    ],
)
def test_an_event_of_a_newer_release_is_told_apart(raw: bytes) -> None:
    with pytest.raises(NewerSchemaError):
        decode(raw)
