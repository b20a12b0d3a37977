"""FindArticles: a request for a list, answered with as much understanding as it needs."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from services.search.domain.articles import Extent, FacetCount, Hit, Page
from services.search.domain.cursor import Resolution
from services.search.domain.question import Facet, Number, Question, Sort, Word
from services.search.domain.reading import (
    corrected_text,
    for_any_word,
    languages_asked,
    read_question,
    with_corrections,
    with_synonyms,
)
from services.search.domain.requests import Match, SearchRequest
from services.search.ports import SearchIndex
from services.search.use_cases.count_values import CountValues
from services.search.use_cases.histogram import PeriodCount, count_periods
from services.search.use_cases.page_by_cursor import PageByCursor, Part
from services.search.use_cases.tag_names import TagNames

FEW = 10
"""Articles; where fewer are found, the words are corrected, then any of them is enough."""

Synonyms = Callable[[Sequence[str]], Sequence[Sequence[str]]]
"""The sets of words that mean the same in any of these languages."""


@dataclass(frozen=True, slots=True)
class Found:
    """The answer to a request.

    Attributes:
        total: how many articles match.
        listed: how many of them the list shows: of each story one, where it is collapsed.
        corrected: the words as they were set right, if they were.
        relaxed: any of the words was enough.
        next_cursor: None at the end of the list.
        histogram: empty where none was asked for, and where nothing was found.
        words: what was looked for.
    """

    total: int
    listed: int
    hits: tuple[Hit, ...] = ()
    facets: Mapping[Facet, tuple[FacetCount, ...]] = field(default_factory=dict)
    corrected: str | None = None
    relaxed: bool = False
    next_cursor: str | None = None
    extents: Mapping[Number, Extent] = field(default_factory=dict)
    histogram: tuple[PeriodCount, ...] = ()
    words: tuple[Word, ...] = ()


@dataclass(frozen=True, slots=True)
class _Attempt:
    resolution: Resolution
    question: Question
    page: Page


class FindArticles:
    """All the words; when few articles have them, the words as corrected; then any of the words.

    Args:
        cursor_key: signs cursors; the same for all replicas on one index.
    """

    def __init__(
        self,
        index: SearchIndex,
        count_values: CountValues,
        tags: TagNames,
        synonyms: Synonyms,
        cursor_key: Callable[[], bytes],
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._index = index
        self._count_values = count_values
        self._tags = tags
        self._synonyms = synonyms
        self._by_cursor = PageByCursor(index, cursor_key, clock)
        self._clock = clock

    async def __call__(self, request: SearchRequest) -> Found:
        """Answer a request.

        Raises:
            ParameterError: `q` is too long.
            CursorError: the cursor cannot be followed.
            IndexUnavailableError: the engine is out of reach.
        """
        if request.cursor is None:
            attempt = await self._find_first(request)
            part = self._by_cursor.first_part(
                request, attempt.resolution, attempt.question, attempt.page
            )
            return await self._found(request, attempt.resolution, attempt.question, part)
        cursor = self._by_cursor.read(request)
        question = self._question(request, cursor.resolution)
        if question.order is not Sort.RELEVANCE:
            # A place in the order of a value is the same at any moment.
            question = replace(question, now=int(self._clock()))
        part = await self._by_cursor.go_on(request, question, cursor)
        return await self._found(request, cursor.resolution, question, part)

    async def among(
        self, request: SearchRequest, ids: Sequence[str]
    ) -> dict[str, Mapping[str, Any]]:
        """Return the cards of the given articles that match the request as it stands, by id.

        Raises:
            ParameterError: `q` is too long.
            IndexUnavailableError: the engine is out of reach.
        """
        question = self._question(request, await self._resolution(request))
        if not ids:
            return {}
        asked = replace(
            question, ids=tuple(ids), limit=len(ids), offset=0, facets=(), sort=Sort.NEWEST
        )
        page = await self._index.find(asked)
        return {hit.id: hit.card for hit in page.hits}

    async def _resolution(self, request: SearchRequest) -> Resolution:
        asked = request.include.get(Facet.LANGUAGE, ())
        counts = {} if asked or not request.q.strip() else await self._count_values(Facet.LANGUAGE)
        return Resolution(
            int(self._clock()),
            languages_asked(asked, counts),
            any_word=request.match is Match.ANY,
        )

    def _question(self, request: SearchRequest, resolution: Resolution) -> Question:
        """What is asked; one hit more than shown tells whether there is one."""
        read = read_question(
            request.q,
            now=resolution.now,
            languages=resolution.languages,
            typing=request.typing,
        )
        read = with_synonyms(read, self._synonyms(resolution.languages))
        read = with_corrections(read, resolution.corrections)
        if resolution.any_word:
            read = for_any_word(read)
        sort = request.sort or read.sort
        return replace(
            read,
            fields=request.fields,
            include=request.include,
            exclude=request.exclude,
            conditions=request.conditions,
            published=request.published,
            read_minutes=request.read_minutes,
            # Without words there is nothing to be relevant to.
            sort=read.sort if sort is Sort.RELEVANCE else sort,
            limit=request.page_size + 1,
            offset=(request.page - 1) * request.page_size,
            collapse=request.collapse,
            facets=request.facets,
            facet_size=request.facet_size,
            extents=_extents(request),
            marked=request.marked,
        )

    async def _find_first(self, request: SearchRequest) -> _Attempt:
        resolution = await self._resolution(request)
        question = self._question(request, resolution)
        asked = replace(question, corrections=request.typos and bool(question.words))
        best = _Attempt(resolution, question, await self._index.find(asked))
        if best.page.total >= FEW or not question.words:
            return best
        found = best.page.corrections.items()
        meant = {typed: likely[0].text for typed, likely in found if likely}
        if meant:
            resolution = replace(resolution, corrections=meant)
            best = await self._widen(request, best, resolution)
        if (
            best.page.total < FEW
            and request.match is Match.AUTO
            and question.order is Sort.RELEVANCE
        ):
            best = await self._widen(request, best, replace(resolution, any_word=True))
        return best

    async def _widen(
        self, request: SearchRequest, best: _Attempt, resolution: Resolution
    ) -> _Attempt:
        """Understand the question in another way, if more articles are found by it."""
        question = self._question(request, resolution)
        if resolution.any_word and len(question.words) == 1:
            return best
        wider = await self._index.find(question)
        return _Attempt(resolution, question, wider) if wider.total > best.page.total else best

    async def _found(
        self, request: SearchRequest, resolution: Resolution, question: Question, part: Part
    ) -> Found:
        page = part.page
        corrected = resolution.corrections
        return Found(
            total=page.total,
            listed=page.total if page.stories is None else page.stories,
            hits=part.hits,
            facets={
                facet: await self._with_selection(facet, counts, request)
                for facet, counts in page.facets.items()
            },
            corrected=corrected_text(request.q, corrected) if corrected else None,
            relaxed=resolution.any_word and request.match is Match.AUTO,
            next_cursor=part.next_cursor,
            extents=page.extents,
            histogram=await count_periods(self._index, request, question, page, view=part.view),
            words=(*question.words, *map(Word, question.phrases)),
        )

    async def _with_selection(
        self, facet: Facet, counts: tuple[FacetCount, ...], request: SearchRequest
    ) -> tuple[FacetCount, ...]:
        chosen = request.include.get(facet, ())
        if facet is Facet.TAG and chosen:
            return await self._tags.selected(counts, chosen)
        return tuple(replace(one, selected=one.value in chosen) for one in counts)


def _extents(request: SearchRequest) -> tuple[Number, ...]:
    """A histogram is drawn between the first and the last article."""
    wanted = (*request.extents, Number.PUBLISHED) if request.histogram else request.extents
    return tuple(dict.fromkeys(wanted))
