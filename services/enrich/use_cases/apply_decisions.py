"""What editors decided takes effect: kept first, then followed by the articles concerned."""

from collections.abc import Sequence

from services.enrich.domain.curation import Choices, Curation
from services.enrich.ports import Agenda, Decisions, RelatedMemory
from services.enrich.use_cases.enrich_articles import Handed, Outcome
from shared.events import ArticleCurated, Choice, Envelope, Event, TagRenamed, TagsMerged

DECISIONS = (ArticleCurated, TagRenamed, TagsMerged)


class ApplyDecisions:
    """Repeating it changes nothing; of two decisions about one thing the later stands."""

    def __init__(self, decisions: Decisions, memory: RelatedMemory, agenda: Agenda) -> None:
        self._decisions = decisions
        self._memory = memory
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
                await self._memory.curate(subject, curation)
                await self._agenda.add([subject])
            case TagRenamed():
                await self._decisions.rename(event.slug, event.name, event.number)
            case TagsMerged():
                await self._decisions.merge(event.slug, event.into, event.number)


def _choices(choice: Choice) -> Choices:
    return Choices(choice.pin, choice.ban)
