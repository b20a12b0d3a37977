"""Words of a text as search terms: the one analysis, of articles and questions, for every engine.

Engines are given finished terms, separated by spaces; so both rank and match alike. Terms are
stored: a change here, or of the stemmers, changes `ANALYSIS_VERSION`, and the index is rebuilt.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Callable, Iterator, Set as AbstractSet
from functools import cache
from itertools import groupby
from typing import ClassVar, Final, NamedTuple

import Stemmer

from shared.normalising import normalised

GAP: Final = "¶"
"""Stands between fields, and round whole titles: no word is folded to it, no phrase spans it."""

UNSTEMMED: Final = "zxx"
"""In place of a language: folded words as they are (ISO 639: "no linguistic content")."""

MAX_TERM: Final = 100
MAX_REMEMBERED = 200_000
"""Words of all languages together whose terms are remembered, none of them longer than this:"""
MAX_REMEMBERED_WORD: Final = 40
ANALYSIS_VERSION: Final = f"1-snowball-{Stemmer.version()}"

# Algorithms by primary language subtag; without any of these, words stay as they are.
_ALGORITHMS: Final = """
    ar:arabic ca:catalan da:danish de:german el:greek en:english es:spanish et:estonian eu:basque
    fi:finnish fr:french ga:irish hi:hindi hu:hungarian hy:armenian id:indonesian it:italian
    lt:lithuanian nb:norwegian ne:nepali nl:dutch nn:norwegian no:norwegian pt:portuguese
    ro:romanian ru:russian sr:serbian sv:swedish ta:tamil tr:turkish yi:yiddish
"""
_STEMMERS: Final = dict(pair.split(":") for pair in _ALGORITHMS.split())


def has_stemmer(language: str) -> bool:
    """Whether words of this language (its primary subtag) are cut to their stems."""
    return language in _STEMMERS


_ELISIONS: Final = {
    "ca": re.compile(r"^[ldnmst]'(?=.)"),
    "fr": re.compile(r"^(?:[ldjmtsnc]|qu|jusqu|lorsqu|puisqu|quoiqu)'(?=.)"),
    "it": re.compile(r"^(?:[ldc]|un|all|dall|dell|nell|sull|coll|gl|quell|quest|sant|bell)'(?=.)"),
}


def _mark_ranges() -> str:
    """Combining marks as ranges of a character class: without them NFD and Hindi words break.

    Beyond the basic plane a class is searched range by range, for every character of every text:
    there, the blocks of Indic scripts stand for their marks, and Adlam has its own.
    """
    marks = [c for c in range(0x300, 0x10000) if unicodedata.category(chr(c)) in {"Mn", "Mc"}]
    runs = [list(run) for _, run in groupby(enumerate(marks), lambda at: at[1] - at[0])]
    basic = "".join(f"{chr(run[0][1])}-{chr(run[-1][1])}" for run in runs)
    return basic + "\U00011000-\U00011fff\U0001e944-\U0001e94a"


# Soft hyphen and joiners stand inside words; folding drops them.
_JOINERS: Final = r"\u00ad\u200c\u200d\u2060"


def _word_pattern(letter: str, character: str) -> re.Pattern[str]:
    """U.S., O'Neill and 3.5 are one word each; possessive quantifiers keep it linear."""
    acronym = rf"{letter}(?:\.{letter}(?!{character}))++(?:\.(?=['\u2019]))?+"
    inner = rf"['\u2019]{character}++|(?<=\d)[.,]\d++"
    return re.compile(rf"(?:{acronym}|{character}++)(?:{inner})*+")


