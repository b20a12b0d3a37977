"""Unicode normal forms of text from anywhere."""

import unicodedata
from typing import Final, Literal

import regex

# No script puts as many marks on one letter.
_ENDLESS_MARKS: Final = regex.compile(r"(\p{M}{8})\p{M}+")


# Zero-width spaces and joiners, marks of direction, soft hyphens. A joiner is seen in Persian and
# Indic scripts and in emoji, yet keyboards and systems leave it out: with it or without, it is the
# same name.
_INVISIBLE: Final = regex.compile(r"[\p{Cf}\u034f]")


def tidied(name: str) -> str:
    """The one spelling of names that look alike: NFC, no zero-width characters, single spaces."""
    return " ".join(normalised("NFC", _INVISIBLE.sub("", name)).split())


def normalised(form: Literal["NFC", "NFKC"], text: str) -> str:
    """The text in a normal form, with at most eight combining marks in a row.

    To put a run of them in order takes quadratic time, minutes for a megabyte.
    """
    return unicodedata.normalize(form, _ENDLESS_MARKS.sub(r"\1", text))
