"""What Redis has lost of editors' decisions comes back from the index."""

import asyncio
import logging

from services.enrich.domain.version import is_restored
from services.enrich.ports import Articles, Counters, Decisions

log = logging.getLogger(__name__)


class RestoreDecisions:
    """A new generation tells that Redis or the index has lost something.

    Decisions are read back from the articles that show them, before anything is enriched without
    them. Repeating it changes nothing.
    """

    def __init__(self, counters: Counters, articles: Articles, decisions: Decisions) -> None:
        self._counters = counters
        self._articles = articles
        self._decisions = decisions
        self._one_at_a_time = asyncio.Lock()

    async def __call__(self) -> None:
        """Returns when all that was decided before the present generation is known.

        Raises:
            ArticlesUnavailableError: the index is out of reach; nothing may be enriched meanwhile.
        """
        generation = await self._counters.generation()
        async with self._one_at_a_time:
            if not is_restored(generation, await self._decisions.restored()):
                await self._restore()
                await self._decisions.note_restored(generation)

    async def _restore(self) -> None:
        log.warning("a new generation: reading back from the index what editors decided")
        async for page in self._articles.all():
            for article in page:
                await self._decisions.restore(article.rulings)
                if article.curation.number:
                    await self._decisions.curate(article.id, article.curation)
