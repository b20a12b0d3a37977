from collections.abc import Iterator
from dataclasses import dataclass

import regex

from services.enrich.domain.tags.grammar import ABBREVIATIONS

_MARKS = r"\p{M}\u200c\u200d"
_INNER = r"-‐‑&'’‘ʼ"
_SPACED = regex.compile(
    rf"((?:\p{{L}}\.){{2,}}"
    rf"|\p{{N}}+(?:[.,:]\p{{N}}+)*%?(?:[-‐‑]?[\p{{L}}\p{{N}}{_MARKS}]+)*"
    rf"|\p{{L}}[\p{{L}}\p{{N}}{_MARKS}]*(?:[{_INNER}][\p{{L}}\p{{N}}][\p{{L}}\p{{N}}{_MARKS}]*)*)"
    r"|(\n+|[\p{P}\p{S}])"
)
_ELIDED = regex.compile(
    r"(?:l|d|j|n|s|c|m|t|qu|jusqu|lorsqu|puisqu|quelqu|dell|nell|sull|all|un|dall|sant|quest)'.",
    regex.IGNORECASE,
)
_APOSTROPHES = str.maketrans("’‘ʼ", "'''")
POSSESSIVE = "'s"
_MARK = 2  # The group of `_SPACED` that holds no word.


@dataclass(frozen=True, slots=True)
class Spelling:
    """How a language's words are told apart."""

    elides: bool = False  # French "l'Europe" is two words.
    possessive: bool = False  # English "Europe's" is Europe.
    suffixes_after_apostrophe: bool = False  # Turkish "Avrupa'da" is Avrupa.
    dotless_i: bool = False  # Turkish "I" is the capital of "ı".
    unspaced: regex.Pattern[str] | None = None  # Where words are not written apart.

    def lower(self, word: str) -> str:
        if self.dotless_i:
            word = word.replace("İ", "i").replace("I", "ı")
        return word.lower()


# Surface, lower case, whether it is a word, begin, end. Plain, because there are many.
_Token = tuple[str, str, bool, int, int]


@dataclass(frozen=True, slots=True)
class Tokens:
    """Columns of the tokens of a text; line breaks stand before the first and after the last."""

    text: str
    surface: tuple[str, ...]
    lower: tuple[str, ...]
    is_word: tuple[bool, ...]
    begin: tuple[int, ...]
    end: tuple[int, ...]
    title_end: int  # The token after the last one of the title.

    def __len__(self) -> int:
        return len(self.surface)

    def slice(self, first: int, last: int) -> str:
        return " ".join(self.text[self.begin[first] : self.end[last]].split())


def tokenise(title: str, rest: str, spelling: Spelling) -> Tokens:
    text = f"\n{title}\n{rest}\n"
    title_break = 1 + len(title)
    rows = [_line_break(0), *_tokens(text, 1, title_break, spelling)]
    title_end = len(rows)
    rows.append(_line_break(title_break))
    rows += _tokens(text, title_break + 1, len(text) - 1, spelling)
    rows.append(_line_break(len(text) - 1))
    surface, lower, is_word, begin, end = zip(*rows, strict=True)
    return Tokens(text, surface, lower, is_word, begin, end, title_end)


def words_of(text: str, spelling: Spelling) -> Iterator[str]:
    """The words of a short text in lower case."""
    tokens = _tokens(text, 0, len(text), spelling)
    return (lower for _, lower, is_word, _, _ in tokens if is_word)


def _line_break(begin: int) -> _Token:
    return "\n", "\n", False, begin, begin + 1


def _tokens(text: str, begin: int, end: int, spelling: Spelling) -> list[_Token]:
    if spelling.unspaced is not None:
        return [
            (match[0], match[0].lower(), match.lastindex == 1, *match.span())
            for match in spelling.unspaced.finditer(text, begin, end)
        ]
    tokens: list[_Token] = []
    lowered = spelling.lower if spelling.dotless_i else str.lower
    for match in _SPACED.finditer(text, begin, end):
        word = match[0]
        first, last = match.span()
        if word.isalpha():
            tokens.append((word, lowered(word), True, first, last))
        elif match.lastindex != _MARK:
            tokens += _parts(word, lowered(word).translate(_APOSTROPHES), first, spelling)
        elif word != "." or not (tokens and _is_abbreviated(tokens[-1])):
            tokens.append((word[0], word[0], False, first, first + 1))
    return tokens


def _is_abbreviated(last: _Token) -> bool:
    surface, lower, is_word, _, _ = last
    return is_word and (lower in ABBREVIATIONS or (len(surface) == 1 and surface.isupper()))


def _parts(word: str, lower: str, begin: int, spelling: Spelling) -> Iterator[_Token]:
    """What stands on either side of an apostrophe, where the language parts it there."""
    end, cut = begin + len(word), 0
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
        yield word, lower, True, begin, end
        return
    yield word[:cut], lower[:cut], True, begin, begin + cut
    yield word[cut:], lower[cut:] if elided else POSSESSIVE, elided, begin + cut, end
