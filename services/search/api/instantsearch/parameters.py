"""One query of the dialect: its parameters, unknown ones ignored, as a `SearchRequest`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qsl

import orjson

from services.search.api.instantsearch.filters import (
    NUMBERS,
    check_number,
    read_facet_filters,
    read_filters,
    read_numeric_filters,
)
from services.search.api.instantsearch.models import FacetParameters
from services.search.domain.filters import MAX_VALUE, ParameterError, check_length, check_values
from services.search.domain.question import Excerpts, Facet, Sort, TextField
from services.search.domain.reading import MAX_CHARACTERS
from services.search.domain.requests import WINDOW, SearchRequest
from shared.http import ProblemError
from shared.names import nearest

INDEX: Final = "articles"
SORTS: Final = {
    INDEX: None,
    **{f"{INDEX}_{sort}": sort for sort in Sort if sort is not Sort.RELEVANCE},
}
HIGHLIGHTED: Final = ("title", "summary", "authors", "tags")
SNIPPED: Final = ("title", "summary", "body")
_SNIPPET_WORDS: Final = 10
_CHARACTERS_OF_A_WORD: Final = 8
_MOST_SNIPPET_WORDS: Final = 500
_MOST_FACET_HITS: Final = 100
_MOST_FACET_VALUES: Final = 1_000
_ALL_FACET_VALUES: Final = 10_000
_MOST_VALUES_TOGETHER: Final = 30_000
"""So that fifty queries may count every facet by the defaults."""
_MOST_FIELDS: Final = 200
_KNOWN: Final = frozenset(FacetParameters.model_fields) - {"params"}

Parameters = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListQuery:
    """A list asked for, and how its hits are to be shown.

    Attributes:
        page: from 0.
        retrieved: fields of the card.
        snipped: words of an excerpt by attribute.
        tags: what stands before and after a marked word, in text that is not escaped.
        given: the known parameters as they came, to be said again.
    """

    index: str
    request: SearchRequest
    page: int
    hits_per_page: int
    numbers: tuple[str, ...]
    alphabetical: bool
    retrieved: tuple[str, ...]
    highlighted: tuple[str, ...]
    snipped: Mapping[str, int]
    tags: tuple[str, str]
    ellipsis: str
    given: Parameters


@dataclass(frozen=True, slots=True, kw_only=True)
class FacetQuery:
    """Values of one facet asked for, under the filters of a request."""

    facet: Facet
    typed: str
    most: int
    request: SearchRequest
    tags: tuple[str, str]


def flattened(given: Parameters) -> dict[str, Any]:
    """The known parameters: beside `indexName`, in an object `params`, or there URL-encoded."""
    inner = given.get("params")
    if isinstance(inner, str):
        try:
            inner = dict(parse_qsl(inner, keep_blank_values=True, max_num_fields=_MOST_FIELDS))
        except ValueError:
            raise ParameterError("params", f"must have at most {_MOST_FIELDS} fields") from None
    if inner is not None and not isinstance(inner, Mapping):
        raise ParameterError("params", "must be a string or an object")
    return {name: value for name, value in {**given, **(inner or {})}.items() if name in _KNOWN}


def read_list(index: str, given: Parameters, card_fields: tuple[str, ...]) -> ListQuery:
    """A query for hits; raises `ParameterError`."""
    page = _number(given, "page", 0, highest=10**6)
    size = _number(given, "hitsPerPage", 20, highest=WINDOW)
    names = _facets(given)
    # Beyond what can be reached by pages there are no hits, but still a total and facets.
    reached = (page + 1) * size <= WINDOW
    request = SearchRequest(
        **_restrictions(given),
        sort=SORTS[_index(index)],
        page=page + 1 if reached else 1,
        page_size=size if reached else 0,
        facets=tuple(Facet(name) for name in names if name not in NUMBERS),
        facet_size=_number(given, "maxValuesPerFacet", 100, highest=_MOST_FACET_VALUES),
        extents=tuple(number for name, number in NUMBERS.items() if name in names),
        marked=_marked(given),
    )
    return ListQuery(
        index=index,
        request=request,
        page=page,
        hits_per_page=size,
        numbers=tuple(name for name in NUMBERS if name in names),
        alphabetical=given.get("sortFacetValuesBy") == "alpha",
        retrieved=_chosen(given, "attributesToRetrieve", card_fields),
        highlighted=_chosen(given, "attributesToHighlight", HIGHLIGHTED),
        snipped=_snipped(given),
        tags=_tags(given),
        ellipsis=_text(given, "snippetEllipsisText", "…"),
        given=given,
    )


def read_facet(index: str, facet: str, given: Parameters) -> FacetQuery:
    """A search for values of a facet; raises `ParameterError`."""
    _index(index)
    if facet not in list(Facet):
        raise ParameterError("facet", "is no attribute with values", allowed=list(Facet))
    request = SearchRequest(
        **_restrictions(given),
        page_size=0,
        facets=(Facet(facet),),
        facet_size=_ALL_FACET_VALUES,
    )
    return FacetQuery(
        facet=Facet(facet),
        typed=_text(given, "facetQuery", "", longest=None)[:MAX_CHARACTERS],
        most=_number(given, "maxFacetHits", 10, highest=_MOST_FACET_HITS),
        request=request,
        tags=_tags(given),
    )


def check_together(queries: Sequence[ListQuery | FacetQuery]) -> None:
    """Refuse queries that together ask for a larger answer than one may."""
    lists = [query for query in queries if isinstance(query, ListQuery)]
    if sum(query.request.page_size for query in lists) > WINDOW:
        raise ParameterError("hitsPerPage", f"must be {WINDOW} at most in all requests together")
    values = sum(len(query.request.facets) * query.request.facet_size for query in lists)
    if values > _MOST_VALUES_TOGETHER:
        reason = f"must be {_MOST_VALUES_TOGETHER} at most in all facets and requests together"
        raise ParameterError("maxValuesPerFacet", reason)


def _index(name: str) -> str:
    if name not in SORTS:
        meant = nearest(name, list(SORTS))
        hint = f" Did you mean {meant}?" if meant else ""
        known = ", ".join(SORTS)
        raise ProblemError(404, "not_found", f"There are only the indexes {known}.{hint}")
    return name


def _restrictions(given: Parameters) -> dict[str, Any]:
    """What decides which articles match."""
    return {
        "q": _text(given, "query", "", longest=None)[:MAX_CHARACTERS],
        "conditions": check_number(
            (
                *read_filters(given.get("filters")),
                *read_facet_filters(_json(given.get("facetFilters"))),
                *read_numeric_filters(_json(given.get("numericFilters"))),
            )
        ),
        "typos": _json(given.get("typoTolerance")) is not False,
        "typing": given.get("queryType", "prefixLast") != "prefixNone",
    }


def _facets(given: Parameters) -> tuple[str, ...]:
    """Attributes to count; names that are none of ours have no values."""
    known = (*map(str, Facet), *NUMBERS)
    names = _names(given, "facets") or []
    return known if "*" in names else tuple(name for name in known if name in names)


def _chosen(given: Parameters, parameter: str, known: tuple[str, ...]) -> tuple[str, ...]:
    """The known names that a list chooses: all without a list or by "*"; "-name" leaves one out."""
    names = _names(given, parameter)
    if names is None:
        return known
    left_out = {name[1:] for name in names if name.startswith("-")}
    every = "*" in names or (names and len(left_out) == len(names))
    return tuple(n for n in known if n not in left_out and (every or n in names))


def _snipped(given: Parameters) -> dict[str, int]:
    """`["body:20", "summary"]`."""
    words: dict[str, int] = {}
    for name in _names(given, "attributesToSnippet") or []:
        attribute, _, count = name.partition(":")
        limit = int(count) if count.isdecimal() and len(count) < len("1000") else _SNIPPET_WORDS
        for one in SNIPPED if attribute == "*" else (attribute,):
            if one in SNIPPED:
                words[one] = min(max(limit, 1), _MOST_SNIPPET_WORDS)
    return words


def _tags(given: Parameters) -> tuple[str, str]:
    return (
        _text(given, "highlightPreTag", "<em>"),
        _text(given, "highlightPostTag", "</em>"),
    )


def _text(
    given: Parameters, parameter: str, default: str, *, longest: int | None = MAX_VALUE
) -> str:
    value = given.get(parameter)
    if value is None:
        return default
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    if not isinstance(value, str):
        raise ParameterError(parameter, "must be a string")
    if longest is not None:
        check_length(parameter, value, longest)
    return value


def _marked(given: Parameters) -> dict[TextField, Excerpts]:
    """What the engine is to mark: whole fields, or about so many words of them."""
    marked = {
        TextField(name): Excerpts(1, words * _CHARACTERS_OF_A_WORD, from_start=True)
        for name, words in _snipped(given).items()
    }
    whole = _chosen(given, "attributesToHighlight", HIGHLIGHTED)
    return marked | {TextField(name): Excerpts() for name in whole}


def _number(given: Parameters, parameter: str, default: int, *, highest: int) -> int:
    value = _json(given.get(parameter))
    if value is None:
        return default
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ParameterError(parameter, "must be a whole number from 0")
    return min(value, highest)


def _names(given: Parameters, parameter: str) -> list[str] | None:
    value = _json(given.get(parameter))
    if value is None:
        return None
    names = [name.strip() for name in value.split(",")] if isinstance(value, str) else value
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise ParameterError(parameter, "must be a list of strings")
    check_values(parameter, names)
    return names


def _json(value: object) -> object:
    """A list, number or boolean may come as JSON in a string."""
    if not isinstance(value, str):
        return value
    try:
        return orjson.loads(value)
    except ValueError:
        return value
