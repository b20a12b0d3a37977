"""`facetFilters`, `numericFilters` and `filters` as conditions: an AND of ORs."""

from __future__ import annotations

import math
import re
from collections import Counter, deque
from collections.abc import Iterator
from typing import Any, Final

from services.search.domain.categories import normalised
from services.search.domain.filters import MAX_VALUE, MAX_VALUES, ParameterError, check_length
from services.search.domain.question import (
    Condition,
    Conditions,
    Facet,
    Number,
    NumberIn,
    Range,
    ValueIs,
)
from shared.names import nearest

NUMBERS: Final = {"read_minutes": Number.READ_MINUTES, "published_at": Number.PUBLISHED}
ATTRIBUTES: Final = (*map(str, Facet), *NUMBERS)
_MOST: Final = MAX_VALUES * len(ATTRIBUTES)
"""Conditions of one parameter; of one attribute there may be no more than `MAX_VALUES`."""
_LONGEST: Final = 32_768
"""Characters of `filters`."""
_DEEPEST: Final = 16

_FIGURE = r"[-+]?[0-9]{1,15}(?:\.[0-9]{1,9})?"
_NUMERIC = re.compile(
    rf"\s*(?P<attribute>[^\s:<>=!]+)\s*(?:(?P<sign><=|>=|!=|=|<|>)\s*(?P<figure>{_FIGURE})"
    rf"|:\s*(?P<low>{_FIGURE})\s+TO\s+(?P<high>{_FIGURE}))\s*"
)
_TOKEN = re.compile(
    rf"""\s*(?:(?P<bracket>[()])|(?P<operator>AND|OR|NOT)(?=[\s()])
    |(?P<numeric>[^\s:<>=!()]+\s*(?:(?:<=|>=|!=|=|<|>)\s*{_FIGURE}|:\s*{_FIGURE}\s+TO\s+{_FIGURE}))
    |(?P<facet>[^\s:<>=!()]+)\s*:\s*(?P<value>"(?:\\.|[^"\\])*+"|'(?:\\.|[^'\\])*+'|[^\s()"']++))""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


def read_facet_filters(given: object) -> Conditions:
    r"""`["category:News", ["tag:a", "tag:-b"]]`: a list within is an OR; `-` negates, not `\-`."""
    return _groups("facetFilters", given, _facet_condition)


def read_numeric_filters(given: object) -> Conditions:
    """`["read_minutes>=3", ["published_at:0 TO 9", "read_minutes=1"]]`."""
    return _groups("numericFilters", given, _numeric_condition)


def read_filters(given: object) -> Conditions:
    """`category:News AND (tag:"a b" OR NOT read_minutes > 3)`; OR binds more tightly than AND."""
    if given is None or given == "":
        return ()
    if not isinstance(given, str):
        raise ParameterError("filters", "must be a string")
    check_length("filters", given, _LONGEST)
    return _Expression(given).conditions()


def check_number(conditions: Conditions) -> Conditions:
    """Refuse more than 50 conditions of one attribute, in whatever parameters they stand."""
    numbers = Counter(_attribute_of(one) for group in conditions for one in group)
    for attribute, number in numbers.items():
        if number > MAX_VALUES:
            raise ParameterError("filters", f"must have at most {MAX_VALUES} of {attribute}")
    return conditions


def _attribute_of(condition: Condition) -> str:
    if isinstance(condition, ValueIs):
        return condition.facet
    return next(name for name, number in NUMBERS.items() if number is condition.number)


def _groups(parameter: str, given: object, read: Any) -> Conditions:  # noqa: ANN401
    outer = [] if given in (None, "") else [given] if isinstance(given, str) else given
    if not isinstance(outer, list):
        raise ParameterError(parameter, "must be a string or a list")
    groups = [[one] if isinstance(one, str) else one for one in outer]
    if not all(isinstance(group, list) for group in groups):
        raise ParameterError(parameter, "must hold strings, and lists of strings")
    if sum(map(len, groups)) > _MOST:
        raise ParameterError(parameter, f"must have at most {_MOST} conditions")
    return tuple(tuple(read(parameter, one) for one in group) for group in groups if group)


def _facet_condition(parameter: str, given: object) -> Condition:
    attribute, colon, value = given.partition(":") if isinstance(given, str) else ("", "", "")
    if not colon:
        raise ParameterError(parameter, 'must be of the form "attribute:value"')
    negated = value.startswith("-")
    plain = value.removeprefix("-") if negated else value
    plain = plain.removeprefix("\\") if plain.startswith("\\-") else plain
    return _value_condition(parameter, attribute.strip(), plain, negated=negated)


def _value_condition(parameter: str, attribute: str, value: str, *, negated: bool) -> Condition:
    if attribute in NUMBERS:
        condition = _numeric_condition(parameter, f"{attribute}={value.strip()}")
        return _negated(condition) if negated else condition
    facet = Facet(_attribute(parameter, attribute))
    check_length(parameter, value, MAX_VALUE)
    return ValueIs(facet, normalised(value) if facet is Facet.CATEGORY else value.strip(), negated)


def _attribute(parameter: str, attribute: str) -> str:
    if attribute not in ATTRIBUTES:
        raise ParameterError(
            parameter,
            f"knows no attribute {attribute[:64]!r}",
            allowed=ATTRIBUTES,
            nearest=nearest(attribute, ATTRIBUTES),
        )
    return attribute


def _numeric_condition(parameter: str, given: object) -> Condition:
    found = _NUMERIC.fullmatch(given) if isinstance(given, str) else None
    if found is None:
        reason = 'must be of the form "attribute >= number" or "attribute:number TO number"'
        raise ParameterError(parameter, reason)
    attribute = _attribute(parameter, found["attribute"])
    if attribute not in NUMBERS:
        raise ParameterError(parameter, f"{attribute} is no number", allowed=tuple(NUMBERS))
    if found["low"] is not None:
        interval = Range(math.ceil(float(found["low"])), math.floor(float(found["high"])) + 1)
        return NumberIn(NUMBERS[attribute], interval)
    interval = _interval(found["sign"], float(found["figure"]))
    return NumberIn(NUMBERS[attribute], interval, negated=found["sign"] == "!=")


def _interval(sign: str, figure: float) -> Range:
    """Of whole numbers; no whole number equals a broken one."""
    low, high = math.floor(figure), math.ceil(figure)
    match sign:
        case "<":
            return Range(None, high)
        case "<=":
            return Range(None, low + 1)
        case ">":
            return Range(low + 1, None)
        case ">=":
            return Range(high, None)
        case _:
            return Range(high, low + 1)


def _negated(condition: Condition) -> Condition:
    if isinstance(condition, ValueIs):
        return ValueIs(condition.facet, condition.value, not condition.negated)
    return NumberIn(condition.number, condition.interval, not condition.negated)


class _Expression:
    """One `filters` string, read from left to right."""

    def __init__(self, text: str) -> None:
        self._tokens = deque(_tokens(text))
        self._depth = 0

    def conditions(self) -> Conditions:
        groups = self._conjunction()
        if self._tokens:
            raise ParameterError("filters", f"cannot be read at {self._shown()}")
        return tuple(map(tuple, groups))

    def _conjunction(self) -> list[list[Condition]]:
        groups = self._disjunction()
        while self._take("AND"):
            groups += self._disjunction()
        return groups

    def _disjunction(self) -> list[list[Condition]]:
        groups = self._operand()
        while self._take("OR"):
            other = self._operand()
            if len(groups) != 1 or len(other) != 1:
                raise ParameterError("filters", "cannot join conditions by AND inside an OR")
            groups = [groups[0] + other[0]]
        return groups

    def _operand(self) -> list[list[Condition]]:
        if self._take("("):
            self._depth += 1
            if self._depth > _DEEPEST:
                raise ParameterError("filters", f"may be nested {_DEEPEST} deep at most")
            groups = self._conjunction()
            if not self._take(")"):
                raise ParameterError("filters", 'lacks a ")"')
            self._depth -= 1
            return groups
        negated = self._take("NOT")
        token = self._tokens.popleft() if self._tokens else None
        if token is None or not (token["facet"] or token["numeric"]):
            raise ParameterError("filters", "lacks a condition such as category:News")
        condition = _condition(token)
        return [[_negated(condition) if negated else condition]]

    def _take(self, text: str) -> bool:
        taken = bool(self._tokens) and self._tokens[0][0].strip() == text
        if taken:
            self._tokens.popleft()
        return taken

    def _shown(self) -> str:
        return repr(self._tokens[0][0].strip()[:64])


def _tokens(text: str) -> Iterator[re.Match[str]]:
    at, text = 0, text.strip()
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            raise ParameterError("filters", f"cannot be read at {text[at : at + 64]!r}")
        yield found
        at = found.end()


def _condition(token: re.Match[str]) -> Condition:
    if token["numeric"]:
        return _numeric_condition("filters", token["numeric"])
    value = token["value"]
    if value[0] in "\"'":
        value = _ESCAPED.sub(r"\1", value[1:-1])
    return _value_condition("filters", token["facet"], value, negated=False)
