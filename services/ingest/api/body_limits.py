"""Bounds on a JSON body, checked before it is parsed and before its items are validated.

Pydantic collects an error for every element of a wrong type, and Python makes an object of every
element before that: a few megabytes would take gigabytes and block the event loop for a minute.
"""

import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

from pydantic import BaseModel

from shared.http import MOST_ERRORS, FieldError

MOST_MARKS = 200_000
"""Strings, commas and opening brackets of a body; the largest article has some three thousand."""
MOST_ITEMS = 500
"""Of a list; longer ones are refused as a whole, above what any field allows."""
_MARK = re.compile(rb'"(?:[^"\\]++|\\.)*+"?|[\[{,]', re.DOTALL)


def has_too_many_values(raw: bytes) -> bool:
    """Whether there are more values than any article can have; a text counts once."""
    return next(islice(_MARK.finditer(raw), MOST_MARKS, None), None) is not None


def cut_excess(
    body: dict[str, Any], kind: type[BaseModel], part: type[BaseModel]
) -> list[FieldError]:
    """Take out of the body lists that are far too long and unknown names beyond the twentieth.

    Returns an error for each list. The rest has few errors and can be validated as a whole.
    """
    errors: list[FieldError] = []
    unknown = 0
    for path, given, model in _objects(body, kind, part):
        for name in list(given):
            value = given[name]
            if name not in model.model_fields:
                unknown += 1
                if unknown > MOST_ERRORS:
                    del given[name]
            elif isinstance(value, list) and len(value) > MOST_ITEMS:
                errors.append(_too_many_items(f"{path}{name}", len(value), model, name))
                del given[name]
    return errors


def _objects(
    body: dict[str, Any], kind: type[BaseModel], part: type[BaseModel]
) -> Iterator[tuple[str, dict[str, Any], type[BaseModel]]]:
    """The body and the objects in it, each with its path and the model that it has to fit."""
    yield "", body, kind
    for name, value in body.items():
        if isinstance(value, dict):
            yield f"{name}.", value, part
        elif isinstance(value, list):
            for at, item in enumerate(value):
                if isinstance(item, dict):
                    yield f"{name}.{at}.", item, part


def _too_many_items(field: str, number: int, model: type[BaseModel], name: str) -> FieldError:
    bounds = [getattr(one, "max_length", None) for one in model.model_fields[name].metadata]
    allowed = next((bound for bound in bounds if bound is not None), MOST_ITEMS)
    return FieldError(field=field, message=f"has {number} items, {allowed} are allowed")
