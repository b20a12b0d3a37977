"""A real archive through `dateline import`, every worker killed once on the way."""

import json
import os
import signal
import threading
import time
from pathlib import Path

import httpx
import pytest

from tests.newsroom import Newsroom, newsroom
from tests.waiting import eventually

ENGINES = ["tantivy", pytest.param("opensearch", marks=pytest.mark.opensearch)]


@pytest.mark.timeout(900)
@pytest.mark.parametrize("engine", ENGINES)
async def test_every_story_of_an_archive_is_searchable_exactly_once_though_workers_are_killed(
    request: pytest.FixtureRequest, shared_data: Path, tmp_path: Path, engine: str
) -> None:
    archive = shared_data / "bbc" / "articles.jsonl"
    stories = [json.loads(line) for line in archive.read_text().splitlines()]
    settings = {}
    if engine == "opensearch":
        settings["OPENSEARCH_URL"] = request.getfixturevalue("empty_opensearch_url")
    with newsroom(**settings) as room:
        killer = threading.Thread(target=_kill_each_once, args=(room,))
        killer.start()
        ledger = str(tmp_path / "ledger.jsonl")
        done = room.dateline("import", str(archive), "--ledger", ledger)
        killer.join()
        assert done.returncode == 0, done.stdout + done.stderr
        assert f"filled in {len(stories)} times: url" in done.stdout
        await eventually(lambda: _bbc(room), len(stories), within_s=480)
        assert room.dateline("status").returncode == 0
        verified = room.dateline("verify", ledger, "--within", "60")
        assert verified.returncode == 0, verified.stdout + verified.stderr
        assert verified.stdout.strip().endswith("0 lost, 0 stale, 0 duplicated, 0 resurrected")
        found = room.find(facets="category", publisher="demo", page_size=1)
        counts = {value["value"]: value["count"] for value in found["facets"]["category"]}
        expected: dict[str, int] = {}
        for story in stories:
            expected[story["category"]] = expected.get(story["category"], 0) + 1
        assert {name: counts.get(name, 0) for name in expected} == expected


def _bbc(room: Newsroom) -> int:
    """How many stories are searchable; -1 while search is started again after its kill."""
    params = {"category": "business,entertainment,politics,sport,tech", "page_size": "1"}
    try:
        answer = room.search.get("/v1/search", params=params)
    except httpx.TransportError:
        return -1
    if answer.status_code == httpx.codes.SERVICE_UNAVAILABLE:
        return -1
    assert answer.status_code == httpx.codes.OK, answer.text
    return int(answer.json()["total"])


def _kill_each_once(room: Newsroom) -> None:
    """`kill -9` of every service, one after the other, while the import runs."""
    for name in ("ingest", "enrich", "search"):
        time.sleep(1.5)
        os.kill(room.processes[name], signal.SIGKILL)
