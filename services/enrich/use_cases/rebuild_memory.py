"""The memory of related articles and tags filled again from the index, after a loss."""

import asyncio
import logging
from collections.abc import Sequence
from uuid import uuid4

from services.enrich.domain.vocabulary import shows
from services.enrich.ports import (
    Agenda,
    Articles,
    Counters,
    Decided,
    Decisions,
    ListedArticle,
    RelatedMemory,
)
from services.enrich.use_cases.enrich_articles import EnrichArticles
from shared.events import ArticleEnriched, Envelope

log = logging.getLogger(__name__)

_AT_ONCE = 10


class RebuildMemory:
    """Reads every article from the index and remembers it; nothing is published or indexed.

    The memory says which generation it holds: after a loss of its Redis none, after a loss of the
    other one an older one. Then decisions may be known that an article does not follow yet, because
    what was due has been lost, too: such an article is due again.
    """

    def __init__(
        self,
        counters: Counters,
        articles: Articles,
        decisions: Decisions,
        memory: RelatedMemory,
        agenda: Agenda,
        enrich: EnrichArticles,
    ) -> None:
        self._counters = counters
        self._articles = articles
        self._decisions = decisions
        self._memory = memory
        self._agenda = agenda
        self._enrich = enrich
        self._worker = uuid4().hex

    async def __call__(self) -> bool:
        """Whether this worker rebuilt it; another one may be about it.

        Raises:
            UnavailableError: the index, or what editors decided, is out of reach.
        """
        generation = await self._counters.generation()
        if not generation or await self._memory.holds() == generation:
            return False
        if not await self._memory.claim_rebuild(self._worker):
            return False
        log.warning("the memory of related articles is rebuilt from the index")
        remembered = 0
        async for page in self._articles.all():
            for at in range(0, len(page), _AT_ONCE):
                remembered += await self._remember(page[at : at + _AT_ONCE])
                if not await self._memory.claim_rebuild(self._worker):
                    return False
        await self._memory.note_holding(generation)
        log.warning("the memory is rebuilt", extra={"articles": remembered})
        return True

    async def _remember(self, listed: Sequence[ListedArticle]) -> int:
        ids = [article.id for article in listed]
        found = await asyncio.gather(*(self._articles.get(article_id) for article_id in ids))
        stored = [envelope for envelope in found if envelope]
        decided = await self._decisions.about([envelope.subject for envelope in stored])
        behind = [
            envelope.subject
            for envelope, ruled in zip(stored, decided, strict=True)
            if not _follows(envelope, ruled)
        ]
        await self._agenda.add(behind)
        missing = await self._memory.missing([envelope.subject for envelope in stored])
        await self._enrich.remember([each for each in stored if each.subject in missing])
        return len(missing)


def _follows(stored: Envelope, decided: Decided) -> bool:
    assert isinstance(stored.event, ArticleEnriched)  # noqa: S101  (narrows the type)
    enrichment = stored.event.enrichment
    return enrichment.curation >= decided.curation.number and all(
        shows(decided.rulings, tag.slug, tag.name, tag.aliases) for tag in enrichment.tags
    )
