"""Words of a text as search terms: tantivy is given finished ones, separated by spaces.

A text is read as *tokens*. Each has a folded spelling (`exact`) and, where its language has a
stemmer, a stem that is marked with the language, so that words of two languages are never mixed up.
Terms are stored: a change here, or of the stemmers, changes `ANALYSIS_VERSION`.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from itertools import groupby, pairwise
from typing import Final, NamedTuple

import Stemmer

from services.search.domain.folding import JOINERS, fold

MAX_TERM: Final = 100
ANALYSIS_VERSION: Final = f"2-snowball-{Stemmer.version()}"

# Algorithms by primary language subtag; without any of these, words stay as they are.
_ALGORITHMS: Final = """
    ar:arabic ca:catalan da:danish de:german el:greek en:english es:spanish et:estonian eu:basque
    fi:finnish fr:french ga:irish hi:hindi hu:hungarian hy:armenian id:indonesian it:italian
    lt:lithuanian nb:norwegian ne:nepali nl:dutch nn:norwegian no:norwegian pt:portuguese
    ro:romanian ru:russian sr:serbian sv:swedish ta:tamil tr:turkish yi:yiddish
"""
_STEMMERS: Final = dict(pair.split(":") for pair in _ALGORITHMS.split())
_REMEMBERED: Final = 100_000
"""Words whose stems are remembered, over all languages; readers can push none out for long."""


def _mark_ranges() -> str:
    """Combining marks as ranges of a character class: without them NFD and Hindi words break.

    Beyond the basic plane a class is searched range by range, for every character of every text:
    there, the blocks of Indic scripts stand for their marks, and Adlam has its own.
    """
    marks = [c for c in range(0x300, 0x10000) if unicodedata.category(chr(c)) in {"Mn", "Mc"}]
    runs = [list(run) for _, run in groupby(enumerate(marks), lambda at: at[1] - at[0])]
    basic = "".join(f"{chr(run[0][1])}-{chr(run[-1][1])}" for run in runs)
    return basic + "\U00011000-\U00011fff\U0001e944-\U0001e94a"


# A zero-width non-joiner parts words, as a space would; the other joiners stand inside them.
_INNER_JOINERS: Final = JOINERS.replace(r"\u200b-\u200d", r"\u200b\u200d")
_NAMES: Final = r"[A-Za-z](?:\+\+|#)(?![\w+#])"
"""C++, C#, F#: letters with signs that are names."""
_SIGNS: Final = {"+": "plus", "#": "sharp"}


def _word_pattern(letter: str, character: str) -> re.Pattern[str]:
    """U.S., O'Neill and 3.5 are one word each; possessive quantifiers keep it linear."""
    acronym = rf"{letter}(?:\.{letter}(?!{character}))++(?:\.(?=['\u2019]))?+"
    inner = rf"['\u2019]{character}++|(?<=\d)[.,]\d++"
    return re.compile(rf"{_NAMES}|(?:{acronym}|{character}++)(?:{inner})*+")


_MARKED = f"{_mark_ranges()}{_INNER_JOINERS}"
_INSIDE = rf"\w{_MARKED}"
_ASCII_WORD = _word_pattern("[A-Za-z]", "[A-Za-z0-9]")
_ANY_WORD = _word_pattern(rf"[^\W\d_][{_MARKED}]*+", rf"(?:[^\W_]|[{_MARKED}])")
_NO_TERM = re.compile(rf"[^{_INSIDE}',.]|_")
_PART: Final = re.compile("[^'\u2019]+")
# Scripts that write words without spaces, or join particles to them (Hangul): pairs of characters.
_UNSPACED_RANGES: Final = (
    r"\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u3005-\u3007\u3040-\u30ff"
    r"\u3105-\u318f\u31a0-\u31bf\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af"
    r"\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff"
)
_UNSPACED: Final = re.compile(f"[{_UNSPACED_RANGES}]+")
# A letter with what stands on it: combining marks, half-width voiced marks, the parts of a Hangul
# syllable.
_UNIT: Final = re.compile(
    r"(?:[\u1100-\u115f][\u1160-\u11a7]?[\u11a8-\u11ff]?|.)"
    rf"[{_MARKED}\uff9e\uff9f\ufe00-\ufe0f]*",
    re.DOTALL,
)
_JOINTS: Final = "-.'\u2019\u2010\u2011\u2013/&+_\u200c\u00b7,"
_GROUP_SPACES: Final = " \u00a0\u202f"
_JOINT: Final = re.compile(rf"[{re.escape(_JOINTS)}]")
_GROUPED: Final = re.compile(r"(?<![\d.,])\d{1,3}(?:[.,'\u2019 \u00a0\u202f]\d{3})+(?![\d])")
_GROUP_SIGNS: Final = re.compile(r"\D")
_NASALS: Final = re.compile("[\u0919\u091e\u0923\u0928\u092e]\u094d(?=[\u0915-\u0939])")
_LETTERS: Final = str.maketrans(
    # Yeh and kaf as keyboards of Arabic, Persian and Urdu write them, alef with and without hamza.
    {"\u06cc": "\u064a", "\u0649": "\u064a", "\u06a9": "\u0643", "\u06c1": "\u0647"}
    | dict.fromkeys("\u0622\u0623\u0625\u0671", "\u0627")
    # Nukta; candrabindu as anusvara.
    | {"\u093c": "", "\u0901": "\u0902"}
)


class Token(NamedTuple):
    """A term of a text with the characters it stands for, `start <= at < end`.

    Pairs of one unspaced stretch overlap.
    """

    exact: str
    start: int
    end: int


