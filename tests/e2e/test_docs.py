"""What the documents print is what a reader gets: their commands run, their answers are compared.

A command stands in a fenced block behind `<!-- test: name -->`; the JSON behind `<!-- answer -->`
shows its answer, in part: a field that is left out is not compared, and "…" stands for anything.
"""

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.newsroom import Newsroom, newsroom
from tests.waiting import eventually

ROOT = Path(__file__).parents[2]
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(
    r"<!-- test: (?P<name>[\w -]+) -->\s*```sh\n(?P<command>.*?)```"
    r"(?:\s*<!-- answer -->\s*```json\n(?P<answer>.*?)```)?",
    re.DOTALL,
)
TARGET = re.compile(r"^make ([a-z-]+)", re.MULTILINE)


def examples() -> Iterator[tuple[str, str, str | None]]:
    for document in DOCUMENTS:
        for found in BLOCK.finditer(document.read_text()):
            yield f"{document.name}: {found['name']}", found["command"], found["answer"]


@pytest.fixture(scope="module")
def room() -> Iterator[Newsroom]:
    with newsroom(samples=True) as running:
        yield running


def on_ports(command: str, room: Newsroom) -> str:
    moved = command.replace("http://127.0.0.1:8001", str(room.ingest.base_url).rstrip("/"))
    return moved.replace("http://127.0.0.1:8002", str(room.search.base_url).rstrip("/"))


def fits(shown: Any, got: Any) -> bool:  # noqa: ANN401  (any JSON)
    """Whether what is shown is part of what was got."""
    if shown == "…":
        return True
    if isinstance(shown, dict) and isinstance(got, dict):
        return all(name in got and fits(value, got[name]) for name, value in shown.items())
    if isinstance(shown, list) and isinstance(got, list):
        return len(got) >= len(shown) and all(map(fits, shown, got))
    return bool(shown == got)


def run(command: str) -> Any:  # noqa: ANN401  (any JSON)
    done = subprocess.run(
        ["/bin/sh", "-ec", command], capture_output=True, text=True, check=True, timeout=60
    )
    try:
        return json.loads(done.stdout)
    except ValueError:
        return done.stdout


async def test_the_documents_print_what_a_reader_gets(room: Newsroom) -> None:
    ran = 0
    for name, command, answer in examples():
        moved = on_ports(command, room)
        if answer is None:
            run(moved)
        else:
            shown = json.loads(answer)
            await eventually(lambda c=moved, s=shown: _compare(s, run(c)), None)  # type: ignore[misc]
        ran += 1
        assert name
    assert ran >= 2


def _compare(shown: object, got: object) -> object:
    """None where they fit, else what was got: the failure then shows it."""
    return None if fits(shown, got) else got


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_target_that_a_document_names_exists(document: Path) -> None:
    makefile = (ROOT / "Makefile").read_text()
    for target in TARGET.findall(document.read_text()):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


def test_every_target_has_a_sentence() -> None:
    makefile = (ROOT / "Makefile").read_text()
    for target in re.findall(r"^\.PHONY: (\S+)", makefile, re.MULTILINE):
        assert re.search(rf"^{target}:.*## [A-Z].*\.$", makefile, re.MULTILINE), target


def test_a_wrong_answer_in_a_document_is_caught() -> None:
    assert not fits({"total": 2}, {"total": 3})
    assert not fits({"hits": [{"id": "a"}]}, {"hits": []})
    assert fits({"id": "…"}, {"id": "anything", "more": 1})
