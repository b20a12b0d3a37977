"""What enrich does with articles: enrich, withdraw, announce changed lists."""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from services.enrich.domain import curation as curated
from services.enrich.domain.curation import Curation
from services.enrich.domain.language import Recognises, language_of
from services.enrich.domain.read_time import DEFAULT_PROFILE, ReadingProfile, reading_time
from services.enrich.domain.related import half_life_days, vector_of
from services.enrich.domain.summary import leading_sentences
from services.enrich.domain.tags import Tag as ChosenTag, TaggedText, choose_tags
from services.enrich.domain.tags.editing import edit
from services.enrich.domain.version import version_of
from services.enrich.domain.vocabulary import Form, TagUses, Use, name as name_tags, settle
from services.enrich.ports import (
    Counters,
    Decided,
    Decisions,
    KnownArticle,
    Learned,
    RelatedList,
    RelatedMemory,
    Sections,
    Vocabulary,
    Withdrawal,
)
from shared.events import (
    ArticleEnriched,
    ArticlePublished,
    ArticleVersion,
    ArticleWithdrawn,
    Choice,
    Choices,
    Enrichment,
    Envelope,
    ReadTime,
    RelatedRefreshed,
    Tag,
    wrap,
)
from shared.safe_html import pictures_in, sanitise

log = logging.getLogger(__name__)

SOURCE = "enrich"
ALGORITHM = "6"
"""The version of the rules by which articles are enriched: raise it when their answers change.

Where a publisher's sections were learnt from, the version of that snapshot follows after a plus.
"""


@dataclass(frozen=True, slots=True)
class Handed:
    """The events that follow from one; they may be handed over while the guards stand."""

    envelopes: tuple[Envelope, ...] = ()
    guards: Mapping[str, str | None] = field(default_factory=dict)


# What stands beyond this much of a body, some 10,000 words, does not change what belongs with it.
_LONGEST_BODY = 60_000

Outcome = Handed | Exception
"""What follows from an event, or why nothing can."""


@dataclass(frozen=True, slots=True)
class _Enriched:
    cause: Envelope
    article: ArticlePublished
    summary: str | None
    tags: tuple[ChosenTag, ...]
    uses: tuple[Use, ...]
    enrichment: Enrichment
    known: KnownArticle
    decided: Decided


