"""JSON of strangers."""

import codecs
import json
from typing import Any, NoReturn

from services.ingest.domain.imports import unreadable

_DEPTH = 100


def parse(content: bytes) -> Any:  # noqa: ANN401  (whatever JSON holds)
    """Raises `UnreadableDocumentError`."""
    try:
        value = json.loads(content.removeprefix(codecs.BOM_UTF8), parse_constant=_refuse_constant)
    except RecursionError as error:
        raise unreadable("document", "is nested too deep") from error
    except ValueError as error:
        raise unreadable("document", f"is not JSON: {error}") from error
    if _is_deeper(value, _DEPTH):
        raise unreadable("document", f"is nested over {_DEPTH} levels deep")
    return value


def _is_deeper(value: object, limit: int) -> bool:
    level: list[object] = [value]
    for _ in range(limit):
        level = [
            child
            for one in level
            if isinstance(one, dict | list)
            for child in (one.values() if isinstance(one, dict) else one)
        ]
        if not level:
            return False
    return True


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")
