"""What search keeps in Redis, reads from it and tells through it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from services.search.domain.articles import Marker
from services.search.domain.readers import Reader
from shared.events import ArticleIndexed, Envelope


class GenerationStore(Protocol):
    """The generation as Redis knows it, and the right to decide on it.

    Every method raises `StoreUnavailableError` when Redis is out of reach.
    """

    async def read(self) -> Marker | None:
        """None after a loss of Redis, or before search first ran."""

    async def replace(self, known: Marker | None, new: Marker) -> bool:
        """Set it, if it still is what was read and the lease is ours; False otherwise."""

    async def take_lease(self) -> bool:
        """Take the right to decide, for seconds; False while another replica has it."""

    async def renew_lease(self) -> bool:
        """Keep the right to decide; False if it was lost, with Redis or by waiting too long."""

    async def release_lease(self) -> None:
        """Give it up, if it is ours."""

    async def forget(self) -> None:
        """Remove the generation, if the lease is ours: all wait for the next one."""


class LogReader(Protocol):
    """A place in the log that moves on with every read."""

    async def read(self, limit: int) -> Sequence[Envelope]:
        """The next events that search acts on; fewer than `limit` at the end of the log.

        Raises:
            StoreUnavailableError: also when entries were lost before they were read.
        """


class WriteLog(Protocol):
    """The streams that the index is written from, read once more beside the consumers."""

    def reading(self) -> AbstractAsyncContextManager[LogReader]:
        """Read from the oldest event on that the index may lack; held while the block runs.

        Raises:
            StoreUnavailableError: Redis is out of reach.
        """


@dataclass(frozen=True, slots=True)
class RebuildProgress:
    """How far a rebuild is; `total` is 0 while unknown."""

    step: str
    done: int = 0
    total: int = 0


class RebuildOrders(Protocol):
    """What operators ordered and are shown, and the right to carry it out.

    Every method raises `StoreUnavailableError` when Redis is out of reach.
    """

    async def wanted(self) -> str | None:
        """The order that waits, if there is one: it stays until it is answered."""

    async def take_lease(self) -> bool:
        """Take the right to rebuild, for seconds; False while another replica has it."""

    async def renew_lease(self) -> bool:
        """Keep it; False if it was lost, with Redis or by waiting too long."""

    async def release_lease(self) -> None:
        """Give it up, if it is ours."""

    async def show(self, progress: RebuildProgress) -> None:
        """Tell operators how far it is."""

    async def answer(self, order: str | None, *, said: str, failed: bool) -> None:
        """Close the order, None for a rebuild that nobody ordered, with a line for operators."""


class Announcements(Protocol):
    """What search tells the pipeline of its own accord; raises `StoreUnavailableError`."""

    async def publish(self, events: Sequence[tuple[str, ArticleIndexed]]) -> str:
        """Append events by article id; answers the position after the last one."""

    async def read_up_to(self, position: str) -> bool:
        """Whether ingest has acknowledged everything up to there.

        Raises:
            StoreUnavailableError: also when Redis no longer has that position.
        """


@dataclass(frozen=True, slots=True)
class AuditRequest:
    """What an audit asks.

    Attributes:
        what: `digests` of all buckets, `states` of the chosen buckets, `announce` the chosen ids.
    """

    id: str
    what: str
    chosen: Sequence[int | str]


class AuditRequests(Protocol):
    """What operators' audits ask of the index; raises `StoreUnavailableError`."""

    async def next(self) -> AuditRequest | None:
        """The request that has waited longest, if any; it is ours to answer."""

    async def answer(self, request: AuditRequest, value: object) -> None:
        """Answer it with a JSON value."""


class EmbargoSchedule(Protocol):
    """When articles under embargo become visible; raises `StoreUnavailableError`."""

    async def put(self, due: Mapping[str, int]) -> None:
        """Set due times (seconds since 1970) by article id."""

    async def due(self, now: int, limit: int) -> Sequence[str]:
        """The ids whose time has come, the earliest first."""

    async def settle(self, article_id: str, now: int) -> None:
        """Strike an id off, unless a later due time was set meanwhile."""


@dataclass(frozen=True, slots=True)
class LoggedArticle:
    """What the log says of an article; `position` is where, `time` is when it was written."""

    position: str
    article_id: str
    time: datetime
    event: ArticleIndexed


class IndexedLog(Protocol):
    """All that the index took, in order, as any replica may read it; changes nothing by reading.

    Every method raises `StoreUnavailableError` when the log is out of reach.
    """

    async def end(self) -> str:
        """The position of the last entry."""

    async def reaches_back_to(self, position: str) -> bool:
        """Whether everything after this position is still there."""

    async def after(
        self, position: str, *, limit: int, wait_ms: int = 0
    ) -> tuple[str, Sequence[LoggedArticle]]:
        """The next entries, and the position they reach; waits for the first one if told so."""


class NewsHub(Protocol):
    """Whoever passes on that feeds have news (WebSub)."""

    async def ping(self, topics: Sequence[str]) -> None:
        """Tell it that these addresses changed; raises `HubUnavailableError`."""


class Turns(Protocol):
    """What one replica does for all; raises `StoreUnavailableError`."""

    async def take(self, name: str, seconds: int) -> bool:
        """Whether it is ours to do now; nobody else's for so long."""


@dataclass(frozen=True, slots=True)
class SynonymSet:
    """Words, or runs of words, that mean the same; in one language (primary subtag) or in all."""

    words: tuple[str, ...]
    language: str | None = None


class SynonymStore(Protocol):
    """What editors hold equal; raises `StoreUnavailableError`."""

    async def read(self) -> Sequence[SynonymSet]:
        """All sets; what cannot be read as a set is left out."""


class ViewCounter(Protocol):
    """How often articles were read. It is allowed to forget, never to slow a reader down."""

    async def add(self, article_id: str, reader: Reader) -> None:
        """Count a view, once per reader and window; nothing happens while it is out of reach."""

    async def counts(self, ids: Sequence[str]) -> Mapping[str, int]:
        """All views by id; ids without one, or all of them in an outage, are absent."""

    async def most_viewed(self, hours: int, limit: int) -> Sequence[str]:
        """The ids viewed most in the last hours, the most first; in an outage as last known."""


class ReadKeys(Protocol):
    """The keys of frontends."""

    async def scopes(self, secret: str) -> frozenset[str] | None:
        """What the key of this secret may do; None for an unknown one.

        A revoked key is unknown within seconds. In an outage of Redis keys that were known go on;
        of others `StoreUnavailableError` says that nobody can tell.
        """


class QueryCounter(Protocol):
    """How often something was asked, not by whom. Allowed to forget, never to slow a reader."""

    async def add(self, query: str) -> None:
        """Count one; nothing happens while the counter is out of reach."""

    async def most_asked(self, at_least: int, limit: int) -> Sequence[tuple[str, int]]:
        """What was asked so often in the last seven days, the most first; empty in an outage."""
