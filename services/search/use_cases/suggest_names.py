"""SuggestNames: what a reader may be about to type, and the lists of tags and categories."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from services.search.domain.articles import Name
from services.search.domain.categories import CategoryNode, tree
from services.search.domain.question import Facet
from services.search.domain.reading import clean
from services.search.ports import SearchIndex
from services.search.use_cases.count_values import CountValues
from services.search.use_cases.tag_names import TagNames

NAMED = (Facet.TAG, Facet.CATEGORY, Facet.AUTHOR)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """`id` is what to ask for next: an article id, a tag's slug, a category's path, an author."""

    text: str
    kind: Literal["title", "tag", "category", "author"]
    id: str


@dataclass(frozen=True, slots=True)
class TagCount:
    """A tag as enrich named it, with the visible articles that have it."""

    slug: str
    name: str
    kind: str
    count: int


class SuggestNames:
    """Names and titles as the index finds them."""

    def __init__(
        self,
        index: SearchIndex,
        count_values: CountValues,
        tags: TagNames,
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._index = index
        self._count_values = count_values
        self._clock = clock
        self._tags = tags

    async def suggest(self, q: str, limit: int) -> list[Suggestion]:
        """Names and titles with the typed words, the last one by its beginning; half names.

        Where nothing has them, the words as they were probably meant.
        """
        typed = clean(q)
        if not typed:
            return []
        found = await self._suggested_by(typed, limit)
        if found:
            return found
        meant = await self._index.correct(typed)
        return await self._suggested_by(meant, limit) if meant else []

    async def tags(self, q: str, limit: int) -> list[TagCount]:
        """The most frequent tags first; with `q`, those in whose name its words stand."""
        now = int(self._clock())
        if typed := clean(q):
            names = await self._index.names(typed, (Facet.TAG,), now=now, limit=limit)
            found = [(name.text, name.count) for name in names]
        else:
            counts = await self._index.values(Facet.TAG, now=now, limit=limit)
            found = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
        about = await asyncio.gather(*(self._tags.about(name) for name, _ in found))
        return [
            TagCount(slug, name, kind, count)
            for (name, count), (slug, kind) in zip(found, about, strict=True)
        ]

    async def tag(self, name_or_slug: str) -> dict[str, Any] | None:
        """Slug, name, kind and aliases of one tag."""
        tag = await self._tags.tag(name_or_slug)
        if tag is None:
            return None
        return {name: tag[name] for name in ("slug", "name", "kind")} | {
            "aliases": list(tag.get("aliases", ()))
        }

    async def categories(self) -> tuple[CategoryNode, ...]:
        """All categories as a tree."""
        return tree(await self._count_values(Facet.CATEGORY))

    async def _suggested_by(self, typed: str, limit: int) -> list[Suggestion]:
        now = int(self._clock())
        names, titles = await asyncio.gather(
            self._index.names(typed, NAMED, now=now, limit=limit),
            self._titles(typed, now, limit),
        )
        few_names = names[: max((limit + 1) // 2, limit - len(titles))]
        named = await asyncio.gather(*map(self._suggested, few_names))
        return [*named, *titles][:limit]

    async def _suggested(self, name: Name) -> Suggestion:
        match name.kind:
            case Facet.TAG:
                slug, _ = await self._tags.about(name.text)
                return Suggestion(name.text, "tag", slug)
            case Facet.CATEGORY:
                return Suggestion(name.text, "category", name.text)
            case _:
                return Suggestion(name.text, "author", name.text)

    async def _titles(self, typed: str, now: int, limit: int) -> list[Suggestion]:
        *words, prefix = typed.split()
        found = await self._index.complete(words, prefix, now=now, limit=limit)
        by_title = {article.card["title"]: article.id for article in reversed(found)}
        return [Suggestion(title, "title", by_title[title]) for title in reversed(by_title)]
