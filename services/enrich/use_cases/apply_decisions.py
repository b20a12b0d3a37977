"""What editors decided takes effect: kept first, then followed by the articles concerned."""

from collections.abc import Sequence

from services.enrich.domain.curation import Choices, Curation
from services.enrich.ports import Agenda, Decisions, Vocabulary
from services.enrich.use_cases.enrich_articles import Handed, Outcome
from shared.events import ArticleCurated, Choice, Envelope, Event, TagRenamed, TagsMerged

DECISIONS = (ArticleCurated, TagRenamed, TagsMerged)


class ApplyDecisions:
    """Repeating it changes nothing; of two decisions about one thing the later stands."""

    def __init__(self, decisions: Decisions, vocabulary: Vocabulary, agenda: Agenda) -> None:
        self._decisions = decisions
        self._vocabulary = vocabulary
        self._agenda = agenda

    async def __call__(self, decided: Sequence[Envelope]) -> list[Outcome]:
        for envelope in decided:
            await self._apply(envelope.subject, envelope.event)
        return [Handed()] * len(decided)

    async def _apply(self, subject: str, event: Event) -> None:
        match event:
            case ArticleCurated():
                curation = Curation(event.number, _choices(event.tags), _choices(event.related))
                await self._decisions.curate(subject, curation)
                await self._agenda.add([subject])
            case TagRenamed():
                slugs = await self._decisions.rename(event.slug, event.name, event.number)
                await make_due(slugs, self._vocabulary, self._agenda)
            case TagsMerged():
                slugs = await self._decisions.merge(event.slug, event.into, event.number)
                await make_due(slugs, self._vocabulary, self._agenda)


async def make_due(slugs: Sequence[str], vocabulary: Vocabulary, agenda: Agenda) -> None:
    """Have the articles that have one of these tags enriched anew."""
    for slug in slugs:
        async for page in vocabulary.articles(slug):
            await agenda.add(page)


def _choices(choice: Choice) -> Choices:
    return Choices(choice.pin, choice.ban)