_MARKED = f"{_mark_ranges()}{_JOINERS}"
_INSIDE = rf"\w{_MARKED}"
_ASCII_WORD = _word_pattern("[A-Za-z]", "[A-Za-z0-9]")
_ANY_WORD = _word_pattern(rf"[^\W\d][{_MARKED}]*+", f"[{_INSIDE}]")
_NO_TERM = re.compile(rf"[^{_INSIDE}',.]|_")
# Latin and Greek, Hebrew, Arabic marks and tatweel; not the breve of й, a letter of its own.
_MARKS = re.compile(
    r"[\u0300-\u0305\u0307-\u036f\u0591-\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670"
    rf"{_JOINERS}\ufe00-\ufe0f]|(?<!и)\u0306"
)
_LETTERS = str.maketrans(
    {"ə": "a", "\u0131": "i", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th"}
    | {"æ": "ae", "œ": "oe", "ß": "ss", "\u2019": "'"}
)
# Scripts that write words without spaces, or join particles to them (Hangul): pairs of characters.
_UNSPACED = re.compile(
    r"[\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u3005-\u3007\u3040-\u30ff"
    r"\u3105-\u318f\u31a0-\u31bf\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af"
    r"\uf900-\ufaff\U00020000-\U0003ffff]+"
)


class Span(NamedTuple):
    """A term with the characters of the text it stands for, `start <= at < end`."""

    term: str
    start: int
    end: int


def fold(word: str) -> str:
    """One spelling for letters with and without case, accents, width: "Erdoğan" is "erdogan"."""
    if word.isascii():
        return word.lower()
    bare = normalised("NFKC", word).casefold()
    bare = _MARKS.sub("", unicodedata.normalize("NFD", bare))
    return unicodedata.normalize("NFC", bare).translate(_LETTERS)


def terms(text: str, language: str | None) -> list[str]:
    """The terms of a text in its language (BCP 47), in order; of an unknown one as English."""
    return " ".join(map(_lexicon(_primary(language)).__getitem__, _words(text))).split()


def spans(
    text: str, language: str | None, wanted: AbstractSet[str] | None = None
) -> Iterator[Span]:
    """The same terms as `terms`, or the wanted of them, with their places in the text.

    The pairs of one unspaced word overlap.
    """
    known = _lexicon(_primary(language))
    words = _words(text)
    kept = {word for word in set(words) if _holds(known[word].split(), wanted)}
    at = 0
    for word in words:
        # Between two words there is nothing that a word could begin with: the first is it.
        at = text.find(word, at)
        if word in kept:
            placed = _placed(word, known[word].split(), at)
            yield from (span for span in placed if wanted is None or span.term in wanted)
        at += len(word)


def unspaced(term: str) -> bool:
    """Whether the term is cut from a script without spaces, so it is no whole word."""
    return _UNSPACED.match(term) is not None


def _pattern(text: str) -> re.Pattern[str]:
    return _ASCII_WORD if text.isascii() else _ANY_WORD


def _words(text: str) -> list[str]:
    return _pattern(text).findall(text.replace("_", " "))


def _primary(language: str | None) -> str:
    """The language whose rules apply: "en-GB" is "en", unknown ones are "en".

    All without a stemmer are one: a reader may ask for any language, and each has its own table.
    """
    primary = (language or "en").partition("-")[0].lower()
    if primary in {"", "und", "mul"}:
        return "en"
    return primary if primary in _STEMMERS else UNSTEMMED


class _Lexicon(dict[str, str]):
    """Seen words and their terms, separated by spaces: looking up is what makes analysis fast.

    Readers' words are among them: all tables together are bounded, and long words are not kept.
    """

    _kept = 0
    _all: ClassVar[list[_Lexicon]] = []

    def __init__(self, language: str) -> None:
        super().__init__()
        self._all.append(self)
        self._elision = _ELISIONS.get(language)
        # Our dictionary is the cache: the stemmer's own is switched off.
        self._stemmer = Stemmer.Stemmer(_STEMMERS[language], 0) if language in _STEMMERS else None
        self._one_at_a_time = threading.Lock()  # Stemmers are not thread-safe.

    def __missing__(self, word: str) -> str:
        found = " ".join(_cut(fold(word), self._term))
        if len(word) <= MAX_REMEMBERED_WORD:
            self._keep(word, found)
        return found

    def _keep(self, word: str, found: str) -> None:
        # Two threads may count one word once, which does no harm.
        if _Lexicon._kept >= MAX_REMEMBERED:
            _Lexicon._kept = 0
            for lexicon in self._all:
                lexicon.clear()
        _Lexicon._kept += 1
        self[word] = found

    def _term(self, piece: str) -> str:
        bare = self._elision.sub("", piece) if self._elision else piece
        bare = (bare.removesuffix("'s").replace("'", "") or piece)[:MAX_TERM]
        if bare[:1].isdigit():
            return bare
        bare = bare.replace(".", "").replace(",", "")
        if self._stemmer is None:
            return bare
        with self._one_at_a_time:
            return str(self._stemmer.stemWord(bare)) or bare


@cache
def _lexicon(language: str) -> _Lexicon:
    return _Lexicon(language)


def _cut(folded: str, finish: Callable[[str], str]) -> Iterator[str]:
    """The terms of one word: itself, finished, or the pairs of its unspaced stretches."""
    # Compatibility forms may bring signs and spaces: U+FDFA is four words, U+2474 has brackets.
    clean = _NO_TERM.sub("", folded)
    at = 0
    for stretch in _UNSPACED.finditer(clean):
        yield from map(finish, _spaced(clean[at : stretch.start()]))
        yield from _pairs(stretch[0])
        at = stretch.end()
    yield from map(finish, _spaced(clean[at:]))


def _spaced(piece: str) -> list[str]:
    bare = piece.strip("',.")
    return [bare] if bare else []


def _pairs(stretch: str) -> list[str]:
    return [stretch[at : at + 2] for at in range(max(1, len(stretch) - 1))]


def _holds(found: list[str], wanted: AbstractSet[str] | None) -> bool:
    return bool(found) if wanted is None else not wanted.isdisjoint(found)


def _placed(word: str, found: list[str], start: int) -> Iterator[Span]:
    """Places of a word's terms; a pair's are exact where folding kept the characters apart."""
    if len(found) == 1:
        yield Span(found[0], start, start + len(word))
        return
    origins = [at for at, character in enumerate(word) for _ in fold(character)]
    if len(origins) == len(found) + 1 and all(map(unspaced, found)):
        for term, first, last in zip(found, origins, origins[1:], strict=False):
            yield Span(term, start + first, start + last + 1)
    else:
        yield from (Span(term, start, start + len(word)) for term in found)
