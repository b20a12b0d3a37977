import asyncio

import pytest

from services.search.adapters.opensearch_index.refresher import Refresher


class _Index:
    """Notes what is written, and shows it when it is refreshed."""

    def __init__(self) -> None:
        self.written: set[int] = set()
        self.visible: set[int] = set()
        self.refreshes = 0
        self.broken = False
        self.began = asyncio.Event()

    async def refresh(self) -> None:
        self.refreshes += 1
        self.began.set()
        seen = set(self.written)
        await asyncio.sleep(0.01)
        if self.broken:
            raise OSError("the index is gone")
        self.visible |= seen


async def test_the_first_refresh_is_made_at_once() -> None:
    index = _Index()
    refresher = Refresher(index.refresh, interval=60)

    await asyncio.wait_for(refresher.refreshed(), 5)

    assert index.refreshes == 1


async def test_batches_share_refreshes_and_are_visible_when_theirs_is_over() -> None:
    index = _Index()
    refresher = Refresher(index.refresh, interval=0.1)

    async def write(number: int) -> None:
        await asyncio.sleep(number / 1_000)
        index.written.add(number)
        await refresher.refreshed()
        assert number in index.visible

    await asyncio.gather(*(write(number) for number in range(100)))

    assert 2 <= index.refreshes <= 10


async def test_a_refresh_that_has_begun_is_not_enough() -> None:
    index = _Index()
    refresher = Refresher(index.refresh, interval=0)
    first = asyncio.create_task(refresher.refreshed())
    await index.began.wait()
    index.written.add(1)

    await refresher.refreshed()

    assert index.visible == {1}
    await first


async def test_all_that_wait_learn_of_a_failure_and_the_next_refresh_is_tried_again() -> None:
    index = _Index()
    refresher = Refresher(index.refresh, interval=0)
    index.broken = True
    waiting = [asyncio.create_task(refresher.refreshed()) for _ in range(2)]

    failures = await asyncio.gather(*waiting, return_exceptions=True)

    assert [type(one) for one in failures] == [OSError, OSError]
    index.broken = False
    await refresher.refreshed()
    assert index.refreshes == 2


async def test_who_is_cancelled_takes_the_refresh_from_nobody() -> None:
    index = _Index()
    refresher = Refresher(index.refresh, interval=0)
    impatient = asyncio.create_task(refresher.refreshed())
    patient = asyncio.create_task(refresher.refreshed())
    await asyncio.sleep(0)
    impatient.cancel()

    await patient

    assert index.refreshes == 1
    with pytest.raises(asyncio.CancelledError):
        await impatient
