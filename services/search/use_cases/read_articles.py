"""ReadArticles: single articles and the small lists of an article page."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain
from typing import Any

from services.search.domain.articles import StoredArticle
from services.search.domain.cards import page_of
from services.search.domain.links import choices_of, merge_links
from services.search.domain.question import Facet, Question, Sort
from services.search.domain.readers import Reader
from services.search.domain.records import is_visible
from services.search.ports import SearchIndex, ViewCounter
from shared.identity import canonical_url

Card = Mapping[str, Any]
MOST_INCOMING = 20
"""Edges from later articles that are looked at; a list shows at most as many."""


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
        most_related: int = MOST_INCOMING,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._index = index
        self._views = views
        self._is_bot = is_bot
        self._most_related = most_related
        self._clock = clock

    async def article(self, article_id: str) -> dict[str, Any]:
        """The whole article, as its page shows it.

        Raises:
            ArticleNotFoundError: unknown, or under embargo.
            ArticleWithdrawnError: it was withdrawn.
        """
        return await self._page(await self._visible_article(article_id))

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
        return await self._page(newest)

    async def related(self, article_id: str, limit: int) -> list[dict[str, Any]]:
        """Cards with `score` and `reason`, best first; gone ones left out, one of several copies.

        Raises:
            ArticleNotFoundError: unknown, or under embargo.
            ArticleWithdrawnError: it was withdrawn.
        """
        found = await self._index.get([article_id], whole=False)
        article = self._only_visible(article_id, found.get(article_id))
        incoming = await self._linked_to(article)
        pinned = choices_of(article).pin
        own = [*pinned, *(edge.id for edge in article.links.edges)]
        others = await self._visible(own)
        shown = merge_links(article, others, incoming)[: min(limit, self._most_related)]
        cards = await self.with_views([link.article.card for link in shown])
        return [
            {**card, "score": link.score, "reason": link.reason}
            for card, link in zip(cards, shown, strict=True)
        ]

    async def _linked_to(self, article: StoredArticle) -> list[StoredArticle]:
        """Articles with an edge to this one, and to the one it is a copy of: copies get none."""
        since, now = article.links.linked_at, int(self._clock())
        ids = (article.id, article.links.copy_of)
        found = await asyncio.gather(
            *(
                self._index.linked_to(one, since=since, now=now, limit=MOST_INCOMING)
                for one in ids
                if one
            )
        )
        return list(chain.from_iterable(found))

    async def cards(self, ids: Sequence[str]) -> list[dict[str, Any]]:
        """The cards of these articles, in this order; those that readers cannot see are absent."""
        visible = await self._visible(ids)
        return await self.with_views([article.card for article in visible.values()])

    async def story(self, story_id: str) -> list[dict[str, Any]]:
        """The visible articles of a story, oldest first.

        Raises:
            StoryNotFoundError: no visible article is part of it.
        """
        now = self._clock()
        visible = [one for one in await self._index.story(story_id) if is_visible(one, now)]
        if not visible:
            raise StoryNotFoundError(story_id)
        ordered = sorted(visible, key=lambda article: (article.published, article.id))
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
        await self._visible_article(article_id, whole=False)
        if not self._is_bot(reader.user_agent):
            await self._views.add(article_id, reader)

    async def with_views(self, cards: Sequence[Card]) -> list[dict[str, Any]]:
        """The cards with how often each was read."""
        counts = await self._views.counts([card["id"] for card in cards])
        return [{**card, "views": counts.get(card["id"], 0)} for card in cards]

    async def _page(self, article: StoredArticle) -> dict[str, Any]:
        (page,) = await self.with_views([page_of(article)])
        return page

    async def _visible_article(self, article_id: str, *, whole: bool = True) -> StoredArticle:
        found = await self._index.get([article_id], whole=whole)
        return self._only_visible(article_id, found.get(article_id))

    def _only_visible(self, article_id: str, found: StoredArticle | None) -> StoredArticle:
        if found is not None and found.withdrawn:
            raise ArticleWithdrawnError(article_id)
        if found is None or not is_visible(found, self._clock()):
            raise ArticleNotFoundError(article_id)
        return found

    async def _visible(self, ids: Iterable[str]) -> dict[str, StoredArticle]:
        """The visible ones of these articles, by id, in this order; cards."""
        now = self._clock()
        asked = list(dict.fromkeys(ids))
        found = await self._index.get(asked, whole=False) if asked else {}
        return {one: found[one] for one in asked if one in found and is_visible(found[one], now)}
