import asyncio
import logging

import pytest

from shared.background import Background
from shared.telemetry import Metrics
from tests.waiting import eventually


class Work:
    """Crashes a number of times, then runs until it is stopped."""

    def __init__(self, *errors: BaseException) -> None:
        self._errors = list(errors)
        self.begun = 0
        self.stopped = False

    async def __call__(self) -> None:
        self.begun += 1
        if self._errors:
            raise self._errors.pop(0)
        try:
            await asyncio.Event().wait()
        finally:
            self.stopped = True


async def test_work_that_crashes_is_logged_counted_told_and_begun_again(
    caplog: pytest.LogCaptureFixture,
) -> None:
    metrics, work = Metrics(), Work(KeyError("a defect"), asyncio.CancelledError())
    background = Background(metrics, restart_s=(0.01, 0.02), steady_s=0.5)
    with caplog.at_level(logging.ERROR):
        background.start("work", work)
        await eventually(lambda: work.begun, 3)
    assert "work crashed" in caplog.text
    assert "KeyError: 'a defect'" in caplog.text
    assert 'dateline_background_crashes_total{work="work"} 2.0' in metrics.render().decode()
    assert background.not_ready() == "work crashed: CancelledError()"
    await eventually(background.not_ready, None)
    await background.stop()
    assert work.stopped


async def test_a_crash_is_told_while_the_work_waits_to_be_begun_again() -> None:
    work = Work(*(KeyError(number) for number in range(3)))
    background = Background(Metrics(), restart_s=(0.05, 0.2), steady_s=5)
    background.start("work", work)
    await eventually(lambda: work.begun, 1)
    for _ in range(20):
        assert background.not_ready() or work.begun == 4
        await asyncio.sleep(0.01)
    await background.stop()


async def test_work_that_returns_is_done_and_may_be_started_again() -> None:
    done = 0

    async def work() -> None:
        nonlocal done
        done += 1

    background = Background(Metrics())
    for count in (1, 2):
        background.start("work", work)
        background.start("work", work)
        await eventually(lambda: done, count)
    assert background.not_ready() is None
    await background.stop()


async def test_only_the_named_work_is_stopped() -> None:
    one, other = Work(), Work()
    background = Background(Metrics())
    background.start("one", one)
    background.start("other", other)
    await eventually(lambda: one.begun + other.begun, 2)
    await background.stop("one")
    assert (one.stopped, other.stopped) == (True, False)
    await background.stop()
    assert other.stopped


async def test_what_is_stopped_amid_an_error_has_not_crashed() -> None:
    """redis-py may report a lost connection where a command was cancelled."""

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            raise ConnectionError from None

    metrics = Metrics()
    background = Background(metrics)
    background.start("work", work)
    await asyncio.sleep(0)
    await background.stop()
    assert background.not_ready() is None
    assert 'work="work"' not in metrics.render().decode()
