"""The name that was probably meant by one that nobody knows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rapidfuzz import fuzz, process

if TYPE_CHECKING:
    from collections.abc import Iterable

_SIMILARITY: Final = 60
"""Percent; below it a name would be a guess."""
_LONGEST: Final = 64


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name most like it, or None where none is."""
    found = process.extractOne(
        name[:_LONGEST].lower(), sorted(known), scorer=fuzz.ratio, score_cutoff=_SIMILARITY
    )
    return found[0] if found else None
