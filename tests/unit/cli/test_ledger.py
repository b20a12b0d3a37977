"""The ledger as a file, and what counts of it."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from services.cli.ledger import Accepted, Ledger, LedgerError, read_ledger


def test_the_highest_accepted_revision_is_what_must_be_shown(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    with Ledger(path) as ledger:
        ledger.add(Accepted("a", 2), Accepted("a", 1), Accepted("b", 1))
    with Ledger(path) as ledger:
        ledger.add(Accepted("b", 1, withdrawn=True), Accepted("c", 1, withdrawn=True))
        ledger.add(Accepted("c", 2))
    assert read_ledger(path) == {
        "a": Accepted("a", 2),
        "b": Accepted("b", 1, withdrawn=True),
        "c": Accepted("c", 2),
    }


def test_a_publishers_own_system_may_write_a_ledger(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    path.write_text('{"id": "a", "revision": 3, "cms": 17}\n\n{"revision": 1, "id": "b"}\n')
    assert read_ledger(path) == {"a": Accepted("a", 3), "b": Accepted("b", 1)}


@pytest.mark.parametrize(
    "line",
    [
        "not json",
        "[]",
        '{"id": "a"}',
        '{"id": 1, "revision": 1}',
        '{"id": "a", "revision": "1"}',
        '{"id": "a", "revision": 1, "visible_from": "2026-01-01T00:00:00"}',
        '{"id": "a", "revision": 1, "visible_from": "soon"}',
    ],
)
def test_a_line_that_cannot_be_read_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "ledger.jsonl"
    path.write_text('{"id": "a", "revision": 1}\n' + line + "\n")
    with pytest.raises(LedgerError, match=r"ledger\.jsonl:2: not a line of a ledger"):
        read_ledger(path)


def test_an_embargo_ends() -> None:
    accepted = Accepted("a", 1, visible_from="2026-05-01T12:00:00+02:00")
    assert accepted.embargoed(datetime(2026, 5, 1, 9, 59, tzinfo=UTC))
    assert not accepted.embargoed(datetime(2026, 5, 1, 10, 0, tzinfo=UTC))
