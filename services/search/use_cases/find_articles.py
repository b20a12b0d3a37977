"""FindArticles: a request for a list, answered with as much understanding as it needs."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from services.search.domain.analysis import terms
from services.search.domain.articles import Extent, FacetCount, Hit, Page
from services.search.domain.cursor import (
    SNAPSHOT_SECONDS,
    Cursor,
    CursorExpiredError,
    CursorMismatchError,
    decode_cursor,
    digest,
    encode_cursor,
)
from services.search.domain.highlight import Highlight, highlight, wanted_terms, words_asked
from services.search.domain.question import Alternatives, Facet, Number, Question, Sort
from services.search.domain.reading import (
    languages_asked,
    read_question,
    with_alternatives,
    word_begun,
)
from services.search.domain.requests import SearchRequest
from services.search.ports import SearchIndex, SnapshotExpiredError
from services.search.use_cases.collapse import Part, first_of_stories, mark
from services.search.use_cases.histogram import PeriodCount, count_periods
from services.search.use_cases.lexicon import Lexicon
from services.search.use_cases.tag_names import TagNames

FEW = 10
COMPLETIONS = 50
"""Words that the last one may become while it is typed: the more frequent, the likelier."""
EXPLAINED = ("title", "summary", "tags", "authors", "body")


class Reading(StrEnum):
    """How a question was understood; later ones are tried when hits are few."""

    ALL = "all"
    CORRECTED = "corrected"
    ANY = "any"


@dataclass(frozen=True, slots=True)
class FoundArticle:
    """A hit with why it is one, where that was asked."""

    hit: Hit
    highlight: Highlight | None = None
    explanation: Mapping[str, list[str]] | None = None


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
        words: what was looked for, each word as the terms it may stand as, the spelled one last.
    """

    total: int
    listed: int
    hits: tuple[FoundArticle, ...] = ()
    facets: Mapping[Facet, tuple[FacetCount, ...]] = field(default_factory=dict)
    corrected: str | None = None
    relaxed: bool = False
    next_cursor: str | None = None
    extents: Mapping[Number, Extent] = field(default_factory=dict)
    histogram: tuple[PeriodCount, ...] = ()
    words: tuple[Alternatives, ...] = ()


@dataclass(frozen=True, slots=True)
class _Attempt:
    reading: Reading
    question: Question
    corrected: str | None = None


