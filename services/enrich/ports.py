"""The ports of the enrich service. Their docstrings are the contract."""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from services.enrich.domain.curation import Curation
from services.enrich.domain.related import HALF_LIFE_DAYS, ArticleVector
from services.enrich.domain.tags.subjects import Weights
from services.enrich.domain.vocabulary import Form, Rulings, TagUses
from shared.events import Envelope, RelatedLink


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownArticle:
    """What the memory is told of an article.

    Attributes:
        version: grows with every newer state; see `domain.version`.
        generation: as the event had it, handed on with the list.
        written: the terms by which it is found, as they are written in it.
        half_life_days: how slowly it ages, see `domain.related.Record`.
    """

    id: str
    version: int
    generation: int | None
    title: str
    url: str
    published_at: datetime
    read_minutes: int
    vector: ArticleVector
    written: Mapping[int, str] = field(default_factory=dict)
    half_life_days: int = HALF_LIFE_DAYS


@dataclass(frozen=True, slots=True)
class Withdrawal:
    id: str
    version: int


@dataclass(frozen=True, slots=True)
class RelatedList:
    """The links of one article as they stand; `number` grows with every reading of its list.

    `story_id` is shared by the articles about one event, and may change as others come. `changed`
    is false when these very articles, and this story, were announced last time.
    """

    id: str
    generation: int | None
    number: int
    links: tuple[RelatedLink, ...]
    story_id: str
    changed: bool


class RelatedMemory(Protocol):
    """Which articles belong together, whatever the order in which they arrive.

    Several workers may use one memory at once. Every call may be repeated: the second time changes
    nothing. An older version than the one known changes nothing either. What an article's
    arrival changes in the lists of others makes these due for an announcement, not at once but
    bounded in number. An article under embargo is absent until its time.
    """

    async def remember(self, articles: Sequence[KnownArticle]) -> None:
        """Keep the articles, and link them with those known, in both directions."""

    async def withdraw(self, withdrawals: Sequence[Withdrawal]) -> None:
        """Take the articles out of every list, for good unless a newer version comes."""

    async def curate(self, article_id: str, curation: Curation) -> None:
        """Pin and ban links of the article, known or not; an older decision changes nothing."""

    async def read(self, article_ids: Sequence[str]) -> Sequence[RelatedList | None]:
        """For each the best links as they stand; None of an article withdrawn or not known."""

    async def announced(self, lists: Sequence[RelatedList]) -> None:
        """These were published: the same articles and story once more would say nothing new."""

    async def take_due(self, limit: int) -> Sequence[RelatedList]:
        """Lists to be announced. One that is not `announced` within a minute is due again."""

    async def lift_embargoes(self) -> None:
        """Add the articles whose time has come."""


@dataclass(frozen=True, slots=True)
class Decided:
    """What editors decided that concerns an article, as of a generation of Redis and index.

    `guards` are keys with their values: what follows from this may be handed over only while they
    stand.
    """

    curation: Curation
    rulings: Rulings
    generation: int
    guards: Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class ListedArticle:
    """An article as the index lists it, with what editors decided about it and about its tags.

    `published_at` is RFC 3339 in UTC; `algorithm` the version of the rules that enriched it.
    """

    id: str
    publisher: str
    published_at: str
    algorithm: str
    curation: Curation
    rulings: Rulings


class UnavailableError(Exception):
    """Something that enriching needs is out of reach; ask again later."""


class DecisionsUnavailableError(UnavailableError):
    """Redis has lost what editors decided, and it has not been read back from the index yet."""


class Decisions(Protocol):
    """What editors decided. A later decision, by its number, replaces an earlier one."""

    async def restored(self) -> int:
        """The last generation in which what was lost has been restored; 0 for none."""

    async def restore(self, rulings: Rulings) -> None:
        """These were decided once; what was decided since stands."""

    async def note_restored(self, generation: int) -> None: ...

    async def about(self, article_ids: Sequence[str]) -> list[Decided]:
        """In order, for each article; known or not.

        The guards hold back what was computed before Redis lost its data, too.

        Raises:
            DecisionsUnavailableError: what was decided cannot be known now.
        """

    async def curate(self, article_id: str, curation: Curation) -> None: ...

    async def rename(self, slug: str, name: str, number: int) -> None:
        """Call the tag so everywhere; the articles that have it are due."""

    async def merge(self, slug: str, into: str, number: int) -> None:
        """Show the tag `slug` as `into`; the articles that have either are due."""


class Vocabulary(Protocol):
    """How many articles have a tag, and how most of them would show it.

    Many workers may count at once, and everything may be repeated: the counts are always those of
    the newest version of each article.
    """

    async def count(self, articles: Sequence[TagUses]) -> list[Mapping[str, Form | None]]:
        """Count the tags of each version; answers for each slug its most frequent form.

        Of equally frequent forms all workers choose the same. None where no article of this
        language shows the tag by its own form. An older version than the one known counts nothing.
        """

    async def forms(self, article: TagUses) -> Mapping[str, Form | None]:
        """The most frequent forms as they are; nothing is counted."""

    async def follow(self) -> None:
        """Where another form has become the most frequent, the articles are due."""


@dataclass(frozen=True, slots=True)
class Learned:
    """What the sections of a publisher have taught; version 0 is nothing."""

    version: int
    weights: Weights


NOTHING_LEARNED = Learned(0, {})


class Sections(Protocol):
    """A snapshot for each publisher, made by a command: it changes only when that is run again."""

    async def of(self, publishers: Sequence[str]) -> Sequence[Learned]:
        """The newest of each, in order."""

    async def keep(self, publisher: str, learned: Learned) -> None: ...


class Agenda(Protocol):
    """Articles due to be enriched anew. Every call may be repeated."""

    async def add(self, article_ids: Iterable[str]) -> None: ...

    async def take(self, limit: int) -> Sequence[str]:
        """What is due; one that is not settled within a minute is due again."""

    async def settle(self, article_id: str) -> None: ...

    async def postpone(self, article_id: str) -> bool:
        """Due again later; False when it was postponed too often and is given up."""

    async def length(self) -> int: ...


class ArticlesUnavailableError(UnavailableError):
    """The articles are out of reach."""


class Articles(Protocol):
    def all(self) -> AsyncIterator[list[ListedArticle]]:
        """Every article that is not withdrawn, by id, a page at a time.

        Raises:
            ArticlesUnavailableError: search is out of reach.
        """

    async def get(self, article_id: str) -> Envelope | None:
        """The stored `ArticleEnriched`; None of an article withdrawn or not stored (yet).

        Raises:
            ArticlesUnavailableError: that cannot be said now.
        """


class Counters(Protocol):
    """What is counted in one step with what it is read with."""

    async def generation(self) -> int:
        """The present generation of Redis and index; 0 before search has set one."""

    async def next_enrichments(
        self, versions: Sequence[tuple[str, int, int]]
    ) -> Sequence[int | None]:
        """The number of this enrichment of a version, from 1; None when there are no more.

        Asked by article id, version, and a number beyond which it must be, because that is known
        to be taken whatever is remembered.
        """

    async def newest(self, article_ids: Sequence[str]) -> Sequence[int]:
        """The newest version of each that was given a number; -1 where none was."""