def spell(word: str) -> str:
    """The one spelling of a word, whatever its case, accents, width and keyboard."""
    folded = fold(word)
    if folded.isascii():
        return folded
    return _NASALS.sub("\u0902", folded.translate(_LETTERS))


def tokens(text: str) -> Iterator[Token]:
    """The tokens of a text, in order."""
    pattern = _ASCII_WORD if text.isascii() else _ANY_WORD
    for found in pattern.finditer(text):
        yield from _cut(found[0], found.start())


def exact_terms(text: str) -> list[str]:
    """The folded terms of a text, in order."""
    return [token.exact for token in tokens(text)]


def stem(term: str, language: str) -> str | None:
    """The stem of a folded term in a language (primary subtag); None where it has none."""
    if language not in _STEMMERS or unspaced(term):
        return None
    return _stem(term, language)


def stems(terms: list[str], language: str) -> list[str]:
    """Each term as its stem, or as it is where it has none."""
    return [stem(term, language) or term for term in terms]


def unspaced(term: str) -> bool:
    """Whether the term is cut from a script without spaces, so it is no whole word."""
    return _UNSPACED.match(term) is not None


def characters(text: str) -> list[str]:
    """The distinct characters of unspaced stretches: a question of one character is asked here."""
    found = (spell(unit) for run in _UNSPACED.findall(text) for unit in _UNIT.findall(run))
    return list(dict.fromkeys(found))


def joined_terms(text: str) -> list[str]:
    """Words with a joint inside, without it: Covid-19 as covid19, 1,000 as 1000; each once."""
    found = list(tokens(text))
    joined: dict[str, None] = {}
    for first, second in pairwise(found):
        if is_joint(text, first, second):
            joined[(first.exact + second.exact)[:MAX_TERM]] = None
    for chain in _chains(text, found):
        joined[chain[:MAX_TERM]] = None
    joined |= dict.fromkeys(bare for one in found if (bare := solid(one.exact)) != one.exact)
    joined |= dict.fromkeys(_GROUP_SIGNS.sub("", one) for one in _GROUPED.findall(text))
    return list(joined)


def solid(text: str) -> str:
    """What was typed without its joints, folded: ph.d. as phd, wi-fi as wifi."""
    return spell(_JOINT.sub("", text)).replace("'", "")[:MAX_TERM]


def primary(language: str | None) -> str:
    """The language whose rules apply: "en-GB" is "en"."""
    return (language or "und").partition("-")[0].lower()


def is_joint(text: str, first: Token, second: Token) -> bool:
    """Whether a single sign joins two tokens, or a space the groups of one number."""
    between = text[first.end : second.start]
    grouped = between in _GROUP_SPACES and first.exact.isdigit() and second.exact.isdigit()
    return len(between) == 1 and (between in _JOINTS or grouped) and not unspaced(first.exact)


def _chains(text: str, found: list[Token]) -> Iterator[str]:
    """Three tokens and more in a row with joints between: father-in-law."""
    chain: list[str] = []
    for first, second in pairwise(found):
        if is_joint(text, first, second):
            chain = chain or [first.exact]
            chain.append(second.exact)
            continue
        if len(chain) > 2:  # noqa: PLR2004 - pairs are told already.
            yield "".join(chain)
        chain = []
    if len(chain) > 2:  # noqa: PLR2004
        yield "".join(chain)


def _cut(word: str, start: int) -> Iterator[Token]:
    """The tokens of one word: itself, or the pairs of its unspaced stretches."""
    at = 0
    for stretch in _UNSPACED.finditer(word):
        yield from _spaced(word[at : stretch.start()], start + at)
        yield from _pairs(stretch[0], start + stretch.start())
        at = stretch.end()
    yield from _spaced(word[at:], start + at)


def _spaced(piece: str, start: int) -> Iterator[Token]:
    if piece[-1:] in _SIGNS:
        name = piece[0].lower() + "".join(map(_SIGNS.__getitem__, piece[1:]))
        yield Token(name, start, start + len(piece))
        return
    parts = list(_PART.finditer(piece))
    # The possessive is an ending; before other apostrophes a word ends, as in l'été.
    kept = parts[:-1] if len(parts) > 1 and parts[-1][0] in "sS" else parts
    for part in kept:
        end = start + (len(piece) if part is kept[-1] and kept is not parts else part.end())
        # Compatibility forms may bring signs and spaces: U+FDFA is four words, U+2474 has brackets.
        for bare in _NO_TERM.sub(" ", spell(part[0])).split():
            term = bare.strip("',.")
            exact = term if term[:1].isdigit() else term.replace(".", "").replace(",", "")
            if exact:
                yield Token(exact[:MAX_TERM], start + part.start(), end)


def _pairs(stretch: str, start: int) -> Iterator[Token]:
    units = [(spell(found[0]), found.start(), found.end()) for found in _UNIT.finditer(stretch)]
    units = [unit for unit in units if unit[0]]
    if len(units) == 1:
        ((text, low, high),) = units
        yield Token(text, start + low, start + high)
    for (first, low, _), (second, _, high) in pairwise(units):
        yield Token(first + second, start + low, start + high)


_one_at_a_time: Final = threading.Lock()  # Stemmers are not thread-safe.


@lru_cache(maxsize=_REMEMBERED)
def _stem(term: str, language: str) -> str:
    if term[:1].isdigit():
        return f"{language}~{term}"
    with _one_at_a_time:
        return f"{language}~{_stemmer(language).stemWord(term) or term}"


@lru_cache
def _stemmer(language: str) -> Stemmer.Stemmer:
    # Our own cache bounds what is remembered: the stemmer's is switched off.
    return Stemmer.Stemmer(_STEMMERS[language], 0)
