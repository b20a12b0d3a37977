"""Answers in the dialect's shape: hits with marks in raw text, counts by value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlencode

import orjson

from services.search.api.instantsearch.filters import NUMBERS
from services.search.api.instantsearch.parameters import FacetQuery, ListQuery
from services.search.domain.analysis import UNSTEMMED, fold, spans, terms
from services.search.domain.articles import FacetCount
from services.search.domain.highlight import Marking, excerpt, mark, wanted_terms
from services.search.domain.names import Name, NameIndex
from services.search.domain.question import Alternatives
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
        _hit(query, found.words, card, one.hit.content)
        for card, one in zip(cards, found.hits, strict=True)
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
    by_value = {one.value: one.count for one in counts}
    chosen = list(by_value)
    if terms(query.typed, UNSTEMMED):
        names = NameIndex(Name(value, query.facet, count) for value, count in by_value.items())
        chosen = [name.text for name in names.find(query.typed, query.most)]
    return {
        "facetHits": [
            {
                "value": value,
                "highlighted": _beginnings_marked(value, query.typed, query.tags),
                "count": by_value[value],
            }
            for value in chosen[: query.most]
        ],
        "exhaustiveFacetsCount": True,
        "processingTimeMS": _milliseconds(took),
    }


def _hit(
    query: ListQuery,
    words: tuple[Alternatives, ...],
    card: Mapping[str, Any],
    content: Mapping[str, Any],
) -> Json:
    texts = {**card, "body": content.get("body") or ""}
    marker = _Marker(words, card.get("language"), query)
    hit: Json = {name: card[name] for name in query.retrieved}
    hit["objectID"] = card["id"]
    if query.highlighted:
        hit["_highlightResult"] = {name: marker.whole(texts[name]) for name in query.highlighted}
    if query.snipped:
        hit["_snippetResult"] = {
            name: marker.part(texts[name] or "", count) for name, count in query.snipped.items()
        }
    return hit


class _Marker:
    """Marks the words of one question in the texts of one article."""

    def __init__(
        self, words: tuple[Alternatives, ...], language: str | None, query: ListQuery
    ) -> None:
        self._words = words
        self._wanted = wanted_terms(words)
        self._language = language
        self._ellipsis = query.ellipsis
        # The client escapes: it asks for tags of its own and replaces them afterwards.
        self._marking = Marking(*query.tags, escape=str)

    def whole(self, value: Any) -> Any:  # noqa: ANN401 - JSON.
        if isinstance(value, list):
            return [self.whole(one) for one in value]
        return self._marked(value or "", detailed=True)

    def part(self, text: str, words: int) -> Json:
        cut = excerpt(
            text,
            words=words,
            wanted=self._wanted,
            language=self._language,
            ellipsis=self._ellipsis,
        )
        return self._marked(cut, detailed=False)

    def _marked(self, text: str, *, detailed: bool) -> Json:
        marked = mark(text, wanted=self._wanted, language=self._language, marking=self._marking)
        # A word is called as it is spelled, which is its last form.
        matched = [forms[-1] for forms in self._words if not marked.terms.isdisjoint(forms)]
        level = "none" if not matched else "partial"
        if matched and len(matched) == len(self._words):
            level = "full"
        shown: Json = {"value": marked.text, "matchLevel": level}
        if detailed:
            shown["matchedWords"] = matched
            if matched:
                shown["fullyHighlighted"] = len(marked.terms) == len(
                    set(terms(text, self._language))
                )
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


def _beginnings_marked(value: str, typed: str, tags: tuple[str, str]) -> str:
    """The value with what was typed of each word between the tags."""
    asked = terms(typed, UNSTEMMED)
    pieces, seen = [], 0
    for span in spans(value, UNSTEMMED):
        begun = next((one for one in asked if span.term.startswith(one)), None)
        if begun is None or span.start < seen:
            continue
        word = value[span.start : span.end]
        lengths = (n for n in range(1, len(word)) if fold(word[:n]) == begun)
        end = span.start + next(lengths, len(word))
        pieces += [value[seen : span.start], tags[0], value[span.start : end], tags[1]]
        seen = end
    return "".join([*pieces, value[seen:]])


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