class EnrichArticles:
    """Finds language, read time, tags and related links; an older version does no harm."""

    def __init__(  # noqa: PLR0913  (its ports, and settings that have defaults)
        self,
        memory: RelatedMemory,
        counters: Counters,
        decisions: Decisions,
        vocabulary: Vocabulary,
        sections: Sections,
        recognise: Recognises,
        *,
        max_tags: int = 8,
        profiles: Mapping[str, ReadingProfile] | None = None,
        half_lives: Mapping[str, int] | None = None,
        make_safe: Callable[[str, str], str] = sanitise,
    ) -> None:
        self._memory = memory
        self._make_safe = make_safe
        self._counters = counters
        self._decisions = decisions
        self._vocabulary = vocabulary
        self._sections = sections
        self._recognise = recognise
        self._max_tags = max_tags
        self._profiles = profiles or {}
        self._half_lives = half_lives or {}

    async def __call__(
        self, published: Sequence[Envelope], beyond: Mapping[str, int] | None = None
    ) -> list[Outcome]:
        """For each article, in order, its enriched version and its related links.

        `beyond` gives, by article, a number of an enrichment that is known to be taken.
        """
        decided = await self._decisions.about([cause.subject for cause in published])
        learned = await self._sections.of([_publisher(cause) for cause in published])
        # In a thread: the event loop goes on meanwhile.
        read = await asyncio.to_thread(self._read_all, published, decided, learned)
        enriched = [each for each in read if isinstance(each, _Enriched)]
        await self._memory.remember([each.known for each in enriched])
        handed = iter(await self._hand(enriched, beyond or {}))
        return [next(handed) if isinstance(each, _Enriched) else each for each in read]

    async def preview(self, cause: Envelope) -> Enrichment:
        """What enriching the article now would find; nothing is kept or published."""
        assert isinstance(cause.event, ArticlePublished)  # noqa: S101  (narrows the type)
        (decided,) = await self._decisions.about([cause.subject])
        (learned,) = await self._sections.of([cause.event.publisher])
        each = self._enrich(cause, cause.event, decided, learned)
        forms = await self._vocabulary.forms(_uses(each))
        return _with_tags(each.enrichment, name_tags(each.tags, forms, decided.rulings))

    def _read_all(
        self,
        published: Sequence[Envelope],
        decided: Sequence[Decided],
        learned: Sequence[Learned],
    ) -> list[_Enriched | Exception]:
        return [
            self._read(cause, ruled, taught)
            for cause, ruled, taught in zip(published, decided, learned, strict=True)
        ]

    def _read(self, cause: Envelope, decided: Decided, learned: Learned) -> _Enriched | Exception:
        assert isinstance(cause.event, ArticlePublished)  # noqa: S101  (narrows the type)
        try:
            return self._enrich(cause, cause.event, decided, learned)
        except Exception as error:
            # Whatever a text does to the rules, it must not harm the rest of its batch.
            log.exception("enrichment failed", extra={"article": cause.subject})
            return error

    def _enrich(
        self,
        cause: Envelope,
        article: ArticlePublished,
        decided: Decided,
        learned: Learned,
    ) -> _Enriched:
        # A foreign producer's HTML did not pass through ingest.
        if article.body_html:
            safe = {"body_html": self._make_safe(article.body_html, article.url)}
            article = article.model_copy(update=safe)
        language = language_of(article.language, article.title, article.body, self._recognise)
        summary = article.summary or leading_sentences(article.body)
        profile = self._profiles.get(article.publisher, DEFAULT_PROFILE)
        pictures = len(_pictures(article)) if profile.images else 0
        time = reading_time(article.body, images=pictures, profile=profile)
        chosen = self._tags(article, language, decided.curation, learned)
        tags, uses = settle(chosen, decided.rulings)
        vector, written = vector_of(article.title, article.body[:_LONGEST_BODY], language)
        enrichment = Enrichment(
            language=language,
            word_count=time.word_count,
            read_time=ReadTime(seconds=time.seconds, minutes=time.minutes, method=time.method),
            algorithm=f"{ALGORITHM}+{learned.version}" if learned.version else ALGORITHM,
            curation=decided.curation.number,
            choices=_choices(decided.curation),
            filled=tuple(
                name for name in ("summary", "language") if getattr(article, name) is None
            ),
        )
        known = KnownArticle(
            id=cause.subject,
            version=version_of_event(article, decided.generation),
            # Its list is of now, and is newer than any from before Redis was lost.
            generation=decided.generation or article.generation,
            title=article.title,
            url=article.url,
            published_at=article.published_at,
            read_minutes=time.minutes,
            vector=vector,
            written=written,
            half_life_days=half_life_days(article.categories, self._half_lives),
        )
        return _Enriched(cause, article, summary, tags, uses, enrichment, known, decided)

    def _tags(
        self,
        article: ArticlePublished,
        language: str | None,
        curation: Curation,
        learned: Learned,
    ) -> tuple[ChosenTag, ...]:
        text = TaggedText(
            title=article.title,
            summary=article.summary or "",
            body=article.body,
            language=language,
            keywords=article.keywords,
        )
        # What is banned must not take the place of another.
        most = self._max_tags + len(curation.tags.ban)
        chosen = choose_tags(text, max_tags=most, learned=learned.weights)
        return edit(chosen, curation.tags, language, self._max_tags)

    async def _hand(self, enriched: Sequence[_Enriched], beyond: Mapping[str, int]) -> list[Handed]:
        known = [each.known for each in enriched]
        numbers = await self._counters.next_enrichments(
            [(each.id, each.version, beyond.get(each.id, 0)) for each in known]
        )
        forms = iter(
            await self._vocabulary.count(
                [
                    _uses(each)
                    for each, number in zip(enriched, numbers, strict=True)
                    if number is not None
                ]
            )
        )
        lists = await self._memory.read([each.id for each in known])
        # Redelivery hands all of them over again, so nothing is lost if this attempt is.
        await self._memory.announced([related for related in lists if related])
        return [
            Handed(
                _stays(each) if number is None else _events(each, number, next(forms), related),
                each.decided.guards,
            )
            for each, number, related in zip(enriched, numbers, lists, strict=True)
        ]


