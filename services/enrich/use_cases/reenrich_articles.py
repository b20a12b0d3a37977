"""Articles that were enriched before, once more: after a decision, or by newer rules."""

import logging
from collections.abc import Awaitable, Callable, Sequence

from services.enrich.ports import Agenda, Articles, Vocabulary
from services.enrich.use_cases.enrich_articles import EnrichArticles, Handed
from shared.events import ArticleEnriched, ArticlePublished, Envelope, wrap

log = logging.getLogger(__name__)

Publish = Callable[[Handed], Awaitable[bool]]
"""Hands over events while their guards stand; False where one has moved."""


class ReenrichArticles:
    """What is due, as the index holds it. The same revision gets the next number."""

    def __init__(
        self,
        agenda: Agenda,
        articles: Articles,
        vocabulary: Vocabulary,
        enrich: EnrichArticles,
        publish: Publish,
        *,
        batch: int = 10,
    ) -> None:
        self._agenda = agenda
        self._articles = articles
        self._vocabulary = vocabulary
        self._enrich = enrich
        self._publish = publish
        self._batch = batch

    async def __call__(self) -> int:
        """Enrich some of what is due; answers how many were looked at.

        Raises:
            ArticlesUnavailableError: the index is out of reach; what was taken is due again.
        """
        await self._vocabulary.follow()
        due = await self._agenda.take(self._batch)
        found = [await self._articles.get(article_id) for article_id in due]
        for article_id, envelope in zip(due, found, strict=True):
            # Decided about before it was indexed, or gone since.
            if envelope is None and not await self._agenda.postpone(article_id):
                log.warning("nothing to enrich anew", extra={"article": article_id})
        await self._hand_over([envelope for envelope in found if envelope])
        return len(due)

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


def _number(stored: Envelope) -> int:
    return stored.event.number if isinstance(stored.event, ArticleEnriched) else 0


def as_published(stored: Envelope) -> Envelope:
    """The event that was enriched: without what enrich had filled in."""
    assert isinstance(stored.event, ArticleEnriched)  # noqa: S101  (narrows the type)
    fields = dict(stored.event) | dict.fromkeys(stored.event.enrichment.filled)
    published = ArticlePublished.model_validate(fields)
    return wrap(published, source=stored.source, subject=stored.subject, cause=stored)
