"""Facet counts as aggregations beside the search itself."""

from collections.abc import Iterator, Mapping
from typing import Any

from services.search.adapters.opensearch_index.queries import value
from services.search.domain.articles import Extent, FacetCount
from services.search.domain.facet_counts import list_counts
from services.search.domain.question import Facet, Number, Question

# How many values each of several shards reports, so that the sums are exact.
_SHARD_SIZE = 10_000


def filtered_fields(question: Question) -> list[Facet]:
    """Fields that are both filtered and counted: their filters come after the counting."""
    return [facet for facet in question.facets if question.include.get(facet)]


def included(question: Question, facets: list[Facet]) -> dict[str, Any]:
    filters = [value(facet, question.include[facet]) for facet in facets]
    return {"bool": {"filter": filters}}


def aggregations(question: Question, shards: int) -> dict[str, Any]:
    """For each field the most frequent values, under the filters of the other fields."""
    filtered = filtered_fields(question)
    size = max(question.facet_size, 1)
    top: dict[str, Any] = {"size": size}
    if shards > 1:
        top["shard_size"] = max(_SHARD_SIZE, size)
    counts = {
        str(facet): {
            "filter": included(question, [other for other in filtered if other is not facet]),
            "aggs": {
                "top": {"terms": {"field": str(facet), **top}},
                **dict(_selected(question, facet)),
            },
        }
        for facet in question.facets
    }
    everything = included(question, filtered)
    extents = {
        str(number): {"filter": everything, "aggs": {"reach": {"stats": {"field": str(number)}}}}
        for number in question.extents
    }
    return counts | extents | (_spans(question, everything) if question.spans else {})


def _spans(question: Question, matching: dict[str, Any]) -> dict[str, Any]:
    ranges = [
        {"key": str(at), "from": start, "to": end} for at, (start, end) in enumerate(question.spans)
    ]
    counted = {"range": {"field": Number.PUBLISHED, "ranges": ranges, "keyed": True}}
    return {"spans": {"filter": matching, "aggs": {"counted": counted}}}


def _selected(question: Question, facet: Facet) -> Iterator[tuple[str, Any]]:
    if values := question.include.get(facet):
        yield "selected", {"filters": {"filters": [value(facet, [each]) for each in values]}}


def read_facets(
    question: Question, answer: Mapping[str, Any]
) -> Mapping[Facet, tuple[FacetCount, ...]]:
    return {facet: _read(question, facet, answer[facet]) for facet in question.facets}


def _read(question: Question, facet: Facet, answer: Mapping[str, Any]) -> tuple[FacetCount, ...]:
    counts = {bucket["key"]: bucket["doc_count"] for bucket in answer["top"]["buckets"]}
    buckets = answer.get("selected", {}).get("buckets", [])
    selected = [bucket["doc_count"] for bucket in buckets]
    values = question.include.get(facet, ())
    return list_counts(counts, dict(zip(values, selected, strict=True)), question.facet_size)


def read_extents(question: Question, answer: Mapping[str, Any]) -> Mapping[Number, Extent]:
    return {
        number: Extent(found["min"], found["max"], found["avg"], found["sum"])
        for number in question.extents
        if (found := answer[number]["reach"])["count"]
    }


def read_spans(question: Question, answer: Mapping[str, Any]) -> tuple[int, ...]:
    if not question.spans:
        return ()
    buckets = answer["spans"]["counted"]["buckets"]
    return tuple(buckets[str(at)]["doc_count"] for at in range(len(question.spans)))
