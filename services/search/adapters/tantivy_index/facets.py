"""Facet counts, exact also where thousands of values are rarer than the last one shown."""

from collections.abc import Mapping, Sequence

from tantivy import Occur, Query, Searcher

from services.search.adapters.tantivy_index.queries import QueryBuilder
from services.search.domain.articles import Extent, FacetCount
from services.search.domain.facet_counts import list_counts
from services.search.domain.question import Facet, Number, Question

_FIRST_SIZE = 3_000
_LARGEST_SIZE = 65_000  # tantivy makes no more buckets.

Counts = dict[str, int]


def count_facets(
    searcher: Searcher, queries: QueryBuilder, question: Question
) -> Mapping[Facet, tuple[FacetCount, ...]]:
    """Each field without its own filter: one aggregation for all fields that have none."""
    filtered = [facet for facet in question.facets if question.include.get(facet)]
    others = [facet for facet in question.facets if facet not in filtered]
    counts = count_values(searcher, queries.matching(question), others, question.facet_size)
    selected: dict[Facet, Counts] = {}
    for facet in filtered:
        query = queries.matching(question, leave=facet)
        counts |= count_values(searcher, query, [facet], question.facet_size)
        selected[facet] = {
            value: _count(searcher, query, queries.value(facet, [value]))
            for value in question.include[facet]
        }
    return {
        facet: list_counts(counts[facet], selected.get(facet, {}), question.facet_size)
        for facet in question.facets
    }


def count_values(
    searcher: Searcher, query: Query, facets: Sequence[Facet], enough: int
) -> dict[Facet, Counts]:
    """Counts that hold at least the `enough` first values of each field, ties by code point."""
    size = max(_FIRST_SIZE, min(enough, _LARGEST_SIZE))
    counts: dict[Facet, Counts] = {}
    pending = list(facets)
    while pending:
        terms = {facet: {"terms": {"field": facet, "size": size}} for facet in pending}
        answer = searcher.aggregate(query, {str(facet): agg for facet, agg in terms.items()})
        for facet in pending:
            buckets = answer[facet]["buckets"]
            counts[facet] = {bucket["key"]: bucket["doc_count"] for bucket in buckets}
        pending = [f for f in pending if size < _LARGEST_SIZE and _cut(counts[f], enough, size)]
        size = _LARGEST_SIZE
    return counts


def measure_extents(
    searcher: Searcher, queries: QueryBuilder, question: Question
) -> Mapping[Number, Extent]:
    """The reach of each number asked for, over all that match."""
    if not question.extents:
        return {}
    asked = {str(number): {"stats": {"field": number}} for number in question.extents}
    answer = searcher.aggregate(queries.matching(question), asked)
    return {
        number: Extent(found["min"], found["max"], found["avg"], found["sum"])
        for number in question.extents
        if (found := answer[number])["count"]
    }


def count_spans(searcher: Searcher, queries: QueryBuilder, question: Question) -> tuple[int, ...]:
    """How many of all that match were published in each span asked for."""
    if not question.spans:
        return ()
    spans = [
        {"key": str(at), "from": start, "to": end} for at, (start, end) in enumerate(question.spans)
    ]
    asked = {"spans": {"range": {"field": Number.PUBLISHED, "ranges": spans}}}
    buckets = searcher.aggregate(queries.matching(question), asked)["spans"]["buckets"]
    counts = {bucket["key"]: bucket["doc_count"] for bucket in buckets}  # Gaps have keys, too.
    return tuple(counts[span["key"]] for span in spans)


def _cut(counts: Counts, enough: int, size: int) -> bool:
    """Whether the cut may have lost one of the first values: equal counts come at random."""
    if len(counts) < size:
        return False
    ordered = sorted(counts.values(), reverse=True)
    return enough >= size or ordered[enough - 1] == ordered[-1]


def _count(searcher: Searcher, query: Query, value: Query) -> int:
    both = Query.boolean_query([(Occur.Must, query), (Occur.Must, value)])
    count: int = searcher.search(both, limit=1).count  # type: ignore[attr-defined]
    return count
