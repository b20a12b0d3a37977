import contextlib

import pytest
from hypothesis import given, strategies as st

from services.search.domain.filters import (
    FilterValues,
    ParameterError,
    check_names,
    escape_filter,
    read_boolean,
    read_choice,
    read_filter,
    read_minutes,
    read_number,
    read_published,
)
from services.search.domain.question import Range, Sort

VALUES = st.text(min_size=1).map(str.strip).filter(bool) | st.text(",-\\ab", min_size=1)


@pytest.mark.parametrize(
    ("given_values", "include", "exclude"),
    [
        (["a,b"], ("a", "b"), ()),
        (["a", "b", "a"], ("a", "b"), ()),
        (["a,-b", "-c"], ("a",), ("b", "c")),
        ([r"Smith\, John"], ("Smith, John",), ()),
        ([r"\-b,--c"], ("-b",), ("-c",)),
        ([r"a\\,b"], ("a\\", "b"), ()),
        ([" a , b "], ("a", "b"), ()),
        ([",,", "", "-"], (), ()),
        (["a\\"], ("a\\",), ()),
        ([r"C:\temp"], (r"C:\temp",), ()),
    ],
)
def test_filter_values_are_read(
    given_values: list[str], include: tuple[str, ...], exclude: tuple[str, ...]
) -> None:
    assert read_filter(given_values) == FilterValues(include, exclude)


@given(st.lists(VALUES, unique=True))
def test_escaped_values_come_back(values: list[str]) -> None:
    escaped = [escape_filter(value) for value in values]
    assert read_filter([",".join(escaped)]).include == tuple(values)
    assert read_filter([f"-{value}" for value in escaped]).exclude == tuple(values)


@given(st.lists(st.text()))
def test_any_filter_text_is_read(values: list[str]) -> None:
    read = read_filter(values)
    assert all((*read.include, *read.exclude))


DAY = 1_704_067_200  # 2024-01-01


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("2024-01-01", "2024-01-01", Range(DAY, DAY + 86_400)),
        (None, "2024-01-01T00:00:00Z", Range(None, DAY + 1)),
        ("2024-01-01T00:00:00.5Z", "2024-01-01T00:00:00.5Z", Range(DAY + 1, DAY + 1)),
        ("2024-01-01t04:00:00+04:00", None, Range(DAY, None)),
        ("2024-01-01T04:00:00 04:00", None, Range(DAY, None)),
        ("1963-06-01", None, Range(-207_878_400, None)),
        ("1700-01-01", "2200-12-31", Range(-8_520_336_000, 7_289_654_400)),
        (None, None, Range()),
    ],
)
def test_inclusive_times_become_half_open_ranges(
    start: str | None, end: str | None, expected: Range
) -> None:
    assert read_published(start, end) == expected


@pytest.mark.parametrize(
    "text",
    [
        *("", "2024", "2024-02-30", "2024-01-01T00:00:00", "2024-W01-1", "1699-12-31"),
        *("2201-01-01", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "yesterday"),
        *("٢٠٢٤-01-01", "2024-01-01T00:00:00+99:00", "2024-01-01T24:00:00Z", "\ud800"),
    ],
)
def test_other_times_are_refused_by_name(text: str) -> None:
    with pytest.raises(ParameterError) as refused:
        read_published(None, text)
    assert refused.value.parameter == "published_to"


@given(st.text() | st.from_regex(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9:]{8}[-+Zz .0-9:]*"))
def test_any_text_is_a_time_or_a_named_error(text: str) -> None:
    with contextlib.suppress(ParameterError):
        start = read_published(text, None).start
        assert start is not None
        assert -8_520_336_000 <= start <= 7_289_654_400


def test_minutes_are_inclusive() -> None:
    assert read_minutes("2", "5") == Range(2, 6)
    assert read_minutes(None, None) == Range()


@pytest.mark.parametrize("text", ["", "-1", "1.5", "٣", "9" * 5_000, "0x1"])
def test_other_numbers_are_refused(text: str) -> None:
    with pytest.raises(ParameterError):
        read_minutes(text, None)


def test_numbers_have_bounds() -> None:
    assert read_number("page_size", "100", lowest=1, highest=100) == 100
    with pytest.raises(ParameterError, match="from 1 to 100"):
        read_number("page_size", "101", lowest=1, highest=100)


def test_booleans_are_spelled_in_four_ways() -> None:
    spelled = {text: read_boolean("facets", text) for text in ("true", "1", "false", "0")}
    assert spelled == {"true": True, "1": True, "false": False, "0": False}
    with pytest.raises(ParameterError) as refused:
        read_boolean("explain", "yes")
    assert refused.value.allowed == ("true", "false", "1", "0")


def test_a_wrong_choice_names_the_nearest() -> None:
    assert read_choice("sort", "newest", list(Sort)) == "newest"
    with pytest.raises(ParameterError) as refused:
        read_choice("sort", "newst", list(Sort))
    assert (refused.value.nearest, len(refused.value.allowed)) == ("newest", 5)


def test_an_unknown_parameter_names_the_nearest() -> None:
    allowed = {"q", "published_from", "language"}
    check_names(["q", "language"], allowed)
    with pytest.raises(ParameterError) as refused:
        check_names(["q", "pubished_from"], allowed)
    assert (refused.value.parameter, refused.value.nearest) == ("pubished_from", "published_from")
