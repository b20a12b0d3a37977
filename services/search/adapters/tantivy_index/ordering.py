"""Hits in an exact order: tantivy sorts by one number and leaves ties to chance."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any

from tantivy import DocAddress, Order, Query, Searcher

from services.search.adapters.tantivy_index.schema import length_key, newest_key
from services.search.domain.question import Sort, SortKey

# Beyond what is asked, so that the end of the last tie is seldom out of sight.
_SLACK = 20
_GROWTH = 4

Row = tuple[float, DocAddress]
"""The number sorted by (a score, or a packed key) and where the document is."""


@dataclass(frozen=True, slots=True)
class Ordering:
    """The number that tantivy sorts by, None for the score, and which way ids settle ties."""

    field: str | None
    order: Order = Order.Desc
    mirrored: bool = False


RELEVANCE = Ordering(None)
BY_ID = Ordering("id_order", Order.Asc)
ORDERINGS = {
    Sort.RELEVANCE: RELEVANCE,
    Sort.NEWEST: Ordering("newest"),
    Sort.OLDEST: Ordering("newest", Order.Asc, mirrored=True),
    Sort.SHORTEST: Ordering("length", Order.Asc),
    Sort.LONGEST: Ordering("length", mirrored=True),
}


@dataclass(frozen=True, slots=True)
class Boundary:
    """The place after one hit: its number and its id."""

    number: float
    id: str

    @classmethod
    def after(cls, sort: Sort, key: SortKey) -> "Boundary":
        *values, id_ = key
        name = str(id_)
        match sort, values:
            case Sort.RELEVANCE, [score]:
                return cls(float(score), name)
            case Sort.NEWEST | Sort.OLDEST, [published]:
                return cls(newest_key(int(published), name), name)
            case _, [minutes, published]:
                return cls(length_key(int(minutes), int(published), name), name)
        raise ValueError(f"{key} is no place in the order {sort}.")


def sorted_rows(
    searcher: Searcher,
    query: Query,
    ordering: Ordering,
    limit: int,
    boundary: Boundary | None = None,
) -> list[Row]:
    """The first `limit` hits beyond the boundary, ties in the order of their ids."""
    size = limit + _SLACK
    while True:
        hits = searcher.search(
            query,
            limit=size,
            count=False,
            order_by_field=ordering.field,
            order=ordering.order,
        ).hits
        complete = len(hits) < size
        # A tie may go on beyond the last hit: that group waits for a longer list.
        settled = hits if complete else [hit for hit in hits if hit[0] != hits[-1][0]]
        rows = list(_beyond(searcher, settled, ordering, boundary))
        if complete or len(rows) >= limit:
            return rows[:limit]
        size *= _GROWTH


def _beyond(
    searcher: Searcher, hits: Sequence[Row], ordering: Ordering, boundary: Boundary | None
) -> Iterator[Row]:
    for number, group in groupby(hits, key=itemgetter(0)):
        rows = list(group)
        if boundary is None:
            yield from _by_id(searcher, rows, ordering)
        elif number == boundary.number:
            for row in _by_id(searcher, rows, ordering):
                id_ = _id(searcher, row)
                if id_ < boundary.id if ordering.mirrored else id_ > boundary.id:
                    yield row
        elif (number > boundary.number) is (ordering.order is Order.Asc):
            yield from _by_id(searcher, rows, ordering)


def _by_id(searcher: Searcher, rows: list[Row], ordering: Ordering) -> list[Row]:
    if len(rows) == 1:
        return rows
    ids: Sequence[Any] = searcher.fast_field_values("id_order", [row[1] for row in rows])
    if len(set(ids)) < len(rows):  # Ids of the same first eight bytes: read the whole ones.
        ids = [_id(searcher, row) for row in rows]
    order = sorted(range(len(rows)), key=ids.__getitem__, reverse=ordering.mirrored)
    return [rows[at] for at in order]


def _id(searcher: Searcher, row: Row) -> str:
    return str(searcher.doc(row[1]).get_first("id"))
