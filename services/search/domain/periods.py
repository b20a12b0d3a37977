"""Days, months and years (UTC), in a row to count articles by."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

_EPOCH: Final = date(1970, 1, 1)
_SECONDS_OF_DAY: Final = 86_400


class Interval(StrEnum):
    """How long a period is."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class Period:
    """A day (named 2026-10-29), month (2026-10) or year (2026), from its first day to its last."""

    name: str
    first_day: date
    last_day: date

    @property
    def start(self) -> int:
        """Its first second since 1970."""
        return (self.first_day - _EPOCH).days * _SECONDS_OF_DAY

    @property
    def end(self) -> int:
        """The second after its last one."""
        return ((self.last_day - _EPOCH).days + 1) * _SECONDS_OF_DAY


def last_periods(interval: Interval, least: int, greatest: int, limit: int) -> list[Period]:
    """The periods from that of `least` to that of `greatest`, without a gap, the last `limit`.

    Both are seconds since 1970.
    """
    row = [_around(_day_of(greatest), interval)]
    while len(row) < limit and row[-1].start > least:
        row.append(_around(row[-1].first_day - timedelta(days=1), interval))
    return row[::-1]


def _day_of(moment: int) -> date:
    return _EPOCH + timedelta(seconds=moment)


def _around(day: date, interval: Interval) -> Period:
    match interval:
        case Interval.DAY:
            return Period(f"{day:%Y-%m-%d}", day, day)
        case Interval.MONTH:
            last = day.replace(day=monthrange(day.year, day.month)[1])
            return Period(f"{day:%Y-%m}", day.replace(day=1), last)
        case Interval.YEAR:
            return Period(f"{day:%Y}", date(day.year, 1, 1), date(day.year, 12, 31))
