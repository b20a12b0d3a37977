"""One question answered over one view of the index; everything here blocks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from tantivy import DocAddress, FieldType, Occur, Order, Query

from services.search.adapters.tantivy_index import facets, stored
from services.search.adapters.tantivy_index.analysis import primary
from services.search.adapters.tantivy_index.folder import View
from services.search.adapters.tantivy_index.highlight import Marker
from services.search.adapters.tantivy_index.ordering import (
    ORDERINGS,
    Boundary,
    Row,
    sorted_rows,
)
from services.search.adapters.tantivy_index.sought import sought
from services.search.domain.articles import Hit, MarkedText, Page
from services.search.domain.question import Excerpts, Question, Sort, TextField

_PORTION: Final = 200
_MOST_STORIES: Final = 65_000


def find(view: View, question: Question) -> Page:
    """The answer to a question."""
    query = view.queries.matching(question)
    total: int = view.searcher.search(query, limit=1).count  # type: ignore[attr-defined]
    return Page(
        total=total,
        stories=_count_stories(view, query) if question.collapse else None,
        hits=tuple(_hits(view, question)) if question.limit > 0 and total else (),
        facets=facets.count_facets(view.searcher, view.queries, question),
        extents=facets.measure_extents(view.searcher, view.queries, question),
        spans=facets.count_spans(view.searcher, view.queries, question),
    )


def _hits(view: View, question: Question) -> Iterator[Hit]:
    rows = _first_of_stories(view, question) if question.collapse else _rows(view, question)
    markers = _Markers(question)
    for number, address in rows:
        document = view.searcher.doc(address)
        hit = stored.hit(document, question.order, float(number))
        body = stored.body_of(document) if TextField.BODY in question.marked else ""
        yield replace(hit, marked=markers.mark(hit, body)) if question.marked else hit


def _rows(view: View, question: Question) -> Sequence[Row]:
    order = question.order
    boundary = Boundary.after(order, question.after) if question.after else None
    offset = 0 if boundary else question.offset
    rows = sorted_rows(
        view.searcher,
        _query_from(view, question, boundary),
        ORDERINGS[order],
        offset + question.limit,
        boundary,
    )
    return rows[offset:]


def _first_of_stories(view: View, question: Question) -> Sequence[Row]:
    """Of each story the hit that comes first; more are read until there are enough."""
    wanted = question.offset + question.limit
    limit = max(_PORTION, wanted)
    while True:
        rows = _rows(view, replace(question, offset=0, limit=limit))
        first: dict[object, Row] = {}
        for row, story in zip(rows, _stories(view, [row[1] for row in rows]), strict=True):
            first.setdefault(story, row)
        if len(first) >= wanted or len(rows) < limit:
            return list(first.values())[question.offset : wanted]
        limit *= 4


def _stories(view: View, addresses: Sequence[DocAddress]) -> Sequence[object]:
    return [stored.story_of(view.searcher.doc(address)) for address in addresses]


def _count_stories(view: View, query: Query) -> int:
    asked = {"stories": {"terms": {"field": "story", "size": _MOST_STORIES}}}
    return len(view.searcher.aggregate(query, asked)["stories"]["buckets"])


def _query_from(view: View, question: Question, boundary: Boundary | None) -> Query:
    """The question, in a value sort without what lies before the boundary."""
    ordering = ORDERINGS[question.order]
    if question.order is Sort.RELEVANCE:
        return view.queries.ranked(question)
    query = view.queries.matching(question)
    if boundary is None:
        return query
    number = int(boundary.number)
    upwards = ordering.order is Order.Asc
    rest = view.queries.range(
        str(ordering.field),
        FieldType.Unsigned,
        start=number if upwards else None,
        end=None if upwards else number + 1,
    )
    return Query.boolean_query([(Occur.Must, query), (Occur.Must, rest)])


@dataclass
class _Markers:
    """A marker for each language of the hits, made when it is first needed."""

    question: Question
    made: dict[str, Marker] = field(default_factory=dict)

    def mark(self, hit: Hit, body: str) -> dict[TextField, tuple[MarkedText, ...]]:
        language = primary(hit.card["language"])
        if language not in self.made:
            words = [sought(word, [language]) for word in self.question.words]
            self.made[language] = Marker(words, self.question.phrases, language)
        marker = self.made[language]
        texts: dict[str, Any] = {**hit.card, TextField.BODY.value: body}
        marked = {
            name: tuple(_marked(marker, texts[name], wanted))
            for name, wanted in self.question.marked.items()
        }
        return {name: found for name, found in marked.items() if found}


def _marked(
    marker: Marker, value: list[str] | str | None, wanted: Excerpts
) -> Iterator[MarkedText]:
    """Where a list has a mark, all of its texts."""
    texts = value if isinstance(value, list) else [value or ""]
    if wanted.count:
        yield from (found for text in texts for found in marker.excerpts(text, wanted))
    elif any(found := list(map(marker.whole, texts))):
        yield from (one or MarkedText((text,)) for one, text in zip(found, texts, strict=True))
