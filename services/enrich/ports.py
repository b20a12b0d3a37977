"""The ports of the enrich service. Their docstrings are the contract."""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from services.enrich.domain.curation import Curation
from services.enrich.domain.related import HALF_LIFE_DAYS, ArticleVector
from services.enrich.domain.tags.subjects import Weights
from services.enrich.domain.vocabulary import Form, Rulings, TagUses
from shared.events import Envelope, Link


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownArticle:
    """What the memory is told of an article.

    Attributes:
        version: grows with every newer state; see `domain.version`.
        written: the terms by which it is found, as they are written in it.
        half_life_days: how slowly it ages, see `domain.related.Record`.
    """

    id: str
    version: int
    published_at: datetime
    vector: ArticleVector
    written: Mapping[int, str] = field(default_factory=dict)
    half_life_days: int = HALF_LIFE_DAYS


@dataclass(frozen=True, slots=True)
class Withdrawal:
    id: str
    version: int


@dataclass(frozen=True, slots=True)
class Linked:
    """What an article belongs with, as its event tells it; see `shared.events.ArticleEnriched`.

    `freed` are articles that were copies of it and no longer are: they are to be enriched anew.
    """

    links: tuple[Link, ...]
    story_id: str
    copy_of: str | None
    linked_at: int
    freed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Restored:
    """An article with the story and the original that it was given once."""

    article: KnownArticle
    story_id: str
    copy_of: str | None


class RelatedMemory(Protocol):
    """Which articles belong together.

    Several workers may use one memory at once. Every call may be repeated: the second time changes
    nothing. An older version than the one known changes nothing either. The memory may lack
    articles, the oldest first: then nothing links to them.
    """

    async def link(
        self, articles: Sequence[KnownArticle], *, thorough: bool = False
    ) -> Sequence[Linked]:
        """Keep the articles, and find in order what each belongs with among those known.

        `thorough` looks further, and takes several times as long.

        Of two articles the one with the later `linked_at` has found the other. An article joins
        the story of those most like it, and keeps its story while one of them has it.
        """

    async def withdraw(self, withdrawals: Sequence[Withdrawal]) -> Sequence[str]:
        """Find the articles no more, unless a newer version comes; answers ids of their copies."""

    async def restore(self, articles: Sequence[Restored]) -> None:
        """Keep the articles that are not known, as they stand: nothing is decided anew."""

    async def missing(self, article_ids: Sequence[str]) -> set[str]:
        """Those of the articles that are not known."""

    async def claim_rebuild(self, worker: str) -> bool:
        """Whether this worker may rebuild the memory, for a minute from now on."""

    async def holds(self) -> int:
        """The generation whose articles were all restored; 0 after a loss of the memory."""

    async def note_holding(self, generation: int) -> None: ...


@dataclass(frozen=True, slots=True)
class MemoryState:
    """How full the memory is.

    Attributes:
        share: used of what its Redis may use, 0 to 1.
        articles: how many are known.
        forgotten: how many were forgotten for want of memory.
        oldest: the day of the oldest known article, as an ISO date; None where there is none.
    """

    share: float
    articles: int
    forgotten: int
    oldest: str | None


class MemoryBound(Protocol):
    """Keeps the memory within its bound: intake must never close because of it."""

    async def make_room(self) -> MemoryState:
        """Forget the oldest articles while too much memory is used: nothing new links to them."""


@dataclass(frozen=True, slots=True)
class ArticleSentences:
    """The hashes of an article's sentences; None stands for one that is not counted."""

    article_id: str
    publisher: str
    numbers: Sequence[int | None]


class Sentences(Protocol):
    """Which sentences a publisher repeats. The memory of each publisher is small and bounded."""

    async def count(self, articles: Sequence[ArticleSentences]) -> Sequence[frozenset[int]]:
        """Count the sentences of articles that the memory does not know yet.

        Answers for each those that several other articles of its publisher have.
        """


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

    async def rename(self, slug: str, name: str, number: int) -> Sequence[str]:
        """Call the tag so everywhere; answers the slugs whose articles follow.

        It answers them again when it is repeated, and none where a later decision stands.
        """

    async def merge(self, slug: str, into: str, number: int) -> Sequence[str]:
        """Show the tag `slug` as `into`; answers as `rename` does."""


class Vocabulary(Protocol):
    """How many articles have a tag, and how most of them would show it.

    Many workers may count at once, and everything may be repeated: the counts are always those of
    the newest version of each article.
    """

    async def count(self, articles: Sequence[TagUses]) -> list[Mapping[str, Form | None]]:
        """Count the tags of each version; answers for each slug its most frequent form.

        Of equally frequent forms all workers choose the same. None where no article of this
        language shows the tag by its own form. An older version than the one known counts nothing,
        and nothing is counted while there is no memory for it.
        """

    async def forms(self, article: TagUses) -> Mapping[str, Form | None]:
        """The most frequent forms as they are; nothing is counted."""

    async def moved(self) -> Mapping[str, bool]:
        """Slugs to `follow`: whether another form than the shown one is the most frequent now."""

    async def follow(self, slug: str) -> None:
        """Show the most frequent forms of this tag from now on."""

    def articles(self, slug: str) -> AsyncIterator[list[str]]:
        """The ids of the articles that have the tag, a page at a time; some may come twice."""


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
