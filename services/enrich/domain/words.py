"""Words of a text in any script, as a reader would count them."""

import re
from typing import Final, NamedTuple

import regex

from services.enrich.domain.chunks import Remembered

# Of these, each sign is read as a unit of its own.
_SIGNS: Final = r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Bopomofo}\u30fc]"
# Alphabets that are written without spaces between words.
_RUNS: Final = r"[\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}\p{Tibetan}]"
# Vowel signs are marks: a pattern of letters alone would cut Hindi words to pieces.
_INSIDE: Final = rf"[[\p{{L}}\p{{N}}\p{{M}}\u00ad\u200c\u200d]--{_SIGNS}--{_RUNS}]"

_WORD: Final = regex.compile(rf"(?V1){_INSIDE}++(?:['’.,\-‐‑]{_INSIDE}++)*+")
_PLAIN_WORD: Final = re.compile(r"[A-Za-z0-9]++(?:['.,-][A-Za-z0-9]++)*+")
_SIGN: Final = regex.compile(rf"(?V1)[[\p{{L}}\p{{N}}]&&{_SIGNS}]")
_KANA: Final = regex.compile(r"[\p{Hiragana}\p{Katakana}]")
_RUN_LETTER: Final = regex.compile(rf"(?V1)[[\p{{L}}\p{{M}}]&&{_RUNS}]")
_HANGUL: Final = regex.compile(r"[\uac00-\ud7a3]")
# A Hangul syllable is one character of two or three letters.
_LETTERS_OF_SYLLABLE: Final = 2.5
_NO_LETTERS: Final = {code: None for code in range(128) if not chr(code).isalnum()}
_COUNTED: Final = 150_000
_REMEMBERED: Final = 50_000


class Words(NamedTuple):
    """What there is to read.

    Attributes:
        spaced: words between spaces, hyphenated ones and "3.5" as one.
        letters: of these words, punctuation left out.
        signs: Chinese and Japanese characters.
        kana: whether there is Japanese kana among the signs.
        run_letters: letters of scripts without spaces, such as Thai.
    """

    spaced: int
    letters: float
    signs: int
    kana: bool
    run_letters: int


def count_words(text: str) -> Words:
    """Exact up to 150,000 characters, some 25,000 words; a longer text by its beginning."""
    if len(text) <= _COUNTED:
        return _count(text)
    words, times = _count(text[:_COUNTED]), len(text) / _COUNTED
    return Words(
        spaced=round(words.spaced * times),
        letters=words.letters * times,
        signs=round(words.signs * times),
        kana=words.kana,
        run_letters=round(words.run_letters * times),
    )


def _count(text: str) -> Words:
    chunks = text.split()
    foreign = [chunk for chunk in chunks if not chunk.isascii()]
    plain = " ".join(filter(str.isascii, chunks))
    counts = [_count_plain(plain), *(_FOREIGN[chunk] for chunk in foreign)]
    spaced, letters, signs, kana, run_letters = zip(*counts, strict=True)
    return Words(sum(spaced), sum(letters), sum(signs), any(kana), sum(run_letters))


def _count_plain(text: str) -> Words:
    """Of ASCII alone, where every letter is part of a word: most of many texts, told faster."""
    letters = len(text.translate(_NO_LETTERS))
    return Words(len(_PLAIN_WORD.findall(text)), letters, 0, kana=False, run_letters=0)


def _count_foreign(chunk: str) -> Words:
    found = _WORD.findall(chunk)
    joined = "".join(found)
    syllables = len(_HANGUL.findall(joined))
    letters = sum(map(str.isalnum, joined)) + syllables * (_LETTERS_OF_SYLLABLE - 1)
    return Words(
        spaced=len(found),
        letters=letters,
        signs=len(_SIGN.findall(chunk)),
        kana=_KANA.search(chunk) is not None,
        run_letters=len(_RUN_LETTER.findall(chunk)),
    )


_FOREIGN: Final = Remembered(_count_foreign, _REMEMBERED)
