from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given, strategies as st

from services.search.domain.periods import Interval, last_periods

LEAST, MOST = -8_520_336_000, 7_289_654_399
"""The years 1700 and 2200."""


@pytest.mark.parametrize(
    ("interval", "moment", "name", "first", "last"),
    [
        (Interval.DAY, "2026-10-29T23:59:59", "2026-10-29", "2026-10-29", "2026-10-29"),
        (Interval.MONTH, "2026-12-01T00:00:00", "2026-12", "2026-12-01", "2026-12-31"),
        (Interval.MONTH, "2024-02-10T00:00:00", "2024-02", "2024-02-01", "2024-02-29"),
        (Interval.YEAR, "1969-12-31T23:59:59", "1969", "1969-01-01", "1969-12-31"),
    ],
)
def test_a_period_reaches_from_its_first_day_to_its_last(
    interval: Interval, moment: str, name: str, first: str, last: str
) -> None:
    (period,) = last_periods(interval, _seconds(moment), _seconds(moment), 20)
    assert period.name == name
    assert (f"{period.first_day}", f"{period.last_day}") == (first, last)
    assert (period.start, period.end) == (_seconds(first), _seconds(last) + 86_400)


def test_periods_without_articles_are_in_the_row() -> None:
    row = last_periods(Interval.MONTH, _seconds("2025-11-03"), _seconds("2026-02-28"), 20)
    assert [period.name for period in row] == ["2025-11", "2025-12", "2026-01", "2026-02"]


def test_of_a_long_row_the_last_periods_are_kept() -> None:
    row = last_periods(Interval.DAY, _seconds("1700-01-01"), _seconds("2026-03-01"), 3)
    assert [period.name for period in row] == ["2026-02-27", "2026-02-28", "2026-03-01"]


@given(
    st.sampled_from(Interval),
    st.integers(LEAST, MOST),
    st.integers(LEAST, MOST),
    st.integers(1, 200),
)
def test_rows_have_no_gap_and_reach_the_newest(
    interval: Interval, one: int, other: int, limit: int
) -> None:
    least, greatest = sorted((one, other))
    row = last_periods(interval, least, greatest, limit)
    assert row[-1].start <= greatest < row[-1].end
    assert len(row) == limit or row[0].start <= least < row[0].end
    assert all(before.end == after.start for before, after in pairwise(row))


def _seconds(moment: str) -> int:
    return int(datetime.fromisoformat(moment).replace(tzinfo=UTC).timestamp())
