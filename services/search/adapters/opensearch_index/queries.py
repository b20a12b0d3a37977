"""Filters, ranges and orders as OpenSearch queries."""

from collections.abc import Iterator, Sequence
from typing import Any

from services.search.adapters.opensearch_index.mapping import ANY_CASE, FACET_FIELDS, NUMBER_FIELDS
from services.search.adapters.opensearch_index.times import MILLISECONDS, iso
from services.search.domain.question import (
    Condition,
    Facet,
    Number,
    Question,
    Range,
    Sort,
    SortKey,
    ValueIs,
)

Json = dict[str, Any]

PUBLISHED = NUMBER_FIELDS[Number.PUBLISHED]
_READ_MINUTES = NUMBER_FIELDS[Number.READ_MINUTES]
_ORDERS: dict[Sort, dict[str, str]] = {
    Sort.RELEVANCE: {"_score": "desc", "id": "asc"},
    Sort.NEWEST: {PUBLISHED: "desc", "id": "asc"},
    Sort.OLDEST: {PUBLISHED: "asc", "id": "desc"},
    Sort.SHORTEST: {_READ_MINUTES: "asc", PUBLISHED: "desc", "id": "asc"},
    Sort.LONGEST: {_READ_MINUTES: "desc", PUBLISHED: "asc", "id": "desc"},
}
_SLUGS = ("tags.slug", "tags.aliases")
_BEYOND = {"asc": "gt", "desc": "lt"}
NOTHING: Json = {"match_none": {}}


def order(sort: Sort) -> list[Json]:
    return [{field: direction} for field, direction in _ORDERS[sort].items()]


def sort_key(sort: Sort, values: Sequence[Any]) -> SortKey:
    """The sort values of a hit, times in seconds."""
    return tuple(
        value // MILLISECONDS if field == PUBLISHED else value
        for field, value in zip(_ORDERS[sort], values, strict=True)
    )


def search_after(sort: Sort, key: SortKey) -> list[Any]:
    return [
        value * MILLISECONDS if field == PUBLISHED else value
        for field, value in zip(_ORDERS[sort], key, strict=True)
    ]


def behind(sort: Sort, key: SortKey) -> Json:
    """What comes after this key: where hits are collapsed, `search_after` is refused."""
    alternatives: list[Json] = []
    before: list[Json] = []
    for (field, direction), value in zip(_ORDERS[sort].items(), key, strict=True):
        at = iso(int(value)) if field == PUBLISHED else value
        beyond = {"range": {field: {_BEYOND[direction]: at}}}
        alternatives.append({"bool": {"filter": [*before, beyond]}})
        before.append({"term": {field: at}})
    return any_of(alternatives)


def visible(now: int) -> list[Json]:
    return [{"term": {"live": True}}, number_in(Number.PUBLISHED, Range(None, now + 1))]


def filters(question: Question, *, leave: Sequence[Facet] = ()) -> Iterator[Json]:
    """Everything but the words that must hold, with the fields of `leave` unfiltered."""
    yield from visible(question.now)
    if question.published != Range():
        yield number_in(Number.PUBLISHED, question.published)
    if question.read_minutes != Range():
        yield number_in(Number.READ_MINUTES, question.read_minutes)
    if question.ids:
        yield {"terms": {"id": list(question.ids)}}
    for facet, values in question.include.items():
        if values and facet not in leave:
            yield has_value(facet, values)
    for group in question.conditions:
        yield any_of(list(map(_condition, group)))


def exclusions(question: Question) -> Iterator[Json]:
    for facet, values in question.exclude.items():
        if values:
            yield has_value(facet, values)


def has_value(facet: Facet, values: Sequence[str]) -> Json:
    """Articles with any of the values; tags by name, slug or merged slug."""
    fields = [FACET_FIELDS[facet]]
    if facet is Facet.TAG:
        fields += _SLUGS
    return any_of([{"terms": {name: list(values)}} for name in fields])


def _condition(condition: Condition) -> Json:
    if isinstance(condition, ValueIs):
        query = _has_in_any_case(condition.facet, condition.value)
    else:
        query = number_in(condition.number, condition.interval)
    return {"bool": {"must_not": [query]}} if condition.negated else query


def _has_in_any_case(facet: Facet, value: str) -> Json:
    itself = {"term": {f"{FACET_FIELDS[facet]}.{ANY_CASE}": value}}
    if facet is not Facet.TAG:
        return itself
    slugs = [value, value.lower()]
    return any_of([itself, *({"terms": {name: slugs}} for name in _SLUGS)])


def any_of(queries: Sequence[Json], least: int = 1) -> Json:
    if len(queries) == 1 and least == 1:
        return queries[0]
    return {"bool": {"should": list(queries), "minimum_should_match": least}}


def number_in(number: Number, interval: Range) -> Json:
    bounds = {"gte": interval.start, "lt": interval.end}
    within = iso if number is Number.PUBLISHED else _within
    return {
        "range": {
            NUMBER_FIELDS[number]: {
                name: within(bound) for name, bound in bounds.items() if bound is not None
            }
        }
    }


def _within(number: int) -> int:
    """The nearest number that a field can hold."""
    return min(max(number, -(1 << 31)), (1 << 31) - 1)