class FindArticles:
    """All the words; when few articles have them, the words as corrected; then any of the words.

    Args:
        cursor_key: signs cursors; the same for all replicas on one index.
    """

    def __init__(
        self,
        index: SearchIndex,
        lexicon: Lexicon,
        tags: TagNames,
        cursor_key: Callable[[], bytes],
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._index = index
        self._lexicon = lexicon
        self._tags = tags
        self._cursor_key = cursor_key
        self._clock = clock

    async def __call__(self, request: SearchRequest) -> Found:
        """Answer a request.

        Raises:
            ParameterError: `q` is too long.
            CursorError: the cursor cannot be followed.
            IndexUnavailableError: the engine is out of reach.
        """
        question = self._question(request, request.q)
        if request.cursor is None:
            attempt, page = await self._find_first(request, question)
            part = Part(page, page.total)
            if request.collapse:
                part = await first_of_stories(
                    self._index, attempt.question, page, snapshot=None, seen=()
                )
            return await self._found(request, attempt, part, None)
        reading, cursor = self._read_cursor(request, question.sort)
        return await self._go_on(request, self._attempt(request, question, reading), cursor)

    async def among(
        self, request: SearchRequest, ids: Sequence[str]
    ) -> dict[str, Mapping[str, Any]]:
        """The cards, by id, of those of these articles that have all that is asked, as it is asked.

        Raises:
            ParameterError: `q` is too long.
            IndexUnavailableError: the engine is out of reach.
        """
        question = self._question(request, request.q)
        if not ids:
            return {}
        asked = replace(
            question, ids=tuple(ids), limit=len(ids), offset=0, facets=(), sort=Sort.NEWEST
        )
        page = await self._index.find(asked)
        return {hit.id: hit.card for hit in page.hits}

    def _question(self, request: SearchRequest, q: str) -> Question:
        """What is asked, all words required; one hit more than shown tells whether there is one."""
        asked = request.include.get(Facet.LANGUAGE, ())
        languages = languages_asked(asked, self._lexicon.languages)
        read = read_question(q, now=int(self._clock()), languages=languages)
        if request.typing and (begun := word_begun(q)):
            longer = self._lexicon.speller.completions(begun, COMPLETIONS)
            forms = (stem for word in longer for one in languages for stem in terms(word, one))
            read = with_alternatives(read, begun, [*forms])
        sort = request.sort or read.sort
        return replace(
            read,
            include=request.include,
            exclude=request.exclude,
            conditions=request.conditions,
            published=request.published,
            read_minutes=request.read_minutes,
            # Without words there is nothing to be relevant to.
            sort=read.sort if sort is Sort.RELEVANCE else sort,
            limit=request.page_size + 1,
            offset=(request.page - 1) * request.page_size,
            facets=request.facets,
            facet_size=request.facet_size,
            extents=_extents(request),
            with_content=request.reads_content,
        )

    async def _find_first(
        self, request: SearchRequest, question: Question
    ) -> tuple[_Attempt, Page]:
        best = self._attempt(request, question, Reading.ALL)
        page = await self._index.find(best.question)
        for reading in (Reading.CORRECTED, Reading.ANY):
            if page.total >= FEW or not question.words:
                break
            attempt = self._attempt(request, question, reading)
            if attempt.question == best.question:
                continue
            wider = await self._index.find(attempt.question)
            if wider.total > page.total:
                best, page = attempt, wider
        return best, page

    def _attempt(self, request: SearchRequest, question: Question, reading: Reading) -> _Attempt:
        if reading is Reading.ALL:
            return _Attempt(reading, question)
        corrected = self._corrected(request) if request.typos else None
        if corrected:
            question = _merged(question, self._question(request, corrected))
        if reading is Reading.ANY and len(question.words) > 1:
            question = replace(question, any_word=True)
        return _Attempt(reading, question, corrected)

    def _corrected(self, request: SearchRequest) -> str | None:
        begun = word_begun(request.q) if request.typing else None
        return self._lexicon.speller.correct_question(request.q, begun=begun)

    async def _go_on(self, request: SearchRequest, attempt: _Attempt, cursor: Cursor) -> Found:
        """The hits after a cursor; a relevance list opens its snapshot when it is first needed."""
        snapshot, expires = cursor.snapshot, cursor.expires
        if attempt.question.sort is Sort.RELEVANCE and snapshot is None:
            snapshot = await self._index.open_snapshot()
            expires = int(self._clock()) + SNAPSHOT_SECONDS
        question = replace(
            attempt.question,
            offset=0,
            after=cursor.after or None,
        )
        try:
            part = await self._unseen(request, question, snapshot, cursor.seen)
        except SnapshotExpiredError:
            raise CursorExpiredError("the view of this list was let go; start again") from None
        held = replace(cursor, snapshot=snapshot, expires=expires)
        return await self._found(request, attempt, part, held)

    async def _unseen(
        self,
        request: SearchRequest,
        question: Question,
        snapshot: str | None,
        seen: tuple[str, ...],
    ) -> Part:
        """The page without what was seen."""
        if not request.collapse:
            question = replace(question, limit=question.limit + len(seen))
        page = await self._index.find(question, snapshot=snapshot)
        if request.collapse:
            return await first_of_stories(self._index, question, page, snapshot=snapshot, seen=seen)
        new = tuple(hit for hit in page.hits if mark(hit.id) not in seen)
        return Part(replace(page, hits=new), page.total, seen)

    def _read_cursor(self, request: SearchRequest, sort: Sort) -> tuple[Reading, Cursor]:
        assert request.cursor is not None  # noqa: S101  (narrows the type)
        for reading in Reading:
            try:
                cursor = decode_cursor(
                    request.cursor,
                    self._cursor_key(),
                    sort=sort,
                    digest=_digest(request, reading),
                    now=int(self._clock()),
                )
            except CursorMismatchError as error:
                mismatch = error
            else:
                return reading, cursor
        raise mismatch

    async def _found(
        self,
        request: SearchRequest,
        attempt: _Attempt,
        part: Part,
        cursor: Cursor | None,
    ) -> Found:
        page = part.page
        hits = page.hits[: request.page_size]
        more = len(page.hits) > request.page_size
        wanted = wanted_terms(words_asked(attempt.question))
        snapshot = cursor.snapshot if cursor else None
        return Found(
            total=page.total,
            listed=part.listed,
            hits=tuple(_shown(hit, request, wanted) for hit in hits),
            facets={
                facet: await self._with_selection(facet, counts, request)
                for facet, counts in page.facets.items()
            },
            corrected=attempt.corrected,
            relaxed=attempt.question.any_word,
            next_cursor=(
                self._next(request, attempt, hits, cursor, part.seen) if more and hits else None
            ),
            extents=page.extents,
            histogram=await count_periods(
                self._index, request, attempt.question, page, snapshot=snapshot
            ),
            words=words_asked(attempt.question),
        )

    async def _with_selection(
        self, facet: Facet, counts: tuple[FacetCount, ...], request: SearchRequest
    ) -> tuple[FacetCount, ...]:
        chosen = request.include.get(facet, ())
        if facet is Facet.TAG and chosen:
            return await self._tags.selected(counts, chosen)
        return tuple(replace(one, selected=one.value in chosen) for one in counts)

    def _next(
        self,
        request: SearchRequest,
        attempt: _Attempt,
        hits: Sequence[Hit],
        cursor: Cursor | None,
        seen: tuple[str, ...],
    ) -> str:
        sort = attempt.question.sort
        following = Cursor(sort, _digest(request, attempt.reading), hits[-1].sort_key, seen=seen)
        if cursor is not None:
            following = replace(following, snapshot=cursor.snapshot, expires=cursor.expires)
        elif sort is Sort.RELEVANCE:
            # No snapshot yet: most readers never turn the page. It may rank slightly differently,
            # so it is read from the top, without what was shown.
            following = replace(
                following,
                after=() if request.page == 1 else hits[-1].sort_key,
                # The same for minutes, so that equal answers have equal entity tags.
                expires=(int(self._clock()) // SNAPSHOT_SECONDS + 2) * SNAPSHOT_SECONDS,
                seen=seen or tuple(mark(hit.id) for hit in hits),
            )
        return encode_cursor(following, self._cursor_key())


def _extents(request: SearchRequest) -> tuple[Number, ...]:
    """A histogram is drawn between the first and the last article."""
    wanted = (*request.extents, Number.PUBLISHED) if request.histogram else request.extents
    return tuple(dict.fromkeys(wanted))


def _merged(typed: Question, corrected: Question) -> Question:
    """The corrected words, each also as typed: a rare word that was right still finds its article.

    Stop words may make the lists differ in length; then the corrected ones stand alone.
    """
    if len(typed.words) != len(corrected.words):
        return corrected
    words = tuple(map(_alternatives, corrected.words, typed.words))
    return replace(corrected, words=tuple(dict.fromkeys(words)))


def _alternatives(first: Alternatives, second: Alternatives) -> Alternatives:
    return tuple(dict.fromkeys((*first, *second)))


def _digest(request: SearchRequest, reading: Reading) -> str:
    return digest({**request.identity, "reading": reading.value})


def _shown(hit: Hit, request: SearchRequest, wanted: frozenset[str]) -> FoundArticle:
    language = hit.card.get("language")
    body = hit.content.get("body") or ""
    marked = why = None
    if request.highlight:
        marked = highlight(hit.card["title"], body, wanted=wanted, language=language)
    if request.explain:
        texts = {**hit.card, "body": body}
        found = {name: _matched(texts.get(name), wanted, language) for name in EXPLAINED}
        why = {name: words for name, words in found.items() if words}
    return FoundArticle(hit, marked, why)


def _matched(value: object, wanted: frozenset[str], language: str | None) -> list[str]:
    """The wanted terms of one field."""
    text = " ¶ ".join(value) if isinstance(value, list) else str(value or "")
    return sorted(wanted.intersection(terms(text, language)))
