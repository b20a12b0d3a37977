"""The ports of the search service. Their docstrings are the contract.

`SearchIndex` has two adapters, OpenSearch and tantivy, and one behaviour suite for both:
`tests/contract/ports/search_index.py`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from services.search.domain.articles import (
    IndexedArticle,
    Marker,
    Name,
    Page,
    StoredArticle,
    Tombstone,
    WriteVerdict,
)
from services.search.domain.question import Facet, Question
from services.search.domain.readers import Reader
from services.search.domain.schema import SchemaDifference
from shared.events import ArticleIndexed, Envelope

LONGEST_STORY = 1_000
MOST_AT_ONE_URL = 100


class IndexUnavailableError(Exception):
    """The engine as a whole does not answer, or refuses everything: wait and try again."""


class ViewExpiredError(Exception):
    """The view of a relevance cursor is gone; the reader starts again at the first page."""


class StoreUnavailableError(Exception):
    """Redis does not answer: wait and try again."""


class HubUnavailableError(Exception):
    """The hub does not answer, or does not want it: try again later."""


class RebuildFailedError(Exception):
    """The new index does not hold what it should; the one in use goes on. The message says what."""


@dataclass(frozen=True, slots=True)
class View:
    """A view of the index that is held until `expires`, in seconds since 1970."""

    id: str
    expires: int


class SharedViews(Protocol):
    """Where replicas tell each other of the views they opened; raises `StoreUnavailableError`."""

    async def find(self, slice_: int) -> str | None:
        """The view opened in this slice of time, if any replica opened one."""

    async def offer(self, slice_: int, view: str, seconds: int) -> str:
        """Tell of a view; answers the one that all use, perhaps another replica's."""


class ArticleStore(Protocol):
    """What an index and a build of one have in common: whole documents, each with a version.

    The highest version of an id wins, whatever the order, also within one batch, after a withdrawal
    and after a restart. Every method raises `IndexUnavailableError` when the engine is out of
    reach.
    """

    async def apply(self, writes: Sequence[IndexedArticle | Tombstone]) -> Sequence[WriteVerdict]:
        """Write a batch; one verdict for each, in order. One bad document never harms another.

        When it returns, what it calls `Indexed` is durable (survives `kill -9` of anything) and
        visible, and what it calls `Older` is visible at its newer version. Several batches may be
        in flight: those that wait for the same refresh share it.
        """

    async def get(self, ids: Sequence[str], *, whole: bool = True) -> Mapping[str, StoredArticle]:
        """The stored articles by id, withdrawn and embargoed ones too; unknown ids are absent.

        `whole=False` leaves out all of `content` but the record: cards cost a tenth.
        """

    async def scan(self, after: str | None, limit: int) -> Sequence[StoredArticle]:
        """All stored articles in id order, beyond `after`: withdrawn and embargoed ones too."""

    async def scan_versions(self, after: str | None, limit: int) -> Sequence[tuple[str, int]]:
        """Ids and versions of all that `scan` shows, at a fraction of its cost."""


class IndexBuild(ArticleStore, Protocol):
    """A second index beside the one in use: of the present schema, empty at first, unseen."""

    async def swap(self, marker: Marker | None) -> None:
        """Remember the marker and take the place of the index in use, in one step.

        Questions go to either, never to neither; the one replaced is kept until the next build.
        """

    async def drop(self) -> None:
        """Remove it, unless it was swapped."""


class SearchIndex(ArticleStore, Protocol):
    """Articles by words, filters and time: what is written is visible to `find` and `get`.

    No Unicode question raises anything but `IndexUnavailableError`.
    """

    async def open(self) -> None:
        """Connect; create what is missing. Safe to call again, and beside other replicas.

        An index that was lost while in use is unavailable until it is opened again, empty. One of
        another schema is opened to be read: `outdated` says so, and writes are unavailable.
        """

    async def aclose(self) -> None:
        """Release the engine. Nothing acknowledged is lost without it."""

    async def outdated(self) -> SchemaDifference | None:
        """How the schema of the index differs from that of this release; None if it does not."""

    async def start_build(self) -> IndexBuild:
        """An empty index beside this one. One at a time, over all replicas.

        Removes what an unfinished build left behind, and the index that the last swap replaced.
        """

    async def find(self, question: Question, *, view: str | None = None) -> Page:
        """Answer a question over visible articles.

        Orders: relevance by score, then id; newest by time descending, then id ascending; oldest
        is its exact reverse; shortest by read minutes, then newest; longest is its exact reverse.
        Without words, relevance is newest. Facets: count descending, then value by code point;
        values of `include` are listed even with a count of 0 and beyond `facet_size`, each with the
        count of its filter. `total` is exact. With `view` the answer is as of its opening.

        Raises:
            ViewExpiredError: the view is unknown or has been closed.
        """

    async def open_view(self) -> View:
        """A present view of the index that stays as it is, for the cursor of a relevance list.

        Views are shared: all that are opened within some seconds are one. It is held for at least
        five minutes from now; a swap harms none.
        """

    async def at(self, url: str) -> Sequence[StoredArticle]:
        """The articles at a canonical URL, withdrawn and embargoed ones too; in no order.

        Publishers may share one; of more than `MOST_AT_ONE_URL` some are left out.
        """

    async def story(self, story_id: str) -> Sequence[StoredArticle]:
        """The articles of a story, visible or not, at most `LONGEST_STORY`; cards, in no order."""

    async def linked_to(
        self, article_id: str, *, since: int, now: int, limit: int
    ) -> Sequence[StoredArticle]:
        """Visible articles with an edge to this one, found later than `since` (`linked_at`).

        Cards and links, the best edges first; of equal tenths of the score in any order.
        """

    async def complete(
        self, words: Sequence[str], prefix: str, *, now: int, limit: int
    ) -> Sequence[StoredArticle]:
        """Visible articles, newest first, whose title has these words and one by prefix; cards."""

    async def names(
        self, typed: str, kinds: Sequence[Facet], *, now: int, limit: int
    ) -> Sequence[Name]:
        """Names that have all these words, the last one by its beginning; the most frequent first.

        Kinds: tags, authors, categories. Counts are exact, and names without a visible article are
        left out.
        """

    async def correct(self, typed: str) -> str | None:
        """What was typed, with the words that no article has as they were probably meant.

        The last one may be only begun. None if nothing is to be corrected.
        """

    async def values(self, facet: Facet, *, now: int, limit: int) -> Mapping[str, int]:
        """The most frequent values of a facet over all visible articles, with their counts."""

    async def tag(self, name_or_slug: str, *, now: int) -> Mapping[str, Any] | None:
        """The tag of this name, slug or merged slug, as the newest visible article has it."""

    async def embargoed(self, now: int, limit: int) -> Sequence[tuple[str, int]]:
        """Ids and times of articles published after `now`, the earliest first."""

    async def maintain(self) -> None:
        """Bring the counts of names up to date; one process does it for all, every few minutes."""

    async def read_marker(self) -> Marker | None:
        """The generation this index was last written under; None for a new index."""

    async def write_marker(self, marker: Marker) -> None:
        """Remember the generation, durably."""


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
