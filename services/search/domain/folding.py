"""One spelling for letters with and without case, accents and width."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from shared.normalising import normalised

JOINERS: Final = r"\u00ad\u200b-\u200d\u2060\ufeff"
"""Characters without width, as ranges of a character class; they may stand inside words."""

# Latin and Greek, Hebrew, Arabic marks and tatweel; not the breve of й, a letter of its own.
_MARKS: Final = re.compile(
    r"[\u0300-\u0305\u0307-\u036f\u0591-\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670"
    rf"{JOINERS}\ufe00-\ufe0f]|(?<!и)\u0306"
)
_LETTERS: Final = str.maketrans(
    {"ə": "a", "\u0131": "i", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ё": "е"}
    | {"æ": "ae", "œ": "oe", "ß": "ss", "\u2019": "'"}
)


def fold(text: str) -> str:
    """The text in small letters without accents: "Erdoğan" is "erdogan"."""
    if text.isascii():
        return text.lower()
    bare = normalised("NFKC", text).casefold()
    bare = _MARKS.sub("", unicodedata.normalize("NFD", bare))
    return unicodedata.normalize("NFC", bare).translate(_LETTERS)
