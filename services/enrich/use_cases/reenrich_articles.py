"""Articles that were enriched before, once more: after a decision, or by newer rules."""

import logging
from collections.abc import Awaitable, Callable, Sequence

from services.enrich.ports import Agenda, Articles, Counters, RelatedMemory, Vocabulary
from services.enrich.use_cases.apply_decisions import make_due
from services.enrich.use_cases.enrich_articles import (
    EnrichArticles,
    Handed,
    as_published,
    version_of_event,
)
from shared.events import ArticleEnriched, Envelope

log = logging.getLogger(__name__)

Publish = Callable[[Handed], Awaitable[bool]]
"""Hands over events while their guards stand; False where one has moved."""


class ReenrichArticles:
    """What is due, as the index holds it. The same revision gets the next number."""

    def __init__(
        self,
        agenda: Agenda,
        articles: Articles,
        counters: Counters,
        vocabulary: Vocabulary,
        memory: RelatedMemory,
        enrich: EnrichArticles,
        publish: Publish,
        *,
        batch: int = 10,
    ) -> None:
        self._agenda = agenda
        self._articles = articles
        self._counters = counters
        self._vocabulary = vocabulary
        self._memory = memory
        self._enrich = enrich
        self._publish = publish
        self._batch = batch

    async def __call__(self) -> int:
        """Enrich some of what is due; answers how many were looked at.

        While the memory is rebuilt nothing is: it would lack links.

        Raises:
            ArticlesUnavailableError: the index is out of reach; what was taken is due again.
        """
        generation = await self._counters.generation()
        if await self._memory.holds() != generation:
            return 0
        await self._follow_vocabulary()
        due = await self._agenda.take(self._batch)
        found = [await self._articles.get(article_id) for article_id in due]
        newest = await self._counters.newest(due)
        current = []
        for article_id, envelope, version in zip(due, found, newest, strict=True):
            if envelope and _version(envelope, generation) >= version:
                current.append(envelope)
            # Its newest revision, enriched before the decision, is not indexed yet; or it is gone.
            elif not await self._agenda.postpone(article_id):
                log.warning("nothing to enrich anew", extra={"article": article_id})
        await self._hand_over(current)
        return len(due)

    async def _follow_vocabulary(self) -> None:
        for slug, moved in (await self._vocabulary.moved()).items():
            if moved:
                # Before it is followed: a crash in between makes them due once more.
                await make_due([slug], self._vocabulary, self._agenda)
            await self._vocabulary.follow(slug)

    async def _hand_over(self, stored: Sequence[Envelope]) -> None:
        numbers = {each.subject: _number(each) for each in stored}
        outcomes = await self._enrich([as_published(each) for each in stored], numbers)
        for envelope, outcome in zip(stored, outcomes, strict=True):
            if isinstance(outcome, Exception):
                await self._agenda.postpone(envelope.subject)
            elif await self._publish(outcome):
                await self._agenda.settle(envelope.subject)
            else:
                await self._agenda.add([envelope.subject])


def _version(stored: Envelope, generation: int) -> int:
    assert isinstance(stored.event, ArticleEnriched)  # noqa: S101  (narrows the type)
    return version_of_event(stored.event, generation)


def _number(stored: Envelope) -> int:
    return stored.event.number if isinstance(stored.event, ArticleEnriched) else 0
