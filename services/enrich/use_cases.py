"""What enrich does with articles: enrich, withdraw, announce changed lists."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from services.enrich.domain.language import Recognises, language_of
from services.enrich.domain.read_time import DEFAULT_PROFILE, ReadingProfile, reading_time
from services.enrich.domain.related import vector_of
from services.enrich.domain.summary import leading_sentences
from services.enrich.domain.tags import TaggedText, choose_tags
from services.enrich.domain.version import version_of
from services.enrich.ports import Counters, KnownArticle, RelatedList, RelatedMemory, Withdrawal
from shared.events import (
    ArticleEnriched,
    ArticlePublished,
    ArticleVersion,
    ArticleWithdrawn,
    Enrichment,
    Envelope,
    ReadTime,
    RelatedRefreshed,
    Tag,
    wrap,
)

log = logging.getLogger(__name__)

SOURCE = "enrich"
ALGORITHM = "1"
"""The version of the rules by which articles are enriched: raise it when their answers change."""

Outcome = tuple[Envelope, ...] | Exception
"""The events that follow from one, or why none can."""


@dataclass(frozen=True, slots=True)
class _Enriched:
    cause: Envelope
    article: ArticlePublished
    summary: str | None
    enrichment: Enrichment
    known: KnownArticle


class EnrichArticles:
    """Finds language, read time, tags and related links; an older version does no harm."""

    def __init__(
        self,
        memory: RelatedMemory,
        counters: Counters,
        recognise: Recognises,
        *,
        max_tags: int = 8,
        profiles: Mapping[str, ReadingProfile] | None = None,
    ) -> None:
        self._memory = memory
        self._counters = counters
        self._recognise = recognise
        self._max_tags = max_tags
        self._profiles = profiles or {}

    async def __call__(self, published: Sequence[Envelope]) -> list[Outcome]:
        """For each article, in order, its enriched version and its related links."""
        generation = await self._counters.generation()
        # One article at a time in a thread: the event loop goes on meanwhile.
        read = [await asyncio.to_thread(self._read, cause, generation) for cause in published]
        enriched = [each for each in read if isinstance(each, _Enriched)]
        await self._memory.remember([each.known for each in enriched])
        return [await self._events(each) if isinstance(each, _Enriched) else each for each in read]

    def _read(self, cause: Envelope, generation: int) -> _Enriched | Exception:
        assert isinstance(cause.event, ArticlePublished)  # noqa: S101  (narrows the type)
        try:
            return self._enrich(cause, cause.event, generation)
        except Exception as error:
            # Whatever a text does to the rules, it must not harm the rest of its batch.
            log.exception("enrichment failed", extra={"article": cause.subject})
            return error

    def _enrich(self, cause: Envelope, article: ArticlePublished, generation: int) -> _Enriched:
        language = language_of(article.language, article.title, article.body, self._recognise)
        summary = article.summary or leading_sentences(article.body)
        pictures = len({image.url for image in (article.image, *article.media) if image})
        profile = self._profiles.get(article.publisher, DEFAULT_PROFILE)
        time = reading_time(article.body, images=pictures, profile=profile)
        text = TaggedText(
            title=article.title,
            summary=article.summary or "",
            body=article.body,
            language=language,
            keywords=article.keywords,
        )
        vector, written = vector_of(article.title, article.body, language)
        enrichment = Enrichment(
            tags=tuple(Tag(**asdict(tag)) for tag in choose_tags(text, max_tags=self._max_tags)),
            language=language,
            word_count=time.word_count,
            read_time=ReadTime(seconds=time.seconds, minutes=time.minutes, method=time.method),
            algorithm=ALGORITHM,
        )
        known = KnownArticle(
            id=cause.subject,
            version=_version(article, generation, withdrawn=False),
            generation=article.generation,
            title=article.title,
            url=article.url,
            published_at=article.published_at,
            read_minutes=time.minutes,
            vector=vector,
            written=written,
        )
        return _Enriched(cause, article, summary, enrichment, known)

    async def _events(self, each: _Enriched) -> tuple[Envelope, ...]:
        number = await self._counters.next_enrichment(each.known.id, each.known.version)
        if number is None:
            log.error("enriched too often: this revision stays as it is", extra=_about(each.cause))
            return ()
        event = ArticleEnriched(
            **dict(each.article) | {"summary": each.summary, "language": each.enrichment.language},
            number=number,
            enrichment=each.enrichment,
        )
        enriched = wrap(event, source=SOURCE, subject=each.cause.subject, cause=each.cause)
        related = await self._memory.read(each.known.id)
        if related is None:
            return (enriched,)
        # Redelivery hands both over again, so nothing is lost if this attempt is.
        await self._memory.announced(related)
        return (enriched, _refreshed(related, each.cause))


class WithdrawArticles:
    """Takes articles out of all related lists and passes the word on."""

    def __init__(self, memory: RelatedMemory, counters: Counters) -> None:
        self._memory = memory
        self._counters = counters

    async def __call__(self, withdrawn: Sequence[Envelope]) -> list[Outcome]:
        generation = await self._counters.generation()
        await self._memory.withdraw(
            [
                Withdrawal(cause.subject, _version(cause.event, generation, withdrawn=True))
                for cause in withdrawn
                if isinstance(cause.event, ArticleWithdrawn)
            ]
        )
        return [
            (wrap(cause.event, source=SOURCE, subject=cause.subject, cause=cause),)
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

    async def announced(self, related: RelatedList) -> None:
        await self._memory.announced(related)


def _version(event: ArticleVersion, generation: int, *, withdrawn: bool) -> int:
    """A foreign producer knows no generation: its events are of the present one."""
    own = generation if event.generation is None else event.generation
    return version_of(own, event.revision, withdrawn=withdrawn)


def _refreshed(related: RelatedList, cause: Envelope | None = None) -> Envelope:
    event = RelatedRefreshed(
        generation=related.generation, number=related.number, links=related.links
    )
    return wrap(event, source=SOURCE, subject=related.id, cause=cause)


def _about(cause: Envelope) -> dict[str, str]:
    return {"article": cause.subject}
