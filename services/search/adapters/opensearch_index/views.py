"""Points in time of the index that many readers share."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Final

from services.search.ports import SharedViews, StoreUnavailableError, View

HELD: Final = 300
"""Seconds that a view is held at least, for whoever opens it last."""
_SLICE: Final = 15
_OWN_SLICE: Final = 45
"""Without the others' views: so at most eight of our own are held at a time."""


class Views:
    """Opens a view for each slice of time that somebody asks for one; time closes it.

    Args:
        open_: opens a view that is held for so many seconds.
        close: closes one.
        shared: where replicas tell each other; None for one replica.
        clock: seconds since 1970.
    """

    def __init__(
        self,
        open_: Callable[[int], Awaitable[str]],
        close: Callable[[str], Awaitable[None]],
        shared: SharedViews | None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._open = open_
        self._close = close
        self._shared = shared
        self._clock = clock
        self._known: dict[int, View] = {}
        self._own: View | None = None
        self._one_at_a_time = asyncio.Lock()

    async def present(self) -> View:
        async with self._one_at_a_time:
            if self._shared is not None:
                try:
                    return await self._of_all(self._shared)
                except StoreUnavailableError:
                    pass
            return await self._of_ours()

    async def _of_all(self, shared: SharedViews) -> View:
        slice_ = int(self._clock()) // _SLICE
        if slice_ not in self._known:
            held = HELD + 2 * _SLICE
            id_ = await shared.find(slice_)
            if id_ is None:
                id_ = await self._offered(shared, slice_, held)
            self._known = {slice_: View(id_, slice_ * _SLICE + held)}
        return self._known[slice_]

    async def _offered(self, shared: SharedViews, slice_: int, held: int) -> str:
        opened = await self._open(held)
        try:
            chosen = await shared.offer(slice_, opened, held)
        except StoreUnavailableError:
            await self._close(opened)
            raise
        if chosen != opened:
            await self._close(opened)
        return chosen

    async def _of_ours(self) -> View:
        now = int(self._clock())
        if self._own is None or self._own.expires < now + HELD:
            held = HELD + _OWN_SLICE
            self._own = View(await self._open(held), now + held)
        return self._own
