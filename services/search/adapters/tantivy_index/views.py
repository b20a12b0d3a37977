"""Views that are held for the cursors of relevance lists."""

import secrets
import time
from collections.abc import Callable

from services.search.adapters.tantivy_index.folder import View
from services.search.ports import View as HeldView, ViewExpiredError

HOLD_S = 300
SLICE_S = 15
"""Views opened within it are one: a held view keeps the files of deleted documents."""


class HeldViews:
    """Views by token, each for five minutes and a little more."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._held: dict[str, tuple[int, View]] = {}
        self._newest: tuple[int, str] | None = None

    def hold(self, open_view: Callable[[], View]) -> HeldView:
        """A view opened now, or within the last seconds."""
        now = int(self._clock())
        self._held = {token: held for token, held in self._held.items() if held[0] > now}
        if self._newest is None or self._newest[0] <= now or self._newest[1] not in self._held:
            token = secrets.token_urlsafe(12)
            self._held[token] = (now + SLICE_S + HOLD_S, open_view())
            self._newest = now + SLICE_S, token
        token = self._newest[1]
        return HeldView(token, self._held[token][0])

    def get(self, token: str) -> View:
        """The view as of `hold`.

        Raises:
            ViewExpiredError: it is held no more, or never was.
        """
        expires, view = self._held.get(token, (0, None))
        if view is None or expires <= self._clock():
            raise ViewExpiredError("This view is held no longer.")
        return view

    def clear(self) -> None:
        self._held.clear()
