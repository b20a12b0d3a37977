"""The tokens of a text: its words and signs, remembered by what stands between two spaces."""

import string
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, pairwise
from typing import NamedTuple

import regex

from services.enrich.domain.chunks import Remembered
from services.enrich.domain.snowball import Stem
from services.enrich.domain.tags.grammar import ABBREVIATIONS
from services.enrich.domain.tags.lone_words import NO_WORD, SENTENCE_END, LoneWords

_MARKS = r"\p{M}\u200c\u200d"
_INNER = r"-‐‑&'’‘ʼ"
_SPACED = regex.compile(
    rf"((?:\p{{L}}\.){{2,}}"
    rf"|\p{{N}}+(?:[.,:]\p{{N}}+)*%?(?:[-‐‑]?[\p{{L}}\p{{N}}{_MARKS}]+)*"
    rf"|\p{{L}}[\p{{L}}\p{{N}}{_MARKS}]*(?:[{_INNER}][\p{{L}}\p{{N}}][\p{{L}}\p{{N}}{_MARKS}]*)*)"
    r"|([\p{P}\p{S}])"
)
_ELIDED = regex.compile(
    r"(?:l|d|j|n|s|c|m|t|qu|jusqu|lorsqu|puisqu|quelqu|dell|nell|sull|all|un|dall|sant|quest)'.",
    regex.IGNORECASE,
)
# Of a name, those behind an apostrophe that elides: "D'Alma", but "Anna's".
_FIRST_LETTERS = regex.compile(r"^\p{L}|(?<=^\p{L}['’])\p{L}(?=\p{L}{2})")
# None of them is part of a word that ends or begins beside it.
_SIGNS = string.punctuation + "“”„‘’«»–—…"
_SENTENCE_ENDS = frozenset('.!?\n:"“„«—–•*|')
_APOSTROPHES = str.maketrans("’‘ʼ", "'''")
POSSESSIVE = "'s"
_WORD = 1  # The group of a pattern that holds a word.
_REMEMBERED = 40_000
_REMEMBERED_SIGNS = 1_000

SMALL, CAPITALISED, ALL_CAPITALS = range(3)


@dataclass(frozen=True, slots=True)
class Spelling:
    """How a language's words are told apart."""

    elides: bool = False  # French "l'Europe" is two words.
    possessive: bool = False  # English "Europe's" is Europe.
    suffixes_after_apostrophe: bool = False  # Turkish "Avrupa'da" is Avrupa.
    dotless_i: bool = False  # Turkish "I" is the capital of "ı".
    ij_is_one_letter: bool = False  # Dutch "IJmuiden" begins with one.
    unspaced: regex.Pattern[str] | None = None  # Where words are not written apart.

    def lower(self, word: str) -> str:
        if self.dotless_i:
            word = word.replace("İ", "i").replace("I", "ı")
        return word.lower()

    def capitalise(self, word: str) -> str:
        """A word in small letters as a name: "İstanbul", "IJmuiden", "O'Neill"."""
        if self.dotless_i and word.startswith("i"):
            return f"İ{word[1:]}"
        if self.ij_is_one_letter and word.startswith("ij"):
            return f"IJ{word[2:]}"
        return _FIRST_LETTERS.sub(lambda first: first[0].title(), word)


# Surface, lower case, whether it is a word, and where it begins.
_Piece = tuple[str, str, bool, int]


class Token(NamedTuple):
    """A word or a sign.

    Attributes:
        stem: "" of what is no word.
        alone: the class that it has by itself.
        capital: SMALL, CAPITALISED or ALL_CAPITALS.
        gap: what the text has after it, up to the next token.
    """

    surface: str
    lower: str
    is_word: bool
    is_stop: bool
    stem: str
    alone: str
    capital: int
    gap: str


@lru_cache(_REMEMBERED_SIGNS)
def _no_word(surface: str, lower: str, gap: str) -> Token:
    return Token(
        surface,
        lower,
        is_word=False,
        is_stop=False,
        stem="",
        alone=SENTENCE_END if lower in _SENTENCE_ENDS else NO_WORD,
        capital=SMALL,
        gap=gap,
    )


_LINE_BREAK = _no_word("\n", "\n", "")


@dataclass(frozen=True, slots=True)
class Tokens:
    """Columns of the tokens of a text; line breaks stand before the first and after the last."""

    surface: Sequence[str]
    lower: Sequence[str]
    is_word: Sequence[bool]
    is_stop: Sequence[bool]
    stem: Sequence[str]
    alone: Sequence[str]
    capital: Sequence[int]
    gap: Sequence[str]
    title_end: int  # The token after the last one of the title.

    def __len__(self) -> int:
        return len(self.surface)

    def slice(self, first: int, last: int) -> str:
        between = zip(self.surface[first:last], self.gap[first:last], strict=True)
        text = "".join(chain.from_iterable(between)) + self.surface[last]
        return " ".join(text.split())


