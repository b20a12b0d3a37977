"""TagNames: which slug and kind a tag has, which name a slug stands for."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from services.search.domain.articles import FacetCount
from services.search.domain.folding import fold
from services.search.ports import SearchIndex

MAX_REMEMBERED = 10_000
REMEMBERED_S = 30
"""Editors rename and merge tags: what was remembered longer is looked up again."""
_NO_SLUG = re.compile(r"[\W_]+")

Tag = Mapping[str, Any]


class TagNames:
    """Looked up in an article that has the tag, then remembered for a while."""

    def __init__(self, index: SearchIndex, *, clock: Callable[[], float] = time.time) -> None:
        self._index = index
        self._clock = clock
        self._known: dict[str, tuple[float, Tag | None]] = {}

    async def about(self, name: str) -> tuple[str, str]:
        """Slug and kind of the tag of this name."""
        tag = await self.tag(name)
        return (tag["slug"], tag["kind"]) if tag else (_NO_SLUG.sub("-", fold(name)), "topic")

    async def tag(self, name_or_slug: str) -> Tag | None:
        """The tag of this name or slug, also of a slug that was merged into it."""
        now = self._clock()
        until, tag = self._known.get(name_or_slug, (0.0, None))
        if until > now:
            return tag
        tag = await self._index.tag(name_or_slug, now=int(now))
        if len(self._known) >= MAX_REMEMBERED:
            self._known.clear()
        self._known[name_or_slug] = now + REMEMBERED_S, tag
        return tag

    async def selected(
        self, counts: Sequence[FacetCount], chosen: Sequence[str]
    ) -> tuple[FacetCount, ...]:
        """Facet values with those that were chosen by slug shown under their name."""
        found = await asyncio.gather(*map(self.tag, chosen))
        names = {
            value: tag["name"] if tag else value for value, tag in zip(chosen, found, strict=True)
        }
        listed = {one.value for one in counts}
        doubled = {value for value, name in names.items() if name != value and name in listed}
        chosen_names = {*chosen, *names.values()}
        return tuple(
            replace(one, value=names.get(one.value, one.value), selected=one.value in chosen_names)
            for one in counts
            if one.value not in doubled
        )
