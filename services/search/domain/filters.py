"""Values of request parameters, as readers write them: filters, dates, numbers, names."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

from services.search.domain.question import Range
from shared.names import nearest

EARLIEST_YEAR: Final = 1700
LATEST_YEAR: Final = 2200
MAX_VALUE: Final = 200
"""Characters of one value of a parameter, where nothing else is said."""
MAX_VALUES: Final = 50
"""Values of one parameter."""
_SHOWN: Final = 64

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# As differences: moments at the ends of the calendar cannot be moved to UTC.
_EARLIEST = datetime(EARLIEST_YEAR, 1, 1, tzinfo=UTC) - _EPOCH
_LATEST = datetime(LATEST_YEAR + 1, 1, 1, tzinfo=UTC) - _EPOCH

_ITEM = re.compile(r"((?:\\.|[^,\\]|\\$)*+)(?:,|$)", re.DOTALL)
_ESCAPED = re.compile(r"\\([,\\-])")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
# A "+" that nobody escaped arrives as a space.
_TIME = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt ]([0-9]{2}:[0-9]{2}:[0-9]{2})([.][0-9]{1,9})?"
    r"([Zz]|[-+ ][0-9]{2}:[0-9]{2})"
)
_YEAR = re.compile(r"[0-9]{1,4}")
_NUMBER = re.compile(r"[0-9]{1,9}")


class ParameterError(ValueError):
    """A parameter that cannot be taken: answered as 400, naming it and what would be allowed."""

    def __init__(
        self,
        parameter: str,
        reason: str,
        *,
        allowed: Iterable[str] = (),
        nearest: str | None = None,
    ) -> None:
        # Its name is the caller's own text: an answer repeats no more than its beginning.
        self.parameter = shortened(parameter)
        super().__init__(f"{self.parameter}: {reason}")
        self.reason = reason
        self.allowed = tuple(allowed)
        self.nearest = nearest


def shortened(text: str) -> str:
    """The beginning of a text that came from outside, for an error's message."""
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


class FilterValues(NamedTuple):
    """What one field must be (any of these), and must not be."""

    include: tuple[str, ...]
    exclude: tuple[str, ...]


def read_filter(given: Iterable[str]) -> FilterValues:
    r"""Read a repeated parameter: commas separate, "-" excludes, "\," "\-" "\\" are plain.

    Spaces round a value do not count: no value of a facet has any.
    """
    items = [item.strip() for text in given for item in _ITEM.findall(text)]
    include = (item for item in items if not item.startswith("-"))
    exclude = (item[1:].strip() for item in items if item.startswith("-"))
    return FilterValues(_values(include), _values(exclude))


def check_values(parameter: str, values: Collection[str]) -> None:
    """Refuse more than 50 values, and values of more than 200 characters."""
    if len(values) > MAX_VALUES:
        raise ParameterError(parameter, f"must have at most {MAX_VALUES} values")
    for value in values:
        check_length(parameter, value, MAX_VALUE)


def check_length(parameter: str, value: str, most: int) -> None:
    if len(value) > most:
        raise ParameterError(parameter, f"must have at most {most} characters")


def check_years(given: FilterValues) -> FilterValues:
    """Years as facets return them, such as 2024; raises `ParameterError`."""
    for value in (*given.include, *given.exclude):
        if _YEAR.fullmatch(value) is None:
            raise ParameterError("year", f"{shortened(value)!r} is no year, such as 2024")
    return given


def escape_filter(value: str) -> str:
    r"""The value as `read_filter` takes it back: "Smith, John" is "Smith\, John"."""
    escaped = value.replace("\\", "\\\\").replace(",", "\\,")
    return f"\\{escaped}" if escaped.startswith("-") else escaped


def read_published(published_from: str | None, published_to: str | None) -> Range:
    """Seconds since 1970 between two inclusive ends; a bare date as upper end is its whole day."""
    start = end = None
    if published_from is not None:
        moment = _moment("published_from", published_from)
        start = -(-moment // timedelta(seconds=1))
    if published_to is not None:
        moment = _moment("published_to", published_to)
        whole_day = _DATE.fullmatch(published_to.strip()) is not None
        end = moment // timedelta(seconds=1) + (86_400 if whole_day else 1)
    return Range(start, end)


def read_minutes(minutes_min: str | None, minutes_max: str | None) -> Range:
    """Read minutes between two inclusive ends."""
    start = None if minutes_min is None else read_number("read_minutes_min", minutes_min)
    end = None if minutes_max is None else read_number("read_minutes_max", minutes_max) + 1
    return Range(start, end)


def read_number(parameter: str, given: str, *, lowest: int = 0, highest: int = 10**9) -> int:
    value = int(given) if _NUMBER.fullmatch(given) else -1
    if not lowest <= value <= highest:
        raise ParameterError(parameter, f"must be a whole number from {lowest} to {highest}")
    return value


def read_boolean(parameter: str, given: str) -> bool:
    return read_choice(parameter, given, ("true", "false", "1", "0")) in {"true", "1"}


def read_choice(parameter: str, given: str, allowed: Collection[str]) -> str:
    if given not in allowed:
        raise ParameterError(
            parameter, "is no allowed value", allowed=allowed, nearest=nearest(given, allowed)
        )
    return given


def check_names(given: Iterable[str], allowed: Collection[str]) -> None:
    """Refuse the first parameter that nobody knows, with the nearest known name."""
    for name in given:
        if name not in allowed:
            raise ParameterError(
                name, "unknown parameter", allowed=allowed, nearest=nearest(name, allowed)
            )


def _values(items: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_ESCAPED.sub(r"\1", item) for item in items if item))


def _moment(parameter: str, given: str) -> timedelta:
    """The time since 1970."""
    try:
        since = datetime.fromisoformat(_iso(given.strip())) - _EPOCH
    except ValueError:
        reason = "must be a date (2024-01-31) or RFC 3339 with zone (2024-01-31T12:00:00Z)"
        raise ParameterError(parameter, reason) from None
    if not _EARLIEST <= since < _LATEST:
        raise ParameterError(parameter, f"must lie in {EARLIEST_YEAR} to {LATEST_YEAR}")
    return since


def _iso(given: str) -> str:
    if _DATE.fullmatch(given):
        return f"{given}T00:00:00+00:00"
    parts = _TIME.fullmatch(given)
    if parts is None:
        raise ValueError(given)
    date, time, fraction, zone = parts.groups()
    return f"{date}T{time}{(fraction or '')[:7]}{zone.upper().replace(' ', '+')}"
