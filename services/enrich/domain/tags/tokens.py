from collections.abc import Iterator
from dataclasses import dataclass, field

import regex

from services.enrich.domain.tags.grammar import ABBREVIATIONS

_MARKS = r"\p{M}\u200c\u200d"
_INNER = r"-‐‑&'’‘ʼ"  # noqa: RUF001 - these hyphens and apostrophes are meant.
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
_APOSTROPHES = str.maketrans("’‘ʼ", "'''")  # noqa: RUF001 - typographic apostrophes are meant.
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


@dataclass(slots=True)
class Tokens:
    """Columns of the tokens of a text; line breaks stand before the first and after the last."""

    text: str = ""
    surface: list[str] = field(default_factory=list)
    lower: list[str] = field(default_factory=list)
    is_word: list[bool] = field(default_factory=list)
    begin: list[int] = field(default_factory=list)
    end: list[int] = field(default_factory=list)
    title_end: int = 0  # The token after the last one of the title.

    def __len__(self) -> int:
        return len(self.surface)

    def add(self, surface: str, lower: str, begin: int, *, is_word: bool = True) -> None:
        self.surface.append(surface)
        self.lower.append(lower)
        self.is_word.append(is_word)
        self.begin.append(begin)
        self.end.append(begin + len(surface))

    def slice(self, first: int, last: int) -> str:
        return " ".join(self.text[self.begin[first] : self.end[last]].split())


def tokenise(title: str, rest: str, spelling: Spelling) -> Tokens:
    tokens = Tokens(f"\n{title}\n{rest}\n")
    tokens.add("\n", "\n", 0, is_word=False)
    _add_tokens(tokens, title, 1, spelling)
    tokens.title_end = len(tokens)
    tokens.add("\n", "\n", 1 + len(title), is_word=False)
    _add_tokens(tokens, rest, 2 + len(title), spelling)
    tokens.add("\n", "\n", len(tokens.text) - 1, is_word=False)
    return tokens


def words_of(text: str, spelling: Spelling) -> Iterator[str]:
    """The words of a short text in lower case."""
    tokens = tokenise(text, "", spelling)
    return (word for word, is_word in zip(tokens.lower, tokens.is_word, strict=True) if is_word)


def _add_tokens(tokens: Tokens, text: str, offset: int, spelling: Spelling) -> None:
    if spelling.unspaced is not None:
        for match in spelling.unspaced.finditer(text):
            word = match.group()
            tokens.add(word, word.lower(), match.start() + offset, is_word=match.lastindex == 1)
        return
    add = tokens.add
    lowered = spelling.lower if spelling.dotless_i else str.lower
    for match in _SPACED.finditer(text):
        word = match[0]
        begin = match.start() + offset
        if match.lastindex == _MARK:
            if word != "." or not _is_abbreviated(tokens):
                add(word[0], word[0], begin, is_word=False)
            continue
        lower = lowered(word)
        if not word.isalpha():
            lower = lower.translate(_APOSTROPHES)
            # Lower case may be longer than what it is made from; then no part is cut off.
            if "'" in lower and len(lower) == len(word):
                word, lower, begin = _cut(tokens, word, lower, begin, spelling)
        if word:
            add(word, lower, begin)


def _is_abbreviated(tokens: Tokens) -> bool:
    if not tokens.is_word[-1]:
        return False
    last = tokens.surface[-1]
    return tokens.lower[-1] in ABBREVIATIONS or (len(last) == 1 and last.isupper())


def _cut(
    tokens: Tokens, word: str, lower: str, begin: int, spelling: Spelling
) -> tuple[str, str, int]:
    """Adds what stands apart at the apostrophe; returns what is still to be added."""
    apostrophe = lower.index("'")
    if spelling.elides and _ELIDED.match(lower):
        cut = apostrophe + 1
        tokens.add(word[:cut], lower[:cut], begin)
        return word[cut:], lower[cut:], begin + cut
    if spelling.possessive and lower.endswith(POSSESSIVE):
        cut = len(word) - len(POSSESSIVE)
    elif spelling.suffixes_after_apostrophe and apostrophe > 1:
        cut = apostrophe
    else:
        return word, lower, begin
    tokens.add(word[:cut], lower[:cut], begin)
    tokens.add(word[cut:], POSSESSIVE, begin + cut, is_word=False)
    return "", "", begin
