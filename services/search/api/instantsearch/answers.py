"""Answers in the dialect's shape: hits with marks in raw text, counts by value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlencode

import orjson

from services.search.api.instantsearch.filters import NUMBERS
from services.search.api.instantsearch.parameters import FacetQuery, ListQuery
from services.search.domain.articles import FacetCount, Hit, MarkedText
from services.search.domain.folding import fold
from services.search.domain.marks import (
    begins_words,
    between,
    excerpt,
    folded_words,
    mark_beginnings,
    matched_words,
)
from services.search.domain.question import TextField, Word
from services.search.domain.reading import MAX_CHARACTERS
from services.search.domain.requests import WINDOW
from services.search.use_cases.find_articles import Found

Json = dict[str, Any]
# Everything is counted; nothing is estimated.
_EXHAUSTIVE: Final = {"nbHits": True, "facetsCount": True, "typo": True}


def list_answer(
    query: ListQuery, found: Found, cards: Sequence[Mapping[str, Any]], took: timedelta
) -> Json:
    """One element of `results`."""
    size = query.hits_per_page
    pages = min(-(-found.total // size), WINDOW // size) if size else 0
    hits = [
        _hit(query, found.words, card, hit) for card, hit in zip(cards, found.hits, strict=True)
    ]
    return {
        "index": query.index,
        "hits": hits,
        "nbHits": found.total,
        "page": query.page,
        "nbPages": pages,
        "hitsPerPage": size,
        "query": query.request.q,
        "params": _encoded(query.given),
        "processingTimeMS": _milliseconds(took),
        "exhaustive": _EXHAUSTIVE,
        "exhaustiveNbHits": True,
        "exhaustiveFacetsCount": True,
        "exhaustiveTypo": True,
        "corrected": found.corrected,
        "relaxed": found.relaxed,
        **_counts(query, found),
    }


def facet_answer(query: FacetQuery, counts: Sequence[FacetCount], took: timedelta) -> Json:
    """The values in which words begin as typed; without any, the most frequent."""
    typed = folded_words(query.typed)
    chosen = [one for one in counts if begins_words(one.value, typed)] if typed else counts
    return {
        "facetHits": [
            {
                "value": one.value,
                "highlighted": between(mark_beginnings(one.value, typed), query.tags),
                "count": one.count,
            }
            for one in chosen[: query.most]
        ],
        "exhaustiveFacetsCount": True,
        "processingTimeMS": _milliseconds(took),
    }


def _hit(query: ListQuery, words: tuple[Word, ...], card: Mapping[str, Any], found: Hit) -> Json:
    marker = _Marker(query, words, card, found)
    hit: Json = {name: card[name] for name in query.retrieved}
    hit["objectID"] = card["id"]
    if query.highlighted:
        hit["_highlightResult"] = {name: marker.whole(name) for name in query.highlighted}
    if query.snipped:
        hit["_snippetResult"] = {
            name: marker.part(name, count) for name, count in query.snipped.items()
        }
    return hit


class _Marker:
    """The marked texts of one hit, as the dialect shows them.

    The client escapes: it asks for tags of its own and replaces them afterwards.
    """

    def __init__(
        self, query: ListQuery, words: tuple[Word, ...], card: Mapping[str, Any], hit: Hit
    ) -> None:
        self._query = query
        self._words = words
        self._card = card
        self._marked = hit.marked

    def whole(self, name: str) -> Json | list[Json]:
        value, marked = self._card[name], self._marked.get(TextField(name), ())
        if isinstance(value, list):
            by_text = {text.plain: text for text in marked}
            return [self._shown(by_text.get(one, MarkedText((one,)))) for one in value]
        return self._shown(marked[0] if marked else MarkedText((value or "",)))

    def part(self, name: str, words: int) -> Json:
        marked = self._marked.get(TextField(name), ())
        text = marked[0] if marked else MarkedText((self._card.get(name) or "",))
        shown = self._shown(excerpt(text, words, self._query.ellipsis))
        return {key: shown[key] for key in ("value", "matchLevel")}

    def _shown(self, text: MarkedText) -> Json:
        matched = matched_words([text], self._words)
        level = "none" if not matched else "partial"
        if matched and len(matched) == len(self._words):
            level = "full"
        shown: Json = {
            "value": between(text, self._query.tags),
            "matchLevel": level,
            "matchedWords": matched,
        }
        if matched:
            shown["fullyHighlighted"] = not any(folded_words(piece) for piece in text.pieces[::2])
        return shown


def _counts(query: ListQuery, found: Found) -> Json:
    """`facets`, numbers too, which have no counts but `facets_stats`."""
    facets: Json = {
        facet.value: _by_value(counts, alphabetical=query.alphabetical)
        for facet, counts in found.facets.items()
    }
    facets |= {name: {} for name in query.numbers}
    if not facets:
        return {}
    reaches = {
        name: found.extents[NUMBERS[name]]
        for name in query.numbers
        if NUMBERS[name] in found.extents
    }
    stats = {
        name: {
            "min": reach.least,
            "max": reach.greatest,
            "avg": reach.mean,
            "sum": reach.total,
        }
        for name, reach in reaches.items()
    }
    return {"facets": facets, "facets_stats": stats}


def _by_value(counts: Iterable[FacetCount], *, alphabetical: bool) -> dict[str, int]:
    listed = {one.value: one.count for one in counts}
    return dict(sorted(listed.items(), key=lambda pair: fold(pair[0]))) if alphabetical else listed


def _encoded(given: Mapping[str, Any]) -> str:
    """The parameters as one string, as the protocol says them back; long ones are left out."""
    texts = {
        name: value if isinstance(value, str) else orjson.dumps(value).decode()
        for name, value in given.items()
        if value is not None
    }
    said = {name: text for name, text in texts.items() if len(text) <= MAX_CHARACTERS}
    return urlencode(said, errors="replace")


def _milliseconds(took: timedelta) -> int:
    return round(took / timedelta(milliseconds=1))
