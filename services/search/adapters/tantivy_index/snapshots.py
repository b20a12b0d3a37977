"""Views that are held for the cursors of relevance lists."""

import secrets
import time
from collections.abc import Callable

from services.search.adapters.tantivy_index.folder import View
from services.search.ports import SnapshotExpiredError

HOLD_SECONDS = 300.0
MOST_HELD = 32
"""A held view keeps the files of deleted documents: beyond this the oldest view goes."""


class HeldViews:
    """Views by token, each for five minutes."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._held: dict[str, tuple[float, View]] = {}

    def hold(self, view: View) -> str:
        self._drop_expired()
        while len(self._held) >= MOST_HELD:
            del self._held[next(iter(self._held))]
        token = secrets.token_urlsafe(12)
        self._held[token] = (self._clock() + HOLD_SECONDS, view)
        return token

    def get(self, token: str) -> View:
        """The view as of `hold`.

        Raises:
            SnapshotExpiredError: it is held no more, or never was.
        """
        self._drop_expired()
        if token not in self._held:
            raise SnapshotExpiredError("This view is held no longer.")
        return self._held[token][1]

    def clear(self) -> None:
        self._held.clear()

    def _drop_expired(self) -> None:
        now = self._clock()
        self._held = {token: held for token, held in self._held.items() if held[0] > now}
