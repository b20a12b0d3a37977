"""The events of Dateline: frozen models, additive only, in a CloudEvents 1.0 envelope as JSON.

An entry of a stream has one field, `__data__`, with the envelope. Every example that was ever
stored under `tests/contract/events/examples` must decode for ever: fields are added with a default
and never renamed, retyped or removed. Consumers ignore fields they do not know.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, ClassVar, Literal
from uuid import uuid4

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

DATA_FIELD = "__data__"
SCHEMA_PREFIX = "urn:dateline:event"


class UndecodableEventError(ValueError):
    """The bytes are no event of ours and never will be; the message says which field is wrong."""


class NewerSchemaError(ValueError):
    """An event of a type or schema version that a newer release knows: to be parked, not judged."""


def _zoned(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


Moment = Annotated[datetime, AfterValidator(_zoned)]
"""A time that a foreign producer gave without a zone is UTC."""


class Value(BaseModel):
    """A frozen part of an event; unknown fields are ignored, as events only ever grow."""

    model_config = ConfigDict(frozen=True, extra="ignore", ser_json_inf_nan="null")


class Image(Value):
    url: str
    caption: str | None = None
    credit: str | None = None
    width: int | None = None
    height: int | None = None


class Tag(Value):
    """`score` is the probability, 0 to 1, that an editor would choose it; `reason` says why.

    `aliases` are slugs that editors merged into this one, and `renamed` says that they gave it its
    name. A subject is an IPTC Media Topic: `id` is
    its address, `parents` are those above it, the nearest first.
    """

    slug: str
    name: str
    kind: Literal["place", "person", "name", "topic", "subject"]
    score: float
    reason: str
    aliases: tuple[str, ...] = ()
    renamed: bool = False
    id: str | None = None
    parents: tuple[str, ...] = ()


class Choice(Value):
    """What editors want to see, and what not."""

    pin: tuple[str, ...] = ()
    ban: tuple[str, ...] = ()


class Choices(Value):
    """Of an article's tags (names or slugs) and of its related links (article ids)."""

    tags: Choice = Choice()
    related: Choice = Choice()


class ReadTime(Value):
    """`method` names speed, rounding and corrections in words, as shown to readers of the API."""

    seconds: int
    minutes: int
    method: str


class Enrichment(Value):
    """What enrich found.

    `algorithm` is the version of the rules that found it, `curation` the number of the editors'
    decision on this article that it follows, and `choices` that decision, so that the index knows
    it when Redis has lost it. `filled` names the fields of the article that are
    enrich's own, as the publisher left them out.
    """

    tags: tuple[Tag, ...] = ()
    language: str | None = None
    word_count: int = 0
    read_time: ReadTime
    algorithm: str
    curation: int = 0
    choices: Choices | None = None
    filled: tuple[str, ...] = ()


class Link(Value):
    """A link to another article; `score` is 0 to 1, `reason` names the shared terms."""

    id: str
    score: float
    reason: str


class Event(Value):
    """Base of all events. `VERSION` rises only where an old worker must not touch the event."""

    VERSION: ClassVar[int] = 1
    TYPES: ClassVar[dict[str, type["Event"]]] = {}

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: object) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        Event.TYPES[cls.__name__] = cls


class ArticleVersion(Value):
    """Which state of which article an event speaks of.

    `generation` counts losses of Redis or of the index; a foreign producer leaves it out.
    `accepted_at` is when ingest took it, for the time from there to search.
    """

    publisher: str
    external_id: str | None = None
    url: str
    revision: int = Field(ge=1, lt=2**45)
    generation: int | None = None
    receipt: str | None = None
    content_hash: str | None = None
    accepted_at: datetime | None = None


class ArticleContent(ArticleVersion):
    """The article as accepted: `body` is always text, `body_html` sanitised where it was HTML."""

    title: str
    summary: str | None = None
    body: str
    body_html: str | None = None
    authors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    published_at: Moment
    updated_at: Moment | None = None
    language: str | None = None
    image: Image | None = None
    media: tuple[Image, ...] = ()
    license: str | None = None
    source_name: str | None = None
    place: str | None = None


class ArticlePublished(ArticleContent, Event):
    """A new revision of an article was accepted."""


class ArticleWithdrawn(ArticleVersion, Event):
    """An article was withdrawn at its present revision."""

    published_at: datetime | None = None


class ArticleCurated(Event):
    """An editor decided on an article's tags (names or slugs) and related links (article ids).

    `number` counts the decisions on this article; each replaces the one before.
    """

    publisher: str
    revision: int = Field(ge=1, lt=2**45)
    generation: int | None = None
    receipt: str | None = None
    number: int = Field(ge=1)
    tags: Choice = Choice()
    related: Choice = Choice()


class TagRenamed(Event):
    """A tag has another name; its slug stays. `number` counts the decisions on all tags."""

    slug: str
    name: str
    number: int = Field(ge=1)


class TagsMerged(Event):
    """The tag `slug` is from now on the tag `into`. `number` counts the decisions on all tags."""

    slug: str
    into: str
    number: int = Field(ge=1)


