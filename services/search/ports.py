"""The ports of the search service. Their docstrings are the contract.

`SearchIndex` has two adapters, OpenSearch and tantivy, and one behaviour suite for both:
`tests/contract/ports/search_index.py`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from services.search.domain.articles import (
    IndexedArticle,
    Marker,
    Page,
    RelatedList,
    StoredArticle,
    Tombstone,
    WriteVerdict,
)
from services.search.domain.question import Facet, Question
from services.search.domain.readers import Reader
from shared.events import ArticleIndexed

LONGEST_STORY = 1_000


class IndexUnavailableError(Exception):
    """The engine as a whole does not answer, or refuses everything: wait and try again."""


class SnapshotExpiredError(Exception):
    """The snapshot of a relevance cursor is gone; the reader starts again at the first page."""


class StoreUnavailableError(Exception):
    """Redis does not answer: wait and try again."""


class SearchIndex(Protocol):
    """Articles by words, filters and time.

    Writes are whole documents with a version; the highest version of an id wins, whatever the
    order, also within one batch, after a withdrawal and after a restart. When `apply` has
    returned, what it calls `Indexed` is durable (survives `kill -9` of anything) and visible to
    `find` and `get`. Every method raises `IndexUnavailableError` when the engine is out of reach,
    and nothing else for any Unicode question.
    """

    async def open(self) -> None:
        """Connect; create what is missing. Safe to call again, and beside other replicas.

        An index that was lost while in use is unavailable until it is opened again, empty.
        """

    async def aclose(self) -> None:
        """Release the engine. Nothing acknowledged is lost without it."""

    async def apply(self, writes: Sequence[IndexedArticle | Tombstone]) -> Sequence[WriteVerdict]:
        """Write a batch; one verdict for each, in order. One bad document never harms another."""

    async def apply_related(self, lists: Sequence[RelatedList]) -> Sequence[WriteVerdict]:
        """Write related lists, by the same rules of versions; a list may precede its article."""

    async def find(self, question: Question, *, snapshot: str | None = None) -> Page:
        """Answer a question over visible articles.

        Orders: relevance by score, then id; newest by time descending, then id ascending; oldest
        is its exact reverse; shortest by read minutes, then newest; longest is its exact reverse.
        Without words, relevance is newest. Facets: count descending, then value by code point;
        values of `include` are listed even with a count of 0 and beyond `facet_size`, each with the
        count of its filter. `total` is exact. With `snapshot` the answer is as of its opening.

        Raises:
            SnapshotExpiredError: the snapshot is unknown or has been closed.
        """

    async def open_snapshot(self) -> str:
        """Hold the present view for five minutes, for the cursor of a relevance list.

        An engine holds a few dozen: beyond that the oldest expires early.
        """

    async def get(self, ids: Sequence[str]) -> Mapping[str, StoredArticle]:
        """The stored articles by id, withdrawn and embargoed ones too; unknown ids are absent."""

    async def related(self, ids: Sequence[str]) -> Mapping[str, RelatedList]:
        """The related lists of these ids; ids without one are absent."""

    async def stories(self, ids: Sequence[str]) -> Mapping[str, str]:
        """The story of each id, as its related list has it; ids without one are absent."""

    async def story(self, story_id: str) -> Sequence[str]:
        """The ids of a story, visible or not, at most `LONGEST_STORY`; in no order."""

    async def complete(
        self, words: Sequence[str], prefix: str, *, now: int, limit: int
    ) -> Sequence[StoredArticle]:
        """Visible articles, newest first, whose title has these folded words and one by prefix."""

    async def vocabulary(self) -> Mapping[str, int]:
        """Every word of `IndexedArticle.words`, with the number of live articles that have it."""

    async def values(self, facet: Facet, *, now: int) -> Mapping[str, int]:
        """Every value of a facet over all visible articles, with its count."""

    async def scan(self, after: str | None, limit: int) -> Sequence[StoredArticle]:
        """All stored articles in id order, beyond `after`: withdrawn and embargoed ones too."""

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


class Announcements(Protocol):
    """What search tells the pipeline of its own accord; raises `StoreUnavailableError`."""

    async def publish(self, events: Sequence[tuple[str, ArticleIndexed]]) -> str:
        """Append events by article id; answers the position after the last one."""

    async def read_up_to(self, position: str) -> bool:
        """Whether ingest has acknowledged everything up to there.

        Raises:
            StoreUnavailableError: also when Redis no longer has that position.
        """


class EmbargoSchedule(Protocol):
    """When articles under embargo become visible; raises `StoreUnavailableError`."""

    async def put(self, due: Mapping[str, int]) -> None:
        """Set due times (seconds since 1970) by article id."""

    async def due(self, now: int, limit: int) -> Sequence[str]:
        """The ids whose time has come, the earliest first."""

    async def settle(self, article_id: str, now: int) -> None:
        """Strike an id off, unless a later due time was set meanwhile."""


class ViewCounter(Protocol):
    """How often articles were read. It is allowed to forget, never to slow a reader down."""

    async def add(self, article_id: str, reader: Reader) -> None:
        """Count a view, once per reader and window; nothing happens while it is out of reach."""

    async def counts(self, ids: Sequence[str]) -> Mapping[str, int]:
        """All views by id; ids without one, or all of them in an outage, are absent."""

    async def most_viewed(self, hours: int, limit: int) -> Sequence[str]:
        """The ids viewed most in the last hours, the most first; in an outage as last known."""
