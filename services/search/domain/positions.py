"""Places in a log: the ids of its entries, `milliseconds-sequence`, as Redis gives them."""

from __future__ import annotations

import re
from typing import Final

_POSITION: Final = re.compile(r"[0-9]{1,20}-[0-9]{1,20}")


def is_position(text: str) -> bool:
    return _POSITION.fullmatch(text) is not None


def order_of(position: str) -> tuple[int, int]:
    """To compare by."""
    milliseconds, _, sequence = position.partition("-")
    return int(milliseconds), int(sequence or 0)
