"""What an operator names on the command line, and named wrongly."""

from typing import Any

import pytest
from click.testing import CliRunner, Result

from services.cli import tags
from services.cli.app import dateline


def run(*arguments: str) -> Result:
    return CliRunner().invoke(dateline, arguments)


@pytest.mark.parametrize("option", ["--from", "--before"])
@pytest.mark.parametrize("text", ["foo", "2026-02-30", "2026-13-01"])
def test_what_is_no_day_selects_nothing(option: str, text: str) -> None:
    answer = run("reenrich", option, text)
    assert answer.exit_code == 2
    assert f"'{text}' is no day; say 2026-05-01" in answer.output


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (("reenrich", "--from", "2026-05-02", "--before", "2026-05-02"), "is not before"),
        (("reenrich", "--algorithm", "newest"), "'newest' is no version of the rules"),
        (("reenrich", "--all", "--compare", "--limit", "0"), "'--limit'"),
        (("learn-sections", "demo", "--limit", "-1"), "'--limit'"),
    ],
)
def test_a_selection_that_can_be_of_nothing_is_refused(
    arguments: tuple[str, ...], hint: str
) -> None:
    answer = run(*arguments)
    assert answer.exit_code == 2
    assert hint in answer.output


class Ingest:
    """Answers what is asked of a curation, and keeps what is put."""

    def __init__(self, **choices: list[str]) -> None:
        self.tags: dict[str, list[str]] = {"pin": [], "ban": []} | choices

    def __call__(self, method: str, _: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        if body is not None:
            self.tags = body["tags"]
        return {"tags": dict(self.tags), "receipt": f"of {method}"}


def test_a_tag_is_freed_and_banned_in_whichever_case_it_is_written(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ingest = Ingest(pin=["Eastbank", "Harbour"])
    monkeypatch.setattr(tags, "_ask", ingest)
    assert run("tags", "free", "a1", "eastbank").exit_code == 0
    assert ingest.tags == {"pin": ["Harbour"], "ban": []}
    assert run("tags", "ban", "a1", "HARBOUR").exit_code == 0
    assert ingest.tags == {"pin": [], "ban": ["HARBOUR"]}


@pytest.mark.parametrize(
    ("pin", "there"),
    [(["Eastbank", "Harbour"], "there are Eastbank, Harbour"), ([], "there is none")],
)
def test_what_nobody_decided_cannot_be_freed(
    monkeypatch: pytest.MonkeyPatch, pin: list[str], there: str
) -> None:
    monkeypatch.setattr(tags, "_ask", Ingest(pin=pin))
    answer = run("tags", "free", "a1", "eastbanks")
    assert answer.exit_code == 2
    assert f"'eastbanks' is neither pinned nor banned; {there}" in answer.output
