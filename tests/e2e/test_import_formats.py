"""Documents of all formats through `dateline import`, and an import that is killed on the way."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.newsroom import Newsroom, newsroom
from tests.unit.ingest.formats.documents import DOCUMENTS, TITLE
from tests.waiting import eventually

ARTICLES = 4000


@pytest.fixture(scope="module")
def room() -> Iterator[Newsroom]:
    with newsroom() as running:
        yield running


async def test_a_folder_of_documents_is_searchable(room: Newsroom, tmp_path: Path) -> None:
    for name, content in DOCUMENTS.items():
        (tmp_path / name).write_bytes(content)

    done = room.dateline("import", str(tmp_path))

    assert done.returncode == 0, done.stdout + done.stderr
    # The same post by feed, API and export is one article; so are a page and what links to it.
    await eventually(lambda: min(room.find(q=f'"{TITLE}"')["total"], 5), 5)
    found = room.find(q=f'"{TITLE}"', page_size=100)
    ids = [hit["article"]["id"] for hit in found["hits"]]
    assert len(ids) == len(set(ids)) < len(DOCUMENTS)


async def test_a_killed_import_goes_on_and_every_article_is_there_once(
    room: Newsroom, tmp_path: Path
) -> None:
    archive = tmp_path / "archive.jsonl"
    rows = (
        {"url": f"https://kill.example/{n}", "title": f"Brief {n}", "body": "Words of a killing."}
        for n in range(ARTICLES)
    )
    archive.write_text("\n".join(map(json.dumps, rows)))
    command = ("-m", "services.cli", "import", str(archive))
    importing = await asyncio.create_subprocess_exec(
        sys.executable, *command, env=room.environment, stderr=subprocess.DEVNULL
    )
    journals = Path(room.environment["DATELINE_STATE_DIR"]) / "imports"
    await eventually(lambda: len(list(journals.glob("*.jsonl"))), 1)
    importing.kill()
    await importing.wait()

    done = room.dateline("import", str(archive))

    assert done.returncode == 0, done.stdout + done.stderr
    assert "dealt with before" in done.stdout
    assert not any(journals.glob("*.jsonl"))
    await eventually(lambda: room.find(q='"words of a killing"')["total"], ARTICLES, within_s=120)
