"""Combining marks in text from anywhere."""

from typing import Final

import regex

# No script puts as many on one letter.
_ENDLESS: Final = regex.compile(r"(\p{M}{8})\p{M}+")


def without_endless_marks(text: str) -> str:
    """At most eight in a row: normalising a run takes quadratic time, minutes for a megabyte."""
    return _ENDLESS.sub(r"\1", text)
