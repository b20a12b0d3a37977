"""The words of a question marked in the texts of a hit."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from services.search.adapters.tantivy_index.analysis import (
    Token,
    exact_terms,
    is_joint,
    spell,
    stem,
    tokens,
)
from services.search.adapters.tantivy_index.sought import Form, Sought
from services.search.domain.articles import MarkedText
from services.search.domain.question import Excerpts

_BODY_CHARACTERS: Final = 100_000
"""How far into a text excerpts are looked for; an article is rarely a tenth of it."""
_LEAD_IN: Final = 30
"""Characters of an excerpt before its first mark."""
_LONGEST_CHAIN: Final = 4
_SPACE: Final = re.compile(r"\s")


@dataclass(frozen=True, slots=True)
class _Match:
    start: int
    end: int
    word: int
    """Which word of the question it is."""


class Marker:
    """Marks the words and phrases of one question in texts of one language."""

    def __init__(self, words: Sequence[Sought], phrases: Sequence[str], language: str) -> None:
        self._words = words
        self._phrases = [tuple(exact_terms(phrase)) for phrase in phrases]
        self._language = language

    def whole(self, text: str) -> MarkedText | None:
        """The text with its marks; None where there is none."""
        found = self._matches(text)
        return _marked(text, 0, len(text), found) if found else None

    def excerpts(self, text: str, wanted: Excerpts) -> list[MarkedText]:
        """The best places of the text, in its order."""
        plain = _SPACE.sub(" ", text)
        found = self._matches(plain[:_BODY_CHARACTERS])
        if not found:
            start = plain[: wanted.characters].rpartition(" ")[0] or plain[: wanted.characters]
            return [MarkedText((start,))] if wanted.from_start and start else []
        places: list[tuple[int, int]] = []
        for _ in range(wanted.count):
            free = [m for m in found if all(m.end <= a or m.start >= b for a, b in places)]
            if free:
                places.append(_place(plain, _densest(free, wanted), places, wanted))
        return [_marked(plain, low, high, found) for low, high in sorted(places)]

    def _matches(self, text: str) -> list[_Match]:
        """What is to be marked, in order, without overlaps."""
        found = list(tokens(text))
        if not found:
            return []
        exact = [token.exact for token in found]
        stems = [stem(token.exact, self._language) or token.exact for token in found]
        matches = [
            match
            for at, word in enumerate(self._words)
            for match in self._matches_of(text, word, at, found, exact, stems)
        ]
        for at, phrase in enumerate(self._phrases, start=len(self._words)):
            matches += [_between(found, *run, at) for run in _runs(exact, phrase)]
        return _merged(sorted(matches, key=lambda match: (match.start, -match.end)))

    def _matches_of(
        self,
        text: str,
        word: Sought,
        at: int,
        found: Sequence[Token],
        exact: Sequence[str],
        stems: Sequence[str],
    ) -> Iterator[_Match]:
        for form in (form for forms in word.forms for form in forms):
            runs = _loose_runs(exact, form) if form.loose else _runs(exact, form.exact)
            yield from (_between(found, *run, at) for run in runs)
            for inflected in form.stems:
                yield from (_between(found, *run, at) for run in _runs(stems, inflected))
        for one in word.solid:
            yield from (_between(found, *run, at) for run in _chains(text, found, one))
        if word.character:
            yield from _characters(text, word.character, at)
        if word.beginning:
            yield from (
                _Match(token.start, token.end, at)
                for token in found
                if token.exact.startswith(word.beginning)
            )


def _runs(terms: Sequence[str], wanted: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Where these terms stand side by side: from the first to the last."""
    if wanted and wanted[0] in terms:
        length = len(wanted)
        for at in range(len(terms) - length + 1):
            if terms[at] == wanted[0] and tuple(terms[at : at + length]) == tuple(wanted):
                yield at, at + length - 1


def _loose_runs(terms: Sequence[str], form: Form) -> Iterator[tuple[int, int]]:
    """Where pairs of an unspaced word stand; a lone pair of a longer word is another word's."""
    wanted = set(form.exact)
    least = min(len(wanted), 2)
    start: int | None = None
    for at in range(len(terms) + 1):
        inside = at < len(terms) and terms[at] in wanted
        if inside and start is None:
            start = at
        elif not inside and start is not None:
            if at - start >= least:
                yield start, at - 1
            start = None


def _characters(text: str, wanted: str, word: int) -> Iterator[_Match]:
    return (
        _Match(start, start + 1, word)
        for start, character in enumerate(text)
        if character == wanted or spell(character) == wanted
    )


def _chains(text: str, found: Sequence[Token], solid: str) -> Iterator[tuple[int, int]]:
    """Where words with single signs between them make this word when written as one."""
    for first, token in enumerate(found):
        if not solid.startswith(token.exact[:1]):
            continue
        written = ""
        for last in range(first, min(first + _LONGEST_CHAIN, len(found))):
            if last > first and not is_joint(text, found[last - 1], found[last]):
                break
            written += found[last].exact.replace("'", "").replace(",", "").replace(".", "")
            if written == solid:
                yield first, last
            if len(written) >= len(solid):
                break


def _between(found: Sequence[Token], first: int, last: int, word: int) -> _Match:
    return _Match(found[first].start, found[last].end, word)


def _merged(matches: Sequence[_Match]) -> list[_Match]:
    kept: list[_Match] = []
    for match in matches:
        if kept and match.start < kept[-1].end:
            if match.end > kept[-1].end:
                kept[-1] = _Match(kept[-1].start, match.end, kept[-1].word)
        else:
            kept.append(match)
    return kept


def _densest(matches: Sequence[_Match], wanted: Excerpts) -> _Match:
    """Where most different words follow within an excerpt, then most matches, then the first."""
    counts: Counter[int] = Counter()
    best, where, after = (0, 0), matches[0], 0
    for at, match in enumerate(matches):
        reach = match.start + wanted.characters - _LEAD_IN
        while after < len(matches) and (after == at or matches[after].end <= reach):
            counts[matches[after].word] += 1
            after += 1
        if (len(counts), after - at) > best:
            best, where = (len(counts), after - at), match
        counts[match.word] -= 1
        if not counts[match.word]:
            del counts[match.word]
    return where


def _place(
    text: str, match: _Match, taken: Sequence[tuple[int, int]], wanted: Excerpts
) -> tuple[int, int]:
    """About as many characters as are wanted, round a match, cut at spaces where there are any."""
    lowest = max((high for _, high in taken if high <= match.start), default=0)
    highest = min((low for low, _ in taken if low >= match.end), default=len(text))
    low = max(lowest, min(match.start - _LEAD_IN, highest - wanted.characters))
    if low > lowest:
        low = text.find(" ", low, match.start) + 1 or low
    high = max(match.end, min(highest, low + wanted.characters))
    if high < highest:
        space = text.rfind(" ", match.end, high + 1)
        high = space if space >= 0 else high
    return low, high


def _marked(text: str, low: int, high: int, matches: Sequence[_Match]) -> MarkedText:
    pieces: list[str] = []
    at = low
    for match in matches:
        start, end = max(match.start, at), min(match.end, high)
        if start < end:
            pieces += text[at:start], text[start:end]
            at = end
    return MarkedText((*pieces, text[at:high]))
