"""The index is rebuilt while publishers and readers go on, and while search is killed.

`WRITES_PER_S` and `QUESTIONS_PER_S` set the load, and `ARTICLES` what there is to copy: two cores
that others use as well do not keep up with the 100, 50 and more of a machine of its own.
"""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any, Protocol

import httpx
import pytest

from services.cli.verifying import verify_at
from tests.faults.steady_load import Load, at_rate
from tests.newsroom import Newsroom, newsroom
from tests.waiting import eventually

SEED = 35
WRITES_PER_S = float(os.environ.get("WRITES_PER_S", "5"))
QUESTIONS_PER_S = float(os.environ.get("QUESTIONS_PER_S", "5"))
ARTICLES = int(os.environ.get("ARTICLES", "150"))
DRAIN_S = 600

pytestmark = pytest.mark.timeout(1_800)


class Copies(Protocol):
    """The indices that there are, by name, of which one is in use."""

    def all(self) -> set[str]: ...

    def in_use(self) -> str: ...

    def go_back(self) -> None:
        """Use the replaced one again, as docs/operations.md tells to."""


class Folders:
    """Copies of the embedded index."""

    def __init__(self, index: Path) -> None:
        self._index = index

    def all(self) -> set[str]:
        return {one.name for one in self._index.iterdir() if one.is_dir()}

    def in_use(self) -> str:
        return str(json.loads((self._index / "current.json").read_text()))

    def go_back(self) -> None:
        [replaced] = self.all() - {self.in_use()}
        (self._index / "current.json").write_text(json.dumps(replaced))


class Indices:
    """Copies in a cluster, told by their aliases."""

    ALIASES = ("articles", "articles-related")

    def __init__(self, url: str) -> None:
        self._client = httpx.Client(base_url=url, timeout=60)

    def all(self) -> set[str]:
        return set(self._ask("/_alias/articles,articles-build,articles-replaced"))

    def in_use(self) -> str:
        return self._of("articles")

    def go_back(self) -> None:
        actions = []
        for alias in self.ALIASES:
            current, replaced = self._of(alias), self._of(f"{alias}-replaced")
            actions += [
                {"remove": {"index": current, "alias": alias}},
                {"add": {"index": current, "alias": f"{alias}-replaced"}},
                {"remove": {"index": replaced, "alias": f"{alias}-replaced"}},
                {"add": {"index": replaced, "alias": alias}},
            ]
        self._client.post("/_aliases", json={"actions": actions}).raise_for_status()

    def _of(self, alias: str) -> str:
        [index] = self._ask(f"/_alias/{alias}")
        return str(index)

    def _ask(self, path: str) -> dict[str, Any]:
        """By index; what of several aliases does not exist is told beside them, not by 200."""
        answer: dict[str, Any] = self._client.get(path).json()
        return {name: told for name, told in answer.items() if isinstance(told, dict)}


@pytest.fixture
def room(tmp_path: Path, cluster_url: str | None) -> Iterator[Newsroom]:
    settings = {}
    if cluster_url:
        settings["OPENSEARCH_URL"] = cluster_url
    with newsroom(tmp_path / "state", samples=False, **settings) as running:
        yield running


@pytest.fixture
def copies(tmp_path: Path, cluster_url: str | None) -> Copies:
    return Indices(cluster_url) if cluster_url else Folders(tmp_path / "state" / "index")


@pytest.fixture
async def load(room: Newsroom) -> AsyncIterator[Load]:
    load = Load(room, SEED)
    yield load
    await load.aclose()


async def dateline(room: Newsroom, *arguments: str) -> tuple[int, str]:
    done = await asyncio.to_thread(room.dateline, *arguments)
    return done.returncode, done.stdout + done.stderr


async def assert_nothing_is_missing(room: Newsroom, load: Load) -> None:
    """Of all that was promised, and by the auditor's count."""
    url = str(room.search.base_url)
    found = await verify_at(load.accepted, url, room.redis_url, within_s=DRAIN_S)
    assert found.holds, found.broken[:5]
    code, said = await dateline(room, "audit", "--within", "100")
    assert code == 0, said


async def test_a_rebuild_loses_no_question_and_no_write_even_killed_in_the_middle(
    room: Newsroom, load: Load, copies: Copies
) -> None:
    await load.fill(ARTICLES)
    await assert_nothing_is_missing(room, load)
    filled = len(load.accepted)
    async with at_rate(WRITES_PER_S, load.write), at_rate(QUESTIONS_PER_S, load.ask):
        code, said = await dateline(room, "reindex")
        assert code == 0, said
    slowest = sorted(load.latencies_ms)[int(len(load.latencies_ms) * 0.99)]
    sys.stderr.write(
        f"\n{said.splitlines()[0]}; meanwhile {load.questions} questions, p99 {slowest:.0f} ms, "
        f"{len(load.failed_questions)} failed; {load.writes} writes of {filled} articles and more, "
        f"{len(load.refused)} refused\n"
    )
    assert load.questions > 5
    assert load.failed_questions == []
    assert load.refused == []
    await assert_nothing_is_missing(room, load)

    before, known = copies.in_use(), copies.all()
    killed = room.processes["search"]
    async with at_rate(WRITES_PER_S, load.write):
        following = asyncio.create_task(dateline(room, "reindex"))
        await eventually(lambda: copies.all() <= known, expected=False, within_s=120)
        os.kill(killed, signal.SIGKILL)
        assert copies.in_use() == before
        await eventually(lambda: room.processes["search"] == killed, expected=False, within_s=60)
        code, said = await following
    assert code == 0, said
    assert copies.in_use() != before
    await assert_nothing_is_missing(room, load)
    await go_back_and_heal(room, load, copies)


async def go_back_and_heal(room: Newsroom, load: Load, copies: Copies) -> None:
    """As docs/operations.md tells to roll back: what the older index lacks is published again."""
    await load.fill(20)
    await assert_nothing_is_missing(room, load)
    # The launcher starts search again, on the other copy.
    await asyncio.to_thread(copies.go_back)
    os.kill(room.processes["search"], signal.SIGKILL)

    code, said = await dateline(room, "audit", "--within", "0")
    assert (code, " missing: accepted" in said) == (1, True), said
    code, said = await dateline(room, "audit", "--within", "1", "--heal")
    assert "published again" in said
    await assert_nothing_is_missing(room, load)