def _pictures(article: ArticlePublished) -> set[str]:
    """Each once: what stands in the text often stands among the media, too."""
    shown = {image.url for image in (article.image, *article.media) if image}
    return shown | pictures_in(article.body_html or "")


def _uses(each: _Enriched) -> TagUses:
    return TagUses(each.known.id, each.known.version, each.enrichment.language, each.uses)


def _stays(each: _Enriched) -> tuple[Envelope, ...]:
    log.error("enriched too often: this revision stays as it is", extra=_about(each.cause))
    return ()


def _events(
    each: _Enriched, number: int, forms: Mapping[str, Form | None], related: RelatedList | None
) -> tuple[Envelope, ...]:
    tags = name_tags(each.tags, forms, each.decided.rulings)
    event = ArticleEnriched(
        **dict(each.article) | {"summary": each.summary, "language": each.enrichment.language},
        number=number,
        enrichment=_with_tags(each.enrichment, tags),
    )
    enriched = wrap(event, source=SOURCE, subject=each.cause.subject, cause=each.cause)
    return (enriched, _refreshed(related, each.cause)) if related else (enriched,)


def _with_tags(enrichment: Enrichment, tags: Sequence[ChosenTag]) -> Enrichment:
    given = tuple(Tag.model_validate(tag, from_attributes=True) for tag in tags)
    return enrichment.model_copy(update={"tags": given})


def _choices(curation: Curation) -> Choices | None:
    if not curation.number:
        return None
    return Choices(tags=_choice(curation.tags), related=_choice(curation.related))


def _choice(choices: curated.Choices) -> Choice:
    return Choice(pin=choices.pin, ban=choices.ban)


def _publisher(cause: Envelope) -> str:
    return cause.event.publisher if isinstance(cause.event, ArticlePublished) else ""


class WithdrawArticles:
    """Takes articles out of all lists and counts, and passes the word on."""

    def __init__(self, memory: RelatedMemory, counters: Counters, vocabulary: Vocabulary) -> None:
        self._memory = memory
        self._counters = counters
        self._vocabulary = vocabulary

    async def __call__(self, withdrawn: Sequence[Envelope]) -> list[Outcome]:
        generation = await self._counters.generation()
        withdrawals = [
            Withdrawal(cause.subject, version_of_event(cause.event, generation, withdrawn=True))
            for cause in withdrawn
            if isinstance(cause.event, ArticleWithdrawn)
        ]
        await self._memory.withdraw(withdrawals)
        await self._vocabulary.count([TagUses(each.id, each.version) for each in withdrawals])
        return [
            Handed((wrap(cause.event, source=SOURCE, subject=cause.subject, cause=cause),))
            for cause in withdrawn
        ]


class RefreshRelated:
    """Lists that changed since they were announced, and articles whose embargo has ended."""

    def __init__(self, memory: RelatedMemory, *, batch: int = 100) -> None:
        self._memory = memory
        self._batch = batch

    async def due(self) -> Sequence[tuple[RelatedList, Envelope]]:
        """What to publish now; each is `announced` when that is done."""
        await self._memory.lift_embargoes()
        return [(each, _refreshed(each)) for each in await self._memory.take_due(self._batch)]

    async def announced(self, lists: Sequence[RelatedList]) -> None:
        await self._memory.announced(lists)


def version_of_event(event: ArticleVersion, generation: int, *, withdrawn: bool = False) -> int:
    """A foreign producer knows no generation: its events are of the present one."""
    own = generation if event.generation is None else event.generation
    return version_of(own, event.revision, withdrawn=withdrawn)


def _refreshed(related: RelatedList, cause: Envelope | None = None) -> Envelope:
    event = RelatedRefreshed(
        generation=related.generation,
        number=related.number,
        links=related.links,
        story_id=related.story_id,
    )
    return wrap(event, source=SOURCE, subject=related.id, cause=cause)


def _about(cause: Envelope) -> dict[str, str]:
    return {"article": cause.subject}
