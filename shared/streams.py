"""The topology of the streams, as data: who writes what, and which groups read it.

`shared.messaging` makes the groups from this table, the operators' `status` lists it, and
`tests/contract/events/test_topology.py` holds it against the events and the services.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from shared.events import (
    ArticleCurated,
    ArticleEnriched,
    ArticleIndexed,
    ArticlePublished,
    ArticleWithdrawn,
    Event,
    TagRenamed,
    TagsMerged,
)


@dataclass(frozen=True, slots=True)
class Stream:
    """One Redis stream.

    Attributes:
        producers: services that write it.
        groups: consumer group (named like its service) to the events it acts on; it acknowledges
            every other entry of the stream unread.
        burying: groups that may give up on an entry; the others retry for ever.
    """

    name: str
    description: str
    events: tuple[type[Event], ...]
    producers: tuple[str, ...]
    groups: Mapping[str, tuple[type[Event], ...]] = field(default_factory=dict)
    burying: tuple[str, ...] = ()

    @property
    def dead(self) -> str:
        """Where entries go that a group gave up on: their bytes, origin, attempts and errors."""
        return f"{self.name}.dead"

    @property
    def parked(self) -> str:
        """Where entries of a newer schema version wait for a worker that knows it."""
        return f"{self.name}.parked"


PUBLISHED = Stream(
    name="articles.published",
    description="What publishers sent and editors decided, as ingest accepted it.",
    events=(ArticlePublished, ArticleWithdrawn, ArticleCurated, TagRenamed, TagsMerged),
    producers=("ingest",),
    groups={
        "enrich": (ArticlePublished, ArticleWithdrawn, ArticleCurated, TagRenamed, TagsMerged),
        # Withdrawals must not wait behind the backlog of enrich.
        "search": (ArticleWithdrawn,),
    },
    burying=("enrich",),
)

ENRICHED = Stream(
    name="articles.enriched",
    description="Articles with language, read time, tags and related links.",
    events=(ArticleEnriched, ArticleWithdrawn),
    producers=("enrich",),
    groups={
        "search": (ArticleEnriched, ArticleWithdrawn),
        "ingest": (ArticleEnriched, ArticleWithdrawn),
    },
    burying=("search",),
)

INDEXED = Stream(
    name="articles.indexed",
    description="What is searchable now, or gone from search now.",
    events=(ArticleIndexed,),
    producers=("search",),
    groups={"ingest": (ArticleIndexed,)},
)

STREAMS = (PUBLISHED, ENRICHED, INDEXED)

# What was given up becomes the state of a receipt. Nobody gives up on a dead letter again.
DEAD_LETTERS = tuple(
    Stream(
        name=stream.dead,
        description=f"Entries of {stream.name} that a group gave up on.",
        events=stream.events,
        producers=stream.burying,
        groups={
            "ingest": tuple(
                event
                for event in (ArticlePublished, ArticleEnriched, ArticleWithdrawn)
                if event in stream.events
            )
        },
    )
    for stream in STREAMS
    if stream.burying
)
