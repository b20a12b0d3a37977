"""Events as the services publish them, with only what a test cares about spelled out."""

from collections.abc import Iterable
from datetime import UTC, datetime

from shared.events import (
    ArticleEnriched,
    ArticleWithdrawn,
    Enrichment,
    Event,
    Link,
    ReadTime,
    Tag,
    encode,
    wrap,
)
from shared.identity import article_id

PUBLISHER = "demo"
LONG_AGO = datetime(2024, 5, 1, 10, 0, tzinfo=UTC)


def identified(name: str) -> str:
    """The id of the article that this publisher calls `name`."""
    return article_id(PUBLISHER, name)


def enriched(  # noqa: PLR0913  (each with a default)
    name: str,
    *,
    title: str = "A title",
    body: str = "A body of some words.",
    summary: str | None = None,
    authors: Iterable[str] = (),
    categories: Iterable[str] = ("News",),
    tags: Iterable[str] = (),
    language: str = "en",
    published_at: datetime = LONG_AGO,
    minutes: int = 1,
    revision: int = 1,
    number: int = 0,
    generation: int | None = None,
    receipt: str | None = None,
    links: Iterable[str] = (),
    linked_at: int = 0,
    story: str | None = None,
    copy_of: str | None = None,
) -> ArticleEnriched:
    """What enrich hands over for an article; `links` names the others, the best first."""
    return ArticleEnriched(
        publisher=PUBLISHER,
        external_id=name,
        url=f"https://publisher.example/{name}",
        revision=revision,
        generation=generation,
        receipt=receipt,
        content_hash=f"hash-{revision}",
        title=title,
        summary=summary,
        body=body,
        authors=tuple(authors),
        categories=tuple(categories),
        published_at=published_at,
        language=language,
        number=number,
        links=tuple(
            Link(id=identified(other), score=round(0.9 - place / 10, 2), reason="shared: tunnel")
            for place, other in enumerate(links)
        ),
        linked_at=linked_at,
        story_id=identified(story or name),
        copy_of=identified(copy_of) if copy_of else None,
        enrichment=Enrichment(
            tags=tuple(tagged(tag) for tag in tags),
            language=language,
            word_count=len(body.split()),
            read_time=ReadTime(seconds=60 * minutes, minutes=minutes, method="test"),
            algorithm="test",
        ),
    )


def tagged(name: str) -> Tag:
    slug = name.lower().replace(" ", "-")
    return Tag(slug=slug, name=name, kind="place", score=0.9, reason="in the title")


def withdrawn(
    name: str, *, revision: int = 1, generation: int | None = None, receipt: str | None = None
) -> ArticleWithdrawn:
    return ArticleWithdrawn(
        publisher=PUBLISHER,
        external_id=name,
        url=f"https://publisher.example/{name}",
        revision=revision,
        generation=generation,
        receipt=receipt,
    )


def entry(event: Event, name: str) -> bytes:
    """The event of an article as the bytes of a stream entry."""
    return encode(wrap(event, source="test", subject=identified(name)))