class ArticleEnriched(ArticleContent, Event):
    """An accepted revision with what enrich found.

    A link between two articles is stored with the one that was enriched later, and read from both.

    Attributes:
        number: counts enrichments of the revision.
        links: the articles most like this one of those enriched earlier, the best first.
        story_id: shared by the articles about one event; a lone article is a story by itself.
        copy_of: the article that has this text first, where this one is a near copy of it.
        linked_at: when enrich looked for links, in milliseconds since 1970 by the clock of Redis.
    """

    number: int = Field(ge=0, le=8191)
    enrichment: Enrichment
    links: tuple[Link, ...] = ()
    story_id: str | None = None
    copy_of: str | None = None
    linked_at: int = Field(0, ge=0)


class ArticleIndexed(ArticleVersion, Event):
    """What search now holds of an article.

    `embargoed_until` is set while it is invisible; `recovered` marks what search tells of its index
    after a loss of Redis, so that ingest refills its records. `curation` is the number of the
    editors' decision that it follows, `choices` that decision.
    """

    withdrawn: bool = False
    number: int = 0
    curation: int = 0
    choices: Choices | None = None
    published_at: datetime | None = None
    embargoed_until: datetime | None = None
    recovered: bool = False


@dataclass(frozen=True, slots=True)
class Envelope:
    """A CloudEvent: `subject` is the article id, `source` the service that speaks."""

    id: str
    source: str
    subject: str
    time: datetime
    event: Event
    correlation_id: str
    traceparent: str | None = None

    @property
    def type(self) -> str:
        return type(self.event).__name__


def wrap(
    event: Event,
    *,
    source: str,
    subject: str,
    cause: Envelope | None = None,
    correlation_id: str | None = None,
    traceparent: str | None = None,
) -> Envelope:
    """A new envelope; correlation and trace are those of its `cause` unless given."""
    return Envelope(
        id=uuid4().hex,
        source=source,
        subject=subject,
        time=datetime.now(UTC),
        event=event,
        correlation_id=correlation_id or (cause.correlation_id if cause else uuid4().hex),
        traceparent=traceparent or (cause.traceparent if cause else None),
    )


def encode(envelope: Envelope, *, exclude: set[str] | None = None) -> bytes:
    """The envelope as JSON; `data` stands last, and `exclude` leaves fields out of it."""
    data = envelope.event.model_dump_json(exclude=exclude, exclude_none=True)
    return f'{_head(envelope)[:-1]}, "data": {data}}}'.encode()


def _head(envelope: Envelope) -> str:
    head = {
        "specversion": "1.0",
        "id": envelope.id,
        "source": envelope.source,
        "type": envelope.type,
        "subject": envelope.subject,
        "time": envelope.time.isoformat().replace("+00:00", "Z"),
        "datacontenttype": "application/json",
        "dataschema": f"{SCHEMA_PREFIX}:{envelope.type}:{type(envelope.event).VERSION}",
        "correlationid": envelope.correlation_id,
    }
    if envelope.traceparent:
        head["traceparent"] = envelope.traceparent
    return json.dumps(head, ensure_ascii=False)


def decode(raw: bytes) -> Envelope:
    """The envelope in these bytes.

    A foreign producer needs to give `type`, `subject` and `data`; the rest is filled in, and an
    article without `published_at` was published at the event's `time`.

    Raises:
        NewerSchemaError: the type or the version of its schema is not known here.
        UndecodableEventError: anything else that keeps it from being an event.
    """
    head = _json_object(raw)
    kind = _known_type(head)
    subject = head.get("subject")
    if not isinstance(subject, str) or not subject:
        raise UndecodableEventError("subject: must be the article id")
    try:
        time = _TIME.validate_python(head.get("time") or datetime.now(UTC))
        data = head.get("data")
        if kind is ArticlePublished and isinstance(data, dict):
            data = {"published_at": time, **data}
        event = kind.model_validate(data)
    except ValidationError as error:
        raise UndecodableEventError(_first_problem(error)) from error
    return Envelope(
        id=str(head.get("id") or uuid4().hex),
        source=str(head.get("source") or "unknown"),
        subject=subject,
        time=time,
        event=event,
        correlation_id=str(head.get("correlationid") or head.get("id") or uuid4().hex),
        traceparent=head.get("traceparent") if isinstance(head.get("traceparent"), str) else None,
    )


_TIME: TypeAdapter[datetime] = TypeAdapter(datetime)


def _json_object(raw: bytes) -> Mapping[str, Any]:
    try:
        head = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise UndecodableEventError(f"not JSON: {error}") from error
    if not isinstance(head, dict):
        raise UndecodableEventError("not a JSON object")
    return head


def _known_type(head: Mapping[str, Any]) -> type[Event]:
    name = head.get("type")
    if not isinstance(name, str) or not name:
        raise UndecodableEventError("type: must name an event")
    kind = Event.TYPES.get(name)
    if kind is None:
        raise NewerSchemaError(f"type: {name!r} is not known to this release")
    schema = str(head.get("dataschema") or "")
    version = schema.rpartition(":")[2] if schema.startswith(SCHEMA_PREFIX) else ""
    if version.isdecimal() and int(version) > kind.VERSION:
        raise NewerSchemaError(f"dataschema: {name} {version} is newer than {kind.VERSION}")
    return kind


def _first_problem(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_input=False)[0]
    return f"{'.'.join(('data', *map(str, first['loc'])))}: {first['msg']}"
