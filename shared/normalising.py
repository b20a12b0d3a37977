"""Unicode normal forms of text from anywhere."""

import unicodedata
from typing import Final, Literal

import regex

# No script puts as many marks on one letter.
_ENDLESS_MARKS: Final = regex.compile(r"(\p{M}{8})\p{M}+")


# Invisible wherever they stand: zero-width spaces, marks of direction, soft hyphens, joiners.
_INVISIBLE: Final = regex.compile(r"[\p{Cf}\u034f]")
# In these scripts, and between parts of an emoji, a joiner is seen.
_SEEN_JOINER: Final = regex.compile(
    r"(?<=[\p{Arabic}\p{Syriac}\p{Mongolian}\p{Devanagari}\p{Bengali}\p{Gurmukhi}\p{Gujarati}\p{Oriya}"
    r"\p{Tamil}\p{Telugu}\p{Kannada}\p{Malayalam}\p{Sinhala}\p{Khmer}\p{Extended_Pictographic}\ufe0f])"
    r"[\u200c\u200d](?=[\p{L}\p{Extended_Pictographic}])"
)


def tidied(name: str) -> str:
    """The one spelling of names that look alike: NFC, no invisible characters, single spaces."""
    seen = _SEEN_JOINER.split(name)
    joiners = [*_SEEN_JOINER.findall(name), ""]
    kept = (_INVISIBLE.sub("", part) + joiner for part, joiner in zip(seen, joiners, strict=True))
    return " ".join(normalised("NFC", "".join(kept)).split())


def normalised(form: Literal["NFC", "NFKC"], text: str) -> str:
    """The text in a normal form, with at most eight combining marks in a row.

    To put a run of them in order takes quadratic time, minutes for a megabyte.
    """
    return unicodedata.normalize(form, _ENDLESS_MARKS.sub(r"\1", text))
