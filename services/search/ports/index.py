"""The index of articles, and a build of one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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
from services.search.domain.schema import SchemaDifference

LONGEST_STORY = 1_000
MOST_AT_ONE_URL = 100


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
