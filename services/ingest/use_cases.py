"""What publishers can have done."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import NamedTuple

from services.ingest.domain.article import ArticleImage, ArticleInput, is_visible
from services.ingest.domain.content import Bodies, content_hash
from services.ingest.domain.curation import CurationInput
from services.ingest.domain.decisions import Command, Decision, Idempotency
from services.ingest.domain.intake import Intake
from services.ingest.domain.tags import TagCommand, TagDecision
from services.ingest.ports import HtmlReader, Ledger, Tags
from shared.events import (
    ArticleCurated,
    ArticlePublished,
    ArticleWithdrawn,
    Choice,
    Event,
    Image,
    TagRenamed,
    TagsMerged,
    encode,
    wrap,
)
from shared.identity import article_id
from shared.safe_html import pictures_in
from shared.telemetry import correlation_id, span

# What the ledger alone knows when it decides.
DECIDED = {"revision", "generation", "published_at", "updated_at"}
DECIDED_OF_CURATION = {"revision", "generation", "number"}
UNDECIDED = datetime.fromtimestamp(0, UTC)
KEPT = {"external_id", "url", "content_hash"}


class UnreadableHtmlError(ValueError):
    """The HTML cannot be read; the message says why."""


@dataclass(frozen=True, slots=True)
class Submission:
    """An article as a publisher handed it in; `article_id` is set where it corrects that one."""

    article: ArticleInput
    article_id: str | None = None
    traceparent: str | None = None


class PublishArticles:
    """Publish new articles, or new revisions of known ones."""

    def __init__(self, ledger: Ledger, intake: Intake) -> None:
        self._ledger = ledger
        self._intake = intake

    def refusal(self) -> Decision | None:
        """The decision on whatever is sent, while nothing is taken in: known without reading it."""
        return self._intake.refusal()

    async def __call__(self, command: Command) -> Decision:
        return (await self._ledger.decide([command]))[0]

    async def many(self, commands: Sequence[Command]) -> list[Decision]:
        if refused := self._intake.refusal():
            return [replace(refused, id=command.id) for command in commands]
        return await self._ledger.decide(commands)


class PrepareArticle:
    """Make the command that publishes an article; it asks nobody, so any process may do it."""

    def __init__(self, html: HtmlReader) -> None:
        self._html = html

    def __call__(
        self,
        publisher: str,
        submission: Submission,
        idempotency: Idempotency | None = None,
        *,
        rated: bool = True,
    ) -> Command:
        """Raises `UnreadableHtmlError`."""
        article = submission.article
        own_id = article_id(publisher, article.identity)
        target = submission.article_id or own_id
        receipt = _new_receipt()
        digest = content_hash(article)
        event = _published(publisher, article, self._bodies(article), receipt, digest)
        return Command(
            kind="correct" if submission.article_id else "publish",
            id=target,
            publisher=publisher,
            receipt=receipt,
            event=_opened(event, target, DECIDED, submission.traceparent),
            revision=article.revision,
            external_id=article.external_id,
            url=article.url,
            content_hash=digest,
            published_at=article.published_at,
            updated_at=article.updated_at,
            same_identity=own_id == target,
            rated=rated,
            idempotency=idempotency,
        )

    def _bodies(self, article: ArticleInput) -> Bodies:
        if article.body_html is None:
            return Bodies(article.body or "")
        try:
            bodies = self._html.read(article.body_html, article.url)
        except ValueError as error:
            raise UnreadableHtmlError(str(error)) from error
        given = article.body if is_visible(article.body or "") else None
        if not given and not is_visible(bodies.text) and not pictures_in(bodies.html or ""):
            raise UnreadableHtmlError("has no text and no image once it is sanitised")
        return Bodies(given or bodies.text, bodies.html)


class WithdrawArticle:
    def __init__(self, ledger: Ledger, intake: Intake) -> None:
        self._ledger = ledger
        self._intake = intake

    async def __call__(
        self,
        publisher: str,
        article_id: str,
        revision: int | None = None,
        idempotency: Idempotency | None = None,
        traceparent: str | None = None,
    ) -> Decision:
        if refused := self._intake.refusal(article_id, withdrawal=True):
            return refused
        receipt = _new_receipt()
        event = ArticleWithdrawn(publisher=publisher, url="", revision=1, receipt=receipt)
        command = Command(
            kind="withdraw",
            id=article_id,
            publisher=publisher,
            receipt=receipt,
            event=_opened(event, article_id, DECIDED | KEPT, traceparent),
            revision=revision,
            idempotency=idempotency,
        )
        return (await self._ledger.decide([command]))[0]


class CurateArticle:
    """What editors pin and ban; each decision replaces the one before."""

    def __init__(self, ledger: Ledger, intake: Intake) -> None:
        self._ledger = ledger
        self._intake = intake

    async def __call__(
        self,
        publisher: str,
        article_id: str,
        curation: CurationInput,
        *,
        of_others: bool,
        idempotency: Idempotency | None = None,
        traceparent: str | None = None,
    ) -> Decision:
        if refused := self._intake.refusal(article_id):
            return refused
        receipt = _new_receipt()
        event = ArticleCurated(
            publisher=publisher,
            revision=1,
            receipt=receipt,
            number=1,
            tags=Choice(**curation.tags.model_dump()),
            related=Choice(**curation.related.model_dump()),
        )
        command = Command(
            kind="curate",
            id=article_id,
            publisher=publisher,
            receipt=receipt,
            event=_opened(event, article_id, DECIDED_OF_CURATION, traceparent),
            of_others=of_others,
            choices=curation.model_dump_json(),
            idempotency=idempotency,
        )
        return (await self._ledger.decide([command]))[0]


class Editor(NamedTuple):
    """Whose key it is that decides, and the key of the request, if it has one."""

    publisher: str
    idempotency: Idempotency | None


class RenameTag:
    """Raises `PartUnavailableError`."""

    def __init__(self, tags: Tags) -> None:
        self._tags = tags

    async def __call__(
        self, by: Editor, slug: str, name: str, traceparent: str | None = None
    ) -> TagDecision:
        event = TagRenamed(slug=slug, name=name, number=1)
        command = TagCommand(
            kind="rename",
            slug=slug,
            value=name,
            event=_opened(event, slug, {"number"}, traceparent),
            publisher=by.publisher,
            idempotency=by.idempotency,
        )
        return await self._tags.decide(command)


class MergeTags:
    """Raises `PartUnavailableError`."""

    def __init__(self, tags: Tags) -> None:
        self._tags = tags

    async def __call__(
        self, by: Editor, slug: str, into: str, traceparent: str | None = None
    ) -> TagDecision:
        event = TagsMerged(slug=slug, into=into, number=1)
        command = TagCommand(
            kind="merge",
            slug=slug,
            value=into,
            event=_opened(event, slug, {"number", "into"}, traceparent),
            publisher=by.publisher,
            idempotency=by.idempotency,
        )
        return await self._tags.decide(command)


def _new_receipt() -> str:
    return f"r_{secrets.token_urlsafe(18)}"


def _opened(event: Event, subject: str, left_out: set[str], traceparent: str | None) -> bytes:
    """The envelope without its last two braces."""
    with span("accept", traceparent) as own:
        envelope = wrap(
            event,
            source="ingest",
            subject=subject,
            correlation_id=correlation_id.get(),
            traceparent=own,
        )
    return encode(envelope, exclude=left_out)[:-2]


def _published(
    publisher: str, article: ArticleInput, bodies: Bodies, receipt: str, digest: str
) -> ArticlePublished:
    return ArticlePublished(
        revision=article.revision or 1,
        published_at=article.published_at or UNDECIDED,
        publisher=publisher,
        external_id=article.external_id,
        url=article.url,
        receipt=receipt,
        content_hash=digest,
        accepted_at=datetime.now(UTC),
        title=article.title,
        summary=article.summary,
        body=bodies.text,
        body_html=bodies.html,
        authors=article.authors,
        categories=article.categories,
        keywords=article.keywords,
        language=article.language,
        image=_image(article.image) if article.image else None,
        media=tuple(map(_image, article.media)),
        license=article.license,
        source_name=article.source_name,
        place=article.place,
    )


def _image(image: ArticleImage) -> Image:
    return Image(**image.model_dump())
