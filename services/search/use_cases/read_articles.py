"""ReadArticles: single articles and the small lists of an article page."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from services.search.domain.articles import StoredArticle
from services.search.domain.cards import page_of
from services.search.domain.question import Facet, Question, Sort
from services.search.domain.readers import Reader
from services.search.domain.records import is_visible
from services.search.ports import SearchIndex, ViewCounter
from shared.identity import canonical_url

Card = Mapping[str, Any]


class ArticleNotFoundError(Exception):
    """No article that readers may know of; an embargoed one is unknown."""


class ArticleWithdrawnError(Exception):
    """There was one; its publisher took it back."""


class StoryNotFoundError(Exception):
    """No story that readers may know of; one whose first article went is told under another id."""


class ReadArticles:
    """Every card comes with its views, every link is resolved when it is read."""

    def __init__(
        self,
        index: SearchIndex,
        views: ViewCounter,
        is_bot: Callable[[str], bool],
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._index = index
        self._views = views
        self._is_bot = is_bot
        self._clock = clock

    async def article(self, article_id: str) -> dict[str, Any]:
        """The whole article, as its page shows it.

        Raises:
            ArticleNotFoundError: unknown, or under embargo.
            ArticleWithdrawnError: it was withdrawn.
        """
        stored, stories = await asyncio.gather(
            self._index.get([article_id]), self._index.stories([article_id])
        )
        found = stored.get(article_id)
        if found is not None and found.withdrawn:
            raise ArticleWithdrawnError(article_id)
        if found is None or not is_visible(found, self._clock()):
            raise ArticleNotFoundError(article_id)
        return await self._page(found, stories.get(article_id))

    async def article_at(self, url: str) -> dict[str, Any]:
        """The whole article at an address, however it is spelled; of several the newest.

        Raises:
            ValueError: no absolute http(s) URL.
            ArticleNotFoundError: no visible article is there, and none was withdrawn.
            ArticleWithdrawnError: none is left there.
        """
        stored, now = await self._index.at(canonical_url(url)), self._clock()
        visible = [article for article in stored if is_visible(article, now)]
        if not visible:
            withdrawn = any(article.withdrawn for article in stored)
            raise ArticleWithdrawnError(url) if withdrawn else ArticleNotFoundError(url)
        newest = min(visible, key=lambda article: (-article.published, article.id))
        stories = await self._index.stories([newest.id])
        return await self._page(newest, stories.get(newest.id))

    async def related(self, article_id: str, limit: int) -> list[dict[str, Any]]:
        """Cards with `score` and `reason`, best first; gone ones left out, titles current."""
        found = (await self._index.related([article_id])).get(article_id)
        links = [link for link in found.links if link["id"] != article_id] if found else []
        visible = await self._visible([link["id"] for link in links])
        shown = [link for link in links if link["id"] in visible][:limit]
        cards = await self.with_views([visible[link["id"]].card for link in shown])
        return [
            {**card, "score": link["score"], "reason": link["reason"]}
            for card, link in zip(cards, shown, strict=True)
        ]

    async def story(self, story_id: str) -> list[dict[str, Any]]:
        """The visible articles of a story, oldest first.

        Raises:
            StoryNotFoundError: no visible article is part of it.
        """
        visible = await self._visible(await self._index.story(story_id))
        if not visible:
            raise StoryNotFoundError(story_id)
        ordered = sorted(visible.values(), key=lambda article: (article.published, article.id))
        return await self.with_views([article.card for article in ordered])

    async def latest(
        self,
        limit: int,
        include: Mapping[Facet, tuple[str, ...]] | None = None,
        exclude: Mapping[Facet, tuple[str, ...]] | None = None,
    ) -> list[dict[str, Any]]:
        """The newest first."""
        asked = Question(
            now=int(self._clock()),
            include=include or {},
            exclude=exclude or {},
            sort=Sort.NEWEST,
            limit=limit,
        )
        page = await self._index.find(asked)
        return await self.with_views([hit.card for hit in page.hits])

    async def most_viewed(self, hours: int, limit: int) -> list[dict[str, Any]]:
        """What was read most in the last hours; those that are gone since are left out."""
        ids = await self._views.most_viewed(hours, 2 * limit)
        visible = await self._visible(ids)
        shown = [visible[one].card for one in ids if one in visible]
        return await self.with_views(shown[:limit])

    async def count_view(self, article_id: str, reader: Reader) -> None:
        """One more view of an article that readers can see, by no bot; raises as `article`."""
        await self.article(article_id)
        if not self._is_bot(reader.user_agent):
            await self._views.add(article_id, reader)

    async def with_views(self, cards: Sequence[Card]) -> list[dict[str, Any]]:
        """The cards with how often each was read."""
        counts = await self._views.counts([card["id"] for card in cards])
        return [{**card, "views": counts.get(card["id"], 0)} for card in cards]

    async def _page(self, article: StoredArticle, story_id: str | None) -> dict[str, Any]:
        (page,) = await self.with_views([page_of(article.card, article.content, story_id)])
        return page

    async def _visible(self, ids: Iterable[str]) -> dict[str, StoredArticle]:
        now = self._clock()
        asked = list(ids)
        found = await self._index.get(asked) if asked else {}
        return {one: article for one, article in found.items() if is_visible(article, now)}