class Tokeniser:
    """Reads texts of one language. Most of what stands between spaces has been seen before."""

    def __init__(self, spelling: Spelling, stem: Stem, words: LoneWords) -> None:
        self._spelling = spelling
        self._stem = stem
        self._words = words
        self._chunks = Remembered(self._read_chunk, _REMEMBERED)

    def read(self, title: str, rest: str) -> Tokens:
        tokens = [_LINE_BREAK, *self._tokens(title)]
        title_end = len(tokens)
        tokens += [_LINE_BREAK, *self._tokens(rest), _LINE_BREAK]
        surface, lower, is_word, is_stop, stem, alone, capital, gap = zip(*tokens, strict=True)
        return Tokens(surface, lower, is_word, is_stop, stem, alone, capital, gap, title_end)

    def key_of(self, text: str) -> str:
        """The stems of the words of a short text."""
        return " ".join(word.stem for word in self.words_of(text))

    def words_of(self, text: str) -> Iterator[Token]:
        return (token for token in self._tokens(text) if token.is_word)

    def _tokens(self, text: str) -> list[Token]:
        tokens: list[Token] = []
        of_line = self._spaced if self._spelling.unspaced is None else self._unspaced
        for line in filter(str.strip, text.split("\n")):
            if tokens:
                tokens.append(_LINE_BREAK)
            of_line(line, tokens)
        return tokens

    def _spaced(self, line: str, tokens: list[Token]) -> None:
        for chunk in line.split():
            read = self._chunks[chunk]
            if chunk[0] == "." and tokens and _is_abbreviated(tokens[-1].surface, tokens[-1].lower):
                read = read[len(chunk) - len(chunk.lstrip(".")) :]
            tokens += read

    def _unspaced(self, line: str, tokens: list[Token]) -> None:
        pattern = self._spelling.unspaced
        assert pattern is not None  # noqa: S101  (narrows the type)
        for match in pattern.finditer(line):
            word = match[0]
            is_word = match.lastindex == _WORD
            tokens.append(self._token(word, word.lower(), "", is_word=is_word))

    def _read_chunk(self, chunk: str) -> tuple[Token, ...]:
        # Most are a word of letters alone, or one between signs, and need no pattern.
        if chunk.isalpha():
            return (self._token(chunk, self._spelling.lower(chunk), " ", is_word=True),)
        word = chunk.strip(_SIGNS)
        if word.isalpha() and (read := self._between_signs(*chunk.partition(word))):
            return read
        pieces: list[_Piece] = []
        for match in _SPACED.finditer(chunk):
            word, begin = match[0], match.start()
            if match.lastindex == _WORD:
                lower = self._spelling.lower(word)
                # In a word of letters alone the apostrophe is one of them: Ukrainian "пʼять".
                lower = lower if word.isalpha() else lower.translate(_APOSTROPHES)
                pieces += self._parts(word, lower, begin)
            elif word != "." or not (pieces and _is_abbreviated(*pieces[-1][:2])):
                pieces.append((word, word, False, begin))
        spaced = f"{chunk} "
        places = pairwise([*(begin for *_, begin in pieces), len(spaced)])
        return tuple(
            self._token(surface, lower, spaced[begin + len(surface) : end], is_word=is_word)
            for (surface, lower, is_word, begin), (_, end) in zip(pieces, places, strict=True)
        )

    def _between_signs(self, before: str, word: str, behind: str) -> tuple[Token, ...]:
        """Empty where the dot behind a word may be its own."""
        (alone,) = self._chunks[word]
        if behind[:1] == "." and _is_abbreviated(word, alone.lower):
            return ()
        signs = [_no_word(sign, sign, "") for sign in before + behind]
        tokens = [*signs[: len(before)], alone._replace(gap=""), *signs[len(before) :]]
        tokens[-1] = tokens[-1]._replace(gap=" ")
        return tuple(tokens)

    def _parts(self, word: str, lower: str, begin: int) -> Iterator[_Piece]:
        """What stands on either side of an apostrophe, where the language parts it there."""
        spelling, cut = self._spelling, 0
        apostrophe = lower.find("'")
        # Lower case may be longer than what it is made from; then no place in it is known.
        elided = bool(spelling.elides and apostrophe > 0 and _ELIDED.match(lower))
        if len(lower) == len(word) and apostrophe > 0:
            if elided:
                cut = apostrophe + 1
            elif spelling.possessive and lower.endswith(POSSESSIVE):
                cut = len(lower) - len(POSSESSIVE)
            elif spelling.suffixes_after_apostrophe and apostrophe > 1:
                cut = apostrophe
        if not cut:
            yield word, lower, True, begin
            return
        yield word[:cut], lower[:cut], True, begin
        yield word[cut:], lower[cut:] if elided else POSSESSIVE, elided, begin + cut

    def _token(self, surface: str, lower: str, gap: str, *, is_word: bool) -> Token:
        if not is_word:
            return _no_word(surface, lower, gap)
        return Token(
            surface,
            lower,
            is_word=True,
            is_stop=lower in self._words.stop_words,
            stem=self._stem(lower),
            alone=self._words.class_of(lower, surface),
            capital=SMALL if surface == lower else _capital(surface),
            gap=gap,
        )


def _capital(surface: str) -> int:
    if not surface[0].isupper():
        return SMALL
    return ALL_CAPITALS if len(surface) > 1 and surface.isupper() else CAPITALISED


def _is_abbreviated(surface: str, lower: str) -> bool:
    """Whether a dot behind it is its own."""
    return lower in ABBREVIATIONS or (len(surface) == 1 and surface.isupper())
