"""Which counts of a facet a reader gets to see."""

from collections.abc import Mapping

from services.search.domain.articles import FacetCount


def list_counts(
    counts: Mapping[str, int], selected: Mapping[str, int], size: int
) -> tuple[FacetCount, ...]:
    """The `size` most frequent values, and every selected one with the count of its filter.

    Most frequent first, equal counts by code point. A selected value may be another name for a
    value (the slug of a tag), unknown, or have a count of 0.
    """
    listed = dict(sorted(counts.items(), key=_rank)[:size])
    listed = {value: count for value, count in listed.items() if count} | dict(selected)
    return tuple(
        FacetCount(value, count, selected=value in selected)
        for value, count in sorted(listed.items(), key=_rank)
    )


def _rank(item: tuple[str, int]) -> tuple[int, str]:
    value, count = item
    return -count, value
