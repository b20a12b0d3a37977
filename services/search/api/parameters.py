"""Parameters of the query API: declared for its document, read and judged by the domain."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Any

from fastapi import Query, Request
from fastapi.routing import APIRoute
from pydantic import BaseModel, Field, WithJsonSchema

from services.search.domain.categories import normalised
from services.search.domain.filters import (
    FilterValues,
    ParameterError,
    check_names,
    check_years,
    read_boolean,
    read_choice,
    read_filter,
    read_minutes,
    read_number,
    read_published,
)
from services.search.domain.periods import Interval
from services.search.domain.question import Facet, Sort
from services.search.domain.requests import WINDOW, SearchRequest
from shared.normalising import tidied

MAX_PAGE_SIZE = 100
MAX_FACET_SIZE = 200
MAX_HOURS = 7 * 24
CARD_FIELDS = (
    *("id", "title", "summary", "url", "published_at", "updated_at", "revision", "authors"),
    *("publisher", "language", "categories", "tags", "read_minutes", "views", "image"),
)

INCLUDED = ("related", "latest")
HISTOGRAM = "published_at"
COUNTED = (*Facet, HISTOGRAM)
FILTER = "Values as facets return them. Comma or repeat: any of them; `-value` excludes."
_WINDOW = re.compile(r"([0-9]{1,4})([hd])")


def _whole(lowest: int, highest: int) -> WithJsonSchema:
    """Documented as a number, taken as text: what is wrong with it is said in our own words."""
    return WithJsonSchema({"type": "integer", "minimum": lowest, "maximum": highest})


def _one_of(*values: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "enum": list(values)})


_BOOLEAN = WithJsonSchema({"type": "boolean"})
_LIST = WithJsonSchema({"type": "array", "items": {"type": "string"}})
PageSize = Annotated[str, _whole(1, MAX_PAGE_SIZE)]
Limit = Annotated[str, Query(description="How many."), _whole(1, MAX_PAGE_SIZE)]
Many = Annotated[list[str], _LIST]


class FilterParameters(BaseModel):
    """What an article must be, as it comes."""

    q: str = Field("", max_length=None, description='Words, "a phrase", -word to exclude.')
    category: Many = Field([], description=FILTER)
    tag: Many = Field([], description=f"{FILTER} The name or the slug.")
    author: Many = Field([], description=FILTER)
    publisher: Many = Field([], description=FILTER)
    language: Many = Field([], description=f"{FILTER} `en` also finds `en-GB`.")
    year: Many = Field([], description=FILTER)
    published_from: str = Field("", description="RFC 3339 or a date; inclusive.")
    published_to: str = Field("", description="As `published_from`; a date is its whole UTC day.")
    read_minutes_min: Annotated[str, _whole(0, 10**9)] = Field("", description="Inclusive.")
    read_minutes_max: Annotated[str, _whole(0, 10**9)] = Field("", description="Inclusive.")


class SearchParameters(FilterParameters):
    """The parameters of `GET /v1/search`, as they come."""

    sort: Annotated[str, _one_of(*Sort)] = Field(
        "", description="Default: relevance with `q`, newest without."
    )
    page: Annotated[str, _whole(1, WINDOW)] = Field(
        "", description=f"From 1; page × page_size is at most {WINDOW}. Not with `cursor`."
    )
    page_size: PageSize = Field("20", description="Hits on a page.")
    cursor: str = Field("", description="`next_cursor` of the answer before.")
    fields: Many = Field([], description=f"Of the card: {', '.join(CARD_FIELDS)}.")
    facets: Many = Field([], description=f"Counts wanted: {', '.join(COUNTED)}.")
    facet_size: Annotated[str, _whole(1, MAX_FACET_SIZE)] = Field(
        "20", description="Values of each facet; of `published_at` the last periods."
    )
    interval: Annotated[str, _one_of(*Interval)] = Field(
        Interval.MONTH, description="The periods (UTC) of the facet `published_at`."
    )
    highlight: Annotated[str, _BOOLEAN] = Field("true", description="Mark the words asked for.")
    typos: Annotated[str, _one_of("auto", "off")] = Field(
        "auto", description="Set words right that nobody wrote, when hits are few."
    )
    collapse: Annotated[str, _one_of("story")] = Field(
        "", description="`story`: of each story only the article that comes first in the list."
    )
    explain: Annotated[str, _BOOLEAN] = Field(
        "false", description="Say where the words were found."
    )


def read_filters(given: FilterParameters) -> SearchRequest:
    """The request behind words and filters alone; raises `ParameterError`."""
    filters = {facet: _filter(facet, getattr(given, facet)) for facet in Facet}
    return SearchRequest(
        q=given.q,
        include={facet: read.include for facet, read in filters.items() if read.include},
        exclude={facet: read.exclude for facet, read in filters.items() if read.exclude},
        published=read_published(given.published_from or None, given.published_to or None),
        read_minutes=read_minutes(given.read_minutes_min or None, given.read_minutes_max or None),
    )


def read_search(given: SearchParameters) -> SearchRequest:
    """The request behind the parameters; raises `ParameterError`."""
    page, page_size = _window(given)
    counted = read_names("facets", given.facets, COUNTED)
    interval = Interval(read_choice("interval", given.interval, list(Interval)))
    return replace(
        read_filters(given),
        sort=Sort(read_choice("sort", given.sort, list(Sort))) if given.sort else None,
        page=page,
        page_size=page_size,
        cursor=given.cursor or None,
        facets=tuple(Facet(name) for name in counted if name != HISTOGRAM),
        histogram=interval if HISTOGRAM in counted else None,
        facet_size=read_number("facet_size", given.facet_size, lowest=1, highest=MAX_FACET_SIZE),
        highlight=read_boolean("highlight", given.highlight),
        typos=read_choice("typos", given.typos, ("auto", "off")) == "auto",
        collapse=bool(given.collapse) and bool(read_choice("collapse", given.collapse, ("story",))),
        explain=read_boolean("explain", given.explain),
    )


def read_names(parameter: str, given: Sequence[str], allowed: Sequence[str]) -> tuple[str, ...]:
    """Names out of a fixed list, separated by commas or repeated."""
    names = [name.strip() for text in given for name in text.split(",")]
    return tuple(dict.fromkeys(read_choice(parameter, name, allowed) for name in names if name))


def read_limit(given: str) -> int:
    return read_number("limit", given, lowest=1, highest=MAX_PAGE_SIZE)


def read_category(given: Sequence[str]) -> tuple[Mapping[Facet, Any], Mapping[Facet, Any]]:
    """What to include and what to exclude, by `category` alone."""
    read = _filter(Facet.CATEGORY, given)
    include = {Facet.CATEGORY: read.include} if read.include else {}
    exclude = {Facet.CATEGORY: read.exclude} if read.exclude else {}
    return include, exclude


def read_hours(given: str) -> int:
    """A span such as 24h or 7d."""
    found = _WINDOW.fullmatch(given)
    hours = int(found[1]) * (24 if found[2] == "d" else 1) if found else 0
    if not 1 <= hours <= MAX_HOURS:
        raise ParameterError("window", "must be a span from 1h to 7d", allowed=("1h", "24h", "7d"))
    return hours


def check_parameters(request: Request, route: APIRoute) -> None:
    """Refuse a parameter that the route does not know, or that is given twice and is no list."""
    kinds: dict[str, Any] = {}
    for parameter in route.dependant.query_params:
        kind = parameter.field_info.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            kinds |= {name: field.annotation for name, field in kind.model_fields.items()}
        else:
            kinds[parameter.alias] = kind
    check_names(request.query_params, sorted(kinds))
    for name in request.query_params:
        if kinds[name] is str and len(request.query_params.getlist(name)) > 1:
            raise ParameterError(name, "is given more than once")


def _filter(facet: Facet, given: Sequence[str]) -> FilterValues:
    read = read_filter(given)
    match facet:
        case Facet.CATEGORY:
            return FilterValues(*(tuple(map(normalised, values)) for values in read))
        case Facet.AUTHOR:
            return FilterValues(*(tuple(map(tidied, values)) for values in read))
        case Facet.YEAR:
            return check_years(read)
        case _:
            return read


def _window(given: SearchParameters) -> tuple[int, int]:
    page_size = read_number("page_size", given.page_size, lowest=1, highest=MAX_PAGE_SIZE)
    if given.cursor and given.page:
        raise ParameterError("page", "cannot stand together with cursor")
    page = read_number("page", given.page, lowest=1) if given.page else 1
    if page * page_size > WINDOW:
        reason = f"page × page_size must be at most {WINDOW}; a cursor goes further"
        raise ParameterError("page", reason)
    return page, page_size
