"""Counts as aggregations beside the search itself."""

from collections.abc import Iterator, Mapping
from typing import Any

from services.search.adapters.opensearch_index.mapping import FACET_FIELDS, NUMBER_FIELDS
from services.search.adapters.opensearch_index.queries import Json, has_value
from services.search.adapters.opensearch_index.times import MILLISECONDS, iso
from services.search.domain.articles import Extent, FacetCount
from services.search.domain.facet_counts import list_counts
from services.search.domain.question import Facet, Number, Question

# How many values each of several shards reports, so that the sums are exact.
_SHARD_SIZE = 10_000
_STORIES_COUNTED_EXACTLY = 3_000
_PUBLISHED = NUMBER_FIELDS[Number.PUBLISHED]


def filtered_fields(question: Question) -> list[Facet]:
    """Fields that are both filtered and counted: their filters come after the counting."""
    return [facet for facet in question.facets if question.include.get(facet)]


def included(question: Question, facets: list[Facet]) -> Json:
    filters = [has_value(facet, question.include[facet]) for facet in facets]
    return {"bool": {"filter": filters}}


def top_values(facet: Facet, size: int, shards: int) -> Json:
    """The most frequent values of a field."""
    terms: Json = {"field": FACET_FIELDS[facet], "size": max(size, 1)}
    if shards > 1:
        terms["shard_size"] = max(_SHARD_SIZE, size)
    return {"terms": terms}


def aggregations(question: Question, shards: int) -> Json:
    """For each field the most frequent values, under the filters of the other fields."""
    filtered = filtered_fields(question)
    counts: Json = {
        str(facet): {
            "filter": included(question, [other for other in filtered if other is not facet]),
            "aggs": {
                "top": top_values(facet, question.facet_size, shards),
                **dict(_selected(question, facet)),
            },
        }
        for facet in question.facets
    }
    if over_all := dict(_over_all(question)):
        counts["all"] = {"filter": included(question, filtered), "aggs": over_all}
    return counts


def _over_all(question: Question) -> Iterator[tuple[str, Json]]:
    """What is told of everything that matches."""
    for number in question.extents:
        yield f"extent_{number}", {"stats": {"field": NUMBER_FIELDS[number]}}
    if question.spans:
        ranges = [
            {"key": str(at), "from": iso(start), "to": iso(end)}
            for at, (start, end) in enumerate(question.spans)
        ]
        yield "spans", {"date_range": {"field": _PUBLISHED, "ranges": ranges, "keyed": True}}
    if question.collapse:
        exactly = {"precision_threshold": _STORIES_COUNTED_EXACTLY}
        yield "stories", {"cardinality": {"field": "story_id", **exactly}}


def _selected(question: Question, facet: Facet) -> Iterator[tuple[str, Json]]:
    if values := question.include.get(facet):
        yield "selected", {"filters": {"filters": [has_value(facet, [each]) for each in values]}}


def read_facets(
    question: Question, answer: Mapping[str, Any]
) -> Mapping[Facet, tuple[FacetCount, ...]]:
    return {facet: _read(question, facet, answer[facet]) for facet in question.facets}


def _read(question: Question, facet: Facet, answer: Mapping[str, Any]) -> tuple[FacetCount, ...]:
    counts = read_values(answer["top"])
    buckets = answer.get("selected", {}).get("buckets", [])
    selected = [bucket["doc_count"] for bucket in buckets]
    values = question.include.get(facet, ())
    return list_counts(counts, dict(zip(values, selected, strict=True)), question.facet_size)


def read_values(answer: Mapping[str, Any]) -> dict[str, int]:
    return {bucket["key"]: bucket["doc_count"] for bucket in answer["buckets"]}


def read_extents(question: Question, answer: Mapping[str, Any]) -> Mapping[Number, Extent]:
    extents = {}
    for number in question.extents:
        found = answer["all"][f"extent_{number}"]
        scale = MILLISECONDS if number is Number.PUBLISHED else 1
        if found["count"]:
            least, greatest, total = (found[name] / scale for name in ("min", "max", "sum"))
            extents[number] = Extent(least, greatest, total / found["count"], total)
    return extents


def read_spans(question: Question, answer: Mapping[str, Any]) -> tuple[int, ...]:
    if not question.spans:
        return ()
    buckets = answer["all"]["spans"]["buckets"]
    return tuple(buckets[str(at)]["doc_count"] for at in range(len(question.spans)))
