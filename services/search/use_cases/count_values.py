"""CountValues: the values of a facet over all articles, counted once a second for all readers."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping

from services.search.domain.question import Facet
from services.search.ports import SearchIndex

KEPT_S = 1.0
MOST_VALUES = 10_000


class CountValues:
    """Who asks while the index counts waits for that answer instead of asking again."""

    def __init__(self, index: SearchIndex, *, clock: Callable[[], float] = time.time) -> None:
        self._index = index
        self._clock = clock
        self._counting: dict[Facet, asyncio.Task[Mapping[str, int]]] = {}
        self._counted: dict[Facet, tuple[float, Mapping[str, int]]] = {}

    async def __call__(self, facet: Facet) -> Mapping[str, int]:
        """Every value with its count, at most a second old; raises `IndexUnavailableError`."""
        until, values = self._counted.get(facet, (0.0, {}))
        if time.monotonic() < until:
            return values
        if facet not in self._counting:
            self._counting[facet] = asyncio.create_task(self._count(facet))
        # Shielded: a reader who leaves must not take the answer from the others.
        return await asyncio.shield(self._counting[facet])

    async def _count(self, facet: Facet) -> Mapping[str, int]:
        try:
            values = await self._index.values(facet, now=int(self._clock()), limit=MOST_VALUES)
            self._counted[facet] = time.monotonic() + KEPT_S, values
            return values
        finally:
            del self._counting[facet]
