"""CountQueries: what readers ask most, without a trace of who asked."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from services.search.domain.popular_queries import countable
from services.search.ports import QueryCounter


class CountQueries:
    """Counts what found something, and shows what was asked often enough.

    Args:
        at_least: how often something must have been asked in a week before others see it.
    """

    def __init__(
        self, counter: QueryCounter, is_bot: Callable[[str], bool], *, at_least: int
    ) -> None:
        self._counter = counter
        self._is_bot = is_bot
        self._at_least = at_least

    async def __call__(self, q: str, *, hits: int, user_agent: str) -> None:
        """Count one question of a reader; a bot's, or one that found nothing, is none."""
        query = countable(q)
        if query and hits and not self._is_bot(user_agent):
            await self._counter.add(query)

    async def popular(self, limit: int) -> Sequence[tuple[str, int]]:
        """The most asked of the last seven days, with how often."""
        return await self._counter.most_asked(self._at_least, limit)
