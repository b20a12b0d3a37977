"""The part of a tag that goes into addresses.

A country's slug comes from its English name, so that it is the same in every language. A person's
comes from the full name as written, where the language does not inflect names. Any other tag's
comes from its key, the stems of its words, which is the same for all their forms.
Latin letters are written without accents, letters of other scripts stay; all else becomes a hyphen.
"""

import re
import unicodedata

_PLAIN_WORD = re.compile(r"[a-z0-9]+")
_WITHOUT_DECOMPOSITION = str.maketrans(
    {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ł": "l", "ı": "i"}
    | {"ə": "e", "ħ": "h", "ŋ": "n", "ŧ": "t", "ʼ": "", "ơ": "o", "ư": "u"}
)
_LONGEST = 80


def slug_of(key: str) -> str:
    """Empty where the key holds neither a letter nor a digit."""
    words = _PLAIN_WORD.findall(key.lower()) if key.isascii() else _words_in(key)
    return "-".join(words)[:_LONGEST].rstrip("-")


def _words_in(key: str) -> list[str]:
    folded = key.casefold().translate(_WITHOUT_DECOMPOSITION)
    letters = "".join(map(_ascii_if_latin, unicodedata.normalize("NFC", folded)))
    return "".join(c if _belongs_in_a_word(c) else " " for c in letters).split()


def _ascii_if_latin(letter: str) -> str:
    if letter.isascii():
        return letter
    base = unicodedata.normalize("NFKD", letter)[0]
    return base if base.isascii() and base.isalnum() else letter


def _belongs_in_a_word(character: str) -> bool:
    # Marks belong to their letter: without them Hindi or Thai words fall apart.
    return character.isalnum() or unicodedata.category(character).startswith("M")
