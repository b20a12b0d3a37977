"""ReadOriginals: stored articles as events, for whoever enriches them anew."""

from __future__ import annotations

from typing import Any

from services.search.domain.cards import RECORD
from services.search.domain.originals import decisions_of, enriched_of
from services.search.ports import SearchIndex
from services.search.use_cases.read_articles import ArticleNotFoundError, ArticleWithdrawnError
from shared.events import Envelope, wrap


class ReadOriginals:
    """Embargoed articles too: this is not for readers."""

    def __init__(self, index: SearchIndex) -> None:
        self._index = index

    async def article(self, article_id: str) -> Envelope:
        """The event that had stored what is stored.

        Raises:
            ArticleNotFoundError: nothing is stored under this id.
            ArticleWithdrawnError: it was withdrawn.
        """
        found = (await self._index.get([article_id])).get(article_id)
        if found is None:
            raise ArticleNotFoundError(article_id)
        if found.withdrawn:
            raise ArticleWithdrawnError(article_id)
        return wrap(enriched_of(found), source="search", subject=article_id)

    async def listing(
        self, after: str | None, limit: int
    ) -> tuple[list[dict[str, Any]], str | None]:
        """Of each article what a selection asks for and what editors decided, by id.

        And the id to go on after.
        """
        page = await self._index.scan(after, limit)
        items = [
            {
                "id": article.id,
                "publisher": article.content[RECORD]["publisher"],
                "published_at": article.card["published_at"],
                "algorithm": article.content["enrichment"]["algorithm"],
            }
            | decisions_of(article)
            for article in page
            if not article.withdrawn
        ]
        return items, page[-1].id if page else None
