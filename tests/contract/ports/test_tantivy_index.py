import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from services.search.adapters.tantivy_index import TantivyIndex
from services.search.domain.question import Question
from services.search.ports import IndexUnavailableError, ViewExpiredError
from tests.contract.ports.articles import NOW, article
from tests.contract.ports.search_index import NewIndex, SearchIndexBehaviour

WRITER = Path(__file__).with_name("writes_until_killed.py")


class TestTantivyIndex(SearchIndexBehaviour):
    @pytest.fixture
    def new_index(self, tmp_path: Path) -> NewIndex:
        return lambda: TantivyIndex(tmp_path)


async def test_a_killed_writer_loses_nothing_acknowledged(tmp_path: Path) -> None:
    for _ in range(3):
        acknowledged = _write_until_killed(tmp_path, at_least=60)
        index = TantivyIndex(tmp_path)
        await index.open()
        stored = await index.get(acknowledged)
        await index.aclose()

        assert set(acknowledged) == set(stored)


def _write_until_killed(folder: Path, at_least: int) -> list[str]:
    """Start a process that prints every acknowledged id; kill it in the middle of a batch."""
    command = [sys.executable, "-m", "tests.contract.ports.writes_until_killed", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        acknowledged = [process.stdout.readline().strip() for _ in range(at_least)]
        os.kill(process.pid, signal.SIGKILL)
        acknowledged += process.stdout.read().splitlines()
    assert all(acknowledged), "the writing process ended by itself"
    # The last line may have been cut in the middle.
    return [id_ for id_ in acknowledged if len(id_) == len(acknowledged[0])]


async def test_a_second_process_is_told_why_it_may_not_write(tmp_path: Path) -> None:
    first, second = TantivyIndex(tmp_path), TantivyIndex(tmp_path)
    await first.open()

    with pytest.raises(IndexUnavailableError, match="belongs to one process"):
        await second.open()

    await first.aclose()
    await second.open()
    await second.aclose()


async def test_a_view_is_held_for_five_minutes_and_shared_for_seconds(tmp_path: Path) -> None:
    clock = _Clock()
    index = TantivyIndex(tmp_path, clock=clock)
    await index.open()
    view = await index.open_view()

    clock.now += 14
    assert await index.open_view() == view
    clock.now += 1
    assert (await index.open_view()).id != view.id
    clock.now = view.expires - 1
    assert (await index.find(Question(now=NOW), view=view.id)).total == 0
    clock.now = view.expires
    with pytest.raises(ViewExpiredError):
        await index.find(Question(now=NOW), view=view.id)
    assert view.expires >= 14 + 300
    await index.aclose()


async def test_batches_at_the_same_time_wait_for_each_other(tmp_path: Path) -> None:
    index = TantivyIndex(tmp_path)
    await index.open()

    await asyncio.gather(
        *(index.apply([article(f"{batch}-{n}") for n in range(5)]) for batch in range(8))
    )

    assert (await index.find(Question(now=NOW))).total == 40
    await index.aclose()


async def test_a_panic_of_the_engine_is_an_unavailable_index(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    index = TantivyIndex(tmp_path)
    await index.open()
    await index.apply([article("1")])
    too_many = Question(now=NOW, limit=2**62)  # More than the engine can allocate.

    with pytest.raises(IndexUnavailableError, match="panicked"):
        await index.find(too_many)

    assert "panicked" in capfd.readouterr().err
    await index.aclose()


class _Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now
