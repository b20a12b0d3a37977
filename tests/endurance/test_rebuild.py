"""The index is rebuilt while publishers and readers go on, and while search is killed."""

import asyncio
import json
import os
import signal
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from services.cli.verifying import verify_at
from tests.faults.steady_load import Load, at_rate
from tests.newsroom import Newsroom, newsroom
from tests.waiting import eventually

SEED = 35


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "state"


@pytest.fixture
def room(state: Path) -> Iterator[Newsroom]:
    with newsroom(state, ENRICH_MAX_RELATED="1") as running:
        yield running


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
    found = await verify_at(load.accepted, url, room.redis_url, within_s=150)
    assert found.holds, found.broken[:5]
    code, said = await dateline(room, "audit", "--within", "100")
    assert code == 0, said


@pytest.mark.timeout(600)
async def test_a_rebuild_loses_no_question_and_no_write_even_killed_in_the_middle(
    room: Newsroom, load: Load, state: Path
) -> None:
    index = state / "index"
    await load.fill(150)
    async with at_rate(5, load.write), at_rate(5, load.ask):
        code, said = await dateline(room, "reindex")
        assert code == 0, said
    assert load.questions > 5
    assert load.failed_questions == []
    assert load.refused == []
    await assert_nothing_is_missing(room, load)

    before, known = in_use(index), folders(index)
    killed = room.processes["search"]
    async with at_rate(5, load.write):
        following = asyncio.create_task(dateline(room, "reindex"))
        await eventually(lambda: folders(index) <= known, expected=False, within_s=120)
        os.kill(killed, signal.SIGKILL)
        assert in_use(index) == before
        await eventually(lambda: room.processes["search"] == killed, expected=False, within_s=60)
        code, said = await following
    assert code == 0, said
    assert in_use(index) != before
    await assert_nothing_is_missing(room, load)
    await go_back_and_heal(room, load, index)


async def go_back_and_heal(room: Newsroom, load: Load, index: Path) -> None:
    """As docs/operations.md tells to roll back: what the older index lacks is published again."""
    await load.fill(20)
    await assert_nothing_is_missing(room, load)
    [replaced] = folders(index) - {in_use(index)}
    # The launcher starts search again, on the other folder.
    await asyncio.to_thread((index / "current.json").write_text, json.dumps(replaced))
    os.kill(room.processes["search"], signal.SIGKILL)

    code, said = await dateline(room, "audit", "--within", "0")
    assert (code, " missing: accepted" in said) == (1, True), said
    code, said = await dateline(room, "audit", "--within", "1", "--heal")
    assert "published again" in said
    await assert_nothing_is_missing(room, load)


def folders(index: Path) -> set[str]:
    return {one.name for one in index.iterdir() if one.is_dir()}


def in_use(index: Path) -> str:
    return str(json.loads((index / "current.json").read_text()))
