"""Marked text as it is shown: as HTML, between tags of the caller's own, or cut to some words."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable, Sequence
from itertools import takewhile
from typing import Final

from services.search.domain.articles import MarkedText
from services.search.domain.folding import fold
from services.search.domain.question import Word

_WORD: Final = re.compile(r"\S+")
_LETTERS: Final = re.compile(r"[^\W_]+")
_BEFORE: Final = 4
"""Of an excerpt, one word in so many stands before the first mark."""
_LONGEST_ENDING: Final = 3
"""Letters in which two forms of one word may differ at their ends."""


def marked_html(text: MarkedText) -> str:
    """The text as HTML, its marks as `<mark>`; all else is escaped."""
    return between(text, ("<mark>", "</mark>"), escape=html.escape)


def between(text: MarkedText, tags: tuple[str, str], *, escape: Callable[[str], str] = str) -> str:
    """The text with its marks between two tags; pieces are escaped, tags are not."""
    before, after = tags
    return "".join(
        f"{before}{escape(piece)}{after}" if at % 2 else escape(piece)
        for at, piece in enumerate(text.pieces)
    )


def excerpt(text: MarkedText, words: int, ellipsis: str) -> MarkedText:
    """About so many words round the first mark; the beginning without any."""
    plain = text.plain
    places = [found.span() for found in _WORD.finditer(plain)]
    if len(places) <= words:
        return text
    at = len(text.pieces[0]) if len(text.pieces) > 1 else 0
    nearest = max((n for n, (start, _) in enumerate(places) if start <= at), default=0)
    first = min(max(0, nearest - words // _BEFORE), len(places) - words)
    last = first + words - 1
    pieces = list(_cut(text.pieces, places[first][0], places[last][1]))
    if first:
        pieces[0] = ellipsis + pieces[0]
    if last < len(places) - 1:
        # The text ends in a piece without a mark, perhaps an empty one.
        pieces = [*pieces, ""] if len(pieces) % 2 == 0 else pieces
        pieces[-1] += ellipsis
    return MarkedText(tuple(pieces))


def matched_words(texts: Iterable[MarkedText], words: Sequence[Word]) -> list[str]:
    """Which of the words are marked in these texts, as they were typed."""
    marked = {fold(piece) for text in texts for piece in text.marked}
    return [word.text for word in words if any(_is_form_of(word, piece) for piece in marked)]


def begins_words(value: str, typed: Sequence[str]) -> bool:
    """Whether each of these folded words begins a word of the value."""
    words = folded_words(value)
    return all(any(word.startswith(one) for word in words) for one in typed)


def mark_beginnings(value: str, typed: Sequence[str]) -> MarkedText:
    """The value with what was typed of each word marked."""
    pieces, seen = [], 0
    for found in _LETTERS.finditer(value):
        begun = next((one for one in typed if fold(found[0]).startswith(one)), None)
        if begun is None:
            continue
        lengths = (n for n in range(1, len(found[0])) if fold(found[0][:n]) == begun)
        end = found.start() + next(lengths, len(found[0]))
        pieces += [value[seen : found.start()], value[found.start() : end]]
        seen = end
    return MarkedText((*pieces, value[seen:]))


def folded_words(text: str) -> list[str]:
    """The words of a text, without signs, case and accents."""
    return [fold(word) for word in _LETTERS.findall(text)]


def _cut(pieces: Sequence[str], low: int, high: int) -> Iterable[str]:
    at = 0
    for piece in pieces:
        start, end = max(low - at, 0), max(high - at, 0)
        at += len(piece)
        yield piece[start:end]


def _is_form_of(word: Word, marked: str) -> bool:
    forms = {fold(form) for form in (word.text, *word.spellings, *word.solid)}
    return any(_are_near(form, marked) for form in forms)


def _are_near(form: str, marked: str) -> bool:
    """Whether these are one word, but for their endings."""
    if form in marked or marked in form:
        return True
    pairs = zip(form, marked, strict=False)
    common = len(list(takewhile(lambda pair: pair[0] == pair[1], pairs)))
    needed = max(1, min(len(form), len(marked)) - _LONGEST_ENDING)
    return common > needed
