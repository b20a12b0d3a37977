"""Refreshes that several batches share: an index can be refreshed only so often."""

import asyncio
import time
from collections.abc import Awaitable, Callable


class Refresher:
    """Refreshes at once if it has not lately, else when it may again.

    Args:
        refresh: makes what was written until now visible.
        interval: seconds between the beginnings of two refreshes.
    """

    def __init__(self, refresh: Callable[[], Awaitable[object]], *, interval: float) -> None:
        self._refresh = refresh
        self._interval = interval
        self._began = -interval
        self._next: asyncio.Task[None] | None = None
        self._one_at_a_time = asyncio.Lock()

    async def refreshed(self) -> None:
        """Return after a refresh that began after this call."""
        if self._next is None:
            self._next = asyncio.create_task(self._run())
            self._next.add_done_callback(_retrieve)
        # Who is cancelled leaves the refresh to the others that wait for it.
        await asyncio.shield(self._next)

    async def _run(self) -> None:
        try:
            await asyncio.sleep(self._began + self._interval - time.monotonic())
            await self._one_at_a_time.acquire()
        except BaseException:
            self._next = None
            raise
        self._next = None  # Whoever comes now needs the next one.
        self._began = time.monotonic()
        try:
            await self._refresh()
        finally:
            self._one_at_a_time.release()


def _retrieve(done: asyncio.Task[None]) -> None:
    """Take the error of a refresh that nobody waits for any longer."""
    if not done.cancelled():
        done.exception()
