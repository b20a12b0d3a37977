"""SuggestNames: what a reader may be about to type, and the lists of tags and categories."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from services.search.domain.analysis import UNSTEMMED, terms
from services.search.domain.categories import CategoryNode, tree
from services.search.domain.names import Name
from services.search.domain.question import Facet
from services.search.ports import SearchIndex
from services.search.use_cases.lexicon import Lexicon
from services.search.use_cases.tag_names import TagNames


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
    """Names come from memory, titles from the index."""

    def __init__(
        self,
        index: SearchIndex,
        lexicon: Lexicon,
        tags: TagNames,
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._index = index
        self._lexicon = lexicon
        self._clock = clock
        self._tags = tags

    async def suggest(self, q: str, limit: int) -> list[Suggestion]:
        """Names and titles with the typed words, the last one by its beginning; half names.

        Where nothing has them, the words as they were probably meant.
        """
        typed = terms(q, UNSTEMMED)
        if not typed:
            return []
        found = await self._suggested_by(typed, limit)
        meant = typed if found else self._meant(typed)
        return found if meant == typed else await self._suggested_by(meant, limit)

    async def tags(self, q: str, limit: int) -> list[TagCount]:
        """The most frequent tags first; with `q`, those in whose name its words stand."""
        counts = await self._lexicon.values(Facet.TAG)
        if terms(q, UNSTEMMED):
            names = (await self._lexicon.names()).find(q, len(counts) + limit)
            found = [(n.text, counts[n.text]) for n in names if _is_tag(n) and n.text in counts]
        else:
            found = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
        shown = found[:limit]
        about = await asyncio.gather(*(self._tags.about(name) for name, _ in shown))
        return [
            TagCount(slug, name, kind, count)
            for (name, count), (slug, kind) in zip(shown, about, strict=True)
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
        return tree(await self._lexicon.values(Facet.CATEGORY))

    async def _suggested_by(self, words: list[str], limit: int) -> list[Suggestion]:
        names, titles = await asyncio.gather(
            self._named(" ".join(words), limit), self._titles(words[:-1], words[-1], limit)
        )
        few_names = names[: max((limit + 1) // 2, limit - len(titles))]
        return [*few_names, *titles][:limit]

    def _meant(self, typed: list[str]) -> list[str]:
        speller = self._lexicon.speller
        whole = [speller.correct(word) or word for word in typed[:-1]]
        return [*whole, speller.correct_beginning(typed[-1]) or typed[-1]]

    async def _named(self, q: str, limit: int) -> list[Suggestion]:
        found = (await self._lexicon.names()).find(q, limit)
        return [await self._suggested(name) for name in found]

    async def _suggested(self, name: Name) -> Suggestion:
        if name.kind == Facet.TAG.value:
            slug, _ = await self._tags.about(name.text)
            return Suggestion(name.text, "tag", slug)
        kind: Literal["category", "author"] = (
            "category" if name.kind == Facet.CATEGORY.value else "author"
        )
        return Suggestion(name.text, kind, name.text)

    async def _titles(self, words: list[str], prefix: str, limit: int) -> list[Suggestion]:
        now = int(self._clock())
        found = await self._index.complete(words, prefix, now=now, limit=limit)
        by_title = {article.card["title"]: article.id for article in reversed(found)}
        return [Suggestion(title, "title", by_title[title]) for title in reversed(by_title)]


def _is_tag(name: Name) -> bool:
    return name.kind == Facet.TAG.value
