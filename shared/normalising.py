"""Unicode normal forms of text from anywhere."""

import unicodedata
from typing import Final, Literal

import regex

# No script puts as many marks on one letter.
_ENDLESS_MARKS: Final = regex.compile(r"(\p{M}{8})\p{M}+")


def normalised(form: Literal["NFC", "NFKC"], text: str) -> str:
    """The text in a normal form, with at most eight combining marks in a row.

    To put a run of them in order takes quadratic time, minutes for a megabyte.
    """
    return unicodedata.normalize(form, _ENDLESS_MARKS.sub(r"\1", text))
