"""PageByCursor: lists read on by cursor, without a repeat or a gap while articles arrive.

In the order of a value a cursor is the place of the last hit, over live data. Relevance depends on
all articles, so its second page holds a view of the index; what the first page showed is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from services.search.domain.articles import Hit, Page
from services.search.domain.cursor import (
    Cursor,
    CursorExpiredError,
    Resolution,
    decode_cursor,
    digest,
    encode_cursor,
    mark,
)
from services.search.domain.question import Question, Sort
from services.search.domain.requests import SearchRequest
from services.search.ports import SearchIndex, ViewExpiredError

UNHELD_S: Final = 300
"""How long the cursor of a first page waits for its view to be opened, in seconds."""
# A list whose rest is one endless story ends; nobody waits for it.
_MOST_PORTIONS: Final = 25
_PORTION: Final = 200
# A cursor stays short enough for an address: stories shown longer ago may come again.
_REMEMBERED: Final = 400


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a list: the hits shown, and the page they are from, with its total and facets."""

    page: Page
    hits: tuple[Hit, ...]
    next_cursor: str | None = None
    view: str | None = None


class PageByCursor:
    """`key` signs cursors; the same for all replicas on one index."""

    def __init__(
        self, index: SearchIndex, key: Callable[[], bytes], clock: Callable[[], float]
    ) -> None:
        self._index = index
        self._key = key
        self._clock = clock

    def first_part(
        self, request: SearchRequest, resolution: Resolution, question: Question, page: Page
    ) -> Part:
        """A page by its number, and the cursor that goes on from it."""
        hits = page.hits[: request.page_size]
        if len(page.hits) <= request.page_size or not hits:
            return Part(page, hits)
        cursor = Cursor(_digest(request), resolution, hits[-1].sort_key)
        marks = tuple(_mark(hit, question) for hit in hits)
        if question.order is Sort.RELEVANCE:
            cursor = replace(
                cursor,
                # Most readers never turn the page, so no view is held yet. It may rank slightly
                # differently: it is read from the top, without what was shown.
                after=None if request.page == 1 else _behind(question, hits[-1], 0).after,
                offset=question.offset + len(hits) if question.collapse and request.page > 1 else 0,
                # The same for minutes, so that equal answers have equal entity tags.
                expires=(int(self._clock()) // UNHELD_S + 2) * UNHELD_S,
                seen=marks,
            )
        elif question.collapse:
            cursor = replace(cursor, seen=marks)
        return Part(page, hits, encode_cursor(cursor, self._key()))

    def read(self, request: SearchRequest) -> Cursor:
        """The cursor of a request; raises `CursorError` where it cannot be followed."""
        return decode_cursor(
            request.cursor or "", self._key(), digest=_digest(request), now=int(self._clock())
        )

    async def go_on(self, request: SearchRequest, question: Question, cursor: Cursor) -> Part:
        """The hits behind a cursor; a relevance list holds its view from now on.

        Raises:
            CursorExpiredError: the view was let go.
            IndexUnavailableError: the engine is out of reach.
        """
        if question.order is Sort.RELEVANCE and cursor.view is None:
            view = await self._index.open_view()
            cursor = replace(cursor, view=view.id, expires=view.expires)
        question = replace(question, offset=cursor.offset, after=cursor.after)
        try:
            page, unseen = await self._unseen(question, cursor)
        except ViewExpiredError:
            raise CursorExpiredError("the view of this list was let go; start again") from None
        hits = tuple(hit for _, hit in unseen[: request.page_size])
        if len(unseen) <= request.page_size:
            return Part(page, hits, view=cursor.view)
        following = self._following(question, cursor, unseen[: request.page_size])
        return Part(page, hits, encode_cursor(following, self._key()), cursor.view)

    async def _unseen(
        self, question: Question, cursor: Cursor
    ) -> tuple[Page, Sequence[tuple[int, Hit]]]:
        """The next hits that were not shown, each with its number in the list from `offset` on."""
        wanted = question.limit
        limit = min(wanted + len(cursor.seen), wanted + _PORTION)
        first: Page | None = None
        unseen: list[tuple[int, Hit]] = []
        position = question.offset
        for _ in range(_MOST_PORTIONS):
            page = await self._index.find(replace(question, limit=limit), view=cursor.view)
            first = first or page
            unseen += [
                (position + at, hit)
                for at, hit in enumerate(page.hits, start=1)
                if _mark(hit, question) not in cursor.seen
            ]
            if len(unseen) >= wanted or len(page.hits) < limit:
                break
            position += len(page.hits)
            question = _behind(question, page.hits[-1], position)
        assert first is not None  # noqa: S101  (at least one portion was read)
        return first, unseen

    def _following(
        self, question: Question, cursor: Cursor, shown: Sequence[tuple[int, Hit]]
    ) -> Cursor:
        position, last = shown[-1]
        behind = _behind(question, last, position)
        seen = cursor.seen
        if question.collapse and question.order is not Sort.RELEVANCE:
            seen = (*seen, *(_mark(hit, question) for _, hit in shown))[-_REMEMBERED:]
        return replace(cursor, after=behind.after, offset=behind.offset, seen=seen)


def _behind(question: Question, hit: Hit, position: int) -> Question:
    """The question for what follows a hit; in collapsed relevance its number tells the place."""
    if question.collapse and question.order is Sort.RELEVANCE:
        return replace(question, after=None, offset=position)
    return replace(question, after=hit.sort_key, offset=0, facets=(), extents=())


def _mark(hit: Hit, question: Question) -> str:
    return mark(hit.story_id if question.collapse else hit.id)


def _digest(request: SearchRequest) -> str:
    return digest({**request.identity, "sort": request.sort})
