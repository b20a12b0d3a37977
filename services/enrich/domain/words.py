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
# Letters that a character stands for beyond the one it is, so that words of all scripts compare.
_MORE_LETTERS: Final = {
    # A Hangul syllable has two or three letters; an Ethiopic one a consonant and its vowel, but for
    # two in five, as counted in news, which have no vowel.
    regex.compile(r"[\uac00-\ud7a3]"): 1.5,
    regex.compile(r"\p{Ethiopic}"): 0.6,
    # Short vowels are not written: IReST (see `read_time`) found 612 letters a minute read of
    # Arabic and 833 of Hebrew, where 987 were of English.
    regex.compile(r"[\p{Arabic}&&\p{L}]", regex.VERSION1): 987 / 612 - 1,
    regex.compile(r"[\p{Hebrew}&&\p{L}]", regex.VERSION1): 987 / 833 - 1,
    # Vowels of Indian scripts and their kin are marks: no letters to the eye of Unicode, but to
    # that of a reader.
    regex.compile(r"[\p{InSC=Vowel_Dependent}&&\p{M}]", regex.VERSION1): 1.0,
}
_ANY_MORE: Final = regex.compile("|".join(each.pattern for each in _MORE_LETTERS), regex.VERSION1)
_NO_LETTERS: Final = {code: None for code in range(128) if not chr(code).isalnum()}
_COUNTED: Final = 150_000
_REMEMBERED: Final = 50_000


class Words(NamedTuple):
    """What there is to read.

    Attributes:
        spaced: words between spaces, hyphenated ones and "3.5" as one.
        letters: of these words, punctuation left out; what their characters stand for.
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
    letters = float(sum(map(str.isalnum, joined)))
    if _ANY_MORE.search(joined):
        letters += sum(len(each.findall(joined)) * more for each, more in _MORE_LETTERS.items())
    return Words(
        spaced=len(found),
        letters=letters,
        signs=len(_SIGN.findall(chunk)),
        kana=_KANA.search(chunk) is not None,
        run_letters=len(_RUN_LETTER.findall(chunk)),
    )


_FOREIGN: Final = Remembered(_count_foreign, _REMEMBERED)
