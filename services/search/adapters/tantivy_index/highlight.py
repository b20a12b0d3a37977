"""Why a hit was found, shown: the words of the question marked in its title and body."""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Callable, Iterable, Set as AbstractSet
from typing import Final, NamedTuple, TypedDict

from services.search.domain.analysis import spans
from services.search.domain.question import Alternatives, Question

FRAGMENTS: Final = 2
FRAGMENT_CHARACTERS: Final = 160
_CUT: Final = "…"
_BODY_CHARACTERS: Final = 100_000
"""How far into a body fragments are looked for; an article is rarely a tenth of it."""
_LEAD_IN: Final = 30
"""Characters of a fragment before its first match."""
_LONGEST_MARK: Final = 100
_SPACE = re.compile(r"\s")
_WORD = re.compile(r"\S+")
_WORDS_BEFORE: Final = 4
"""Of an excerpt, one word in so many stands before the first match."""


class Highlight(TypedDict):
    """As the query API shows it; None where nothing is marked."""

    title: str | None
    body: list[str] | None


class Marking(NamedTuple):
    """How marks are written, and all other text between them."""

    before: str = "<mark>"
    after: str = "</mark>"
    escape: Callable[[str], str] = html.escape


HTML_MARKS: Final = Marking()
_Place = tuple[int, int]


class _Match(NamedTuple):
    start: int
    end: int
    term: str


def words_asked(question: Question) -> tuple[Alternatives, ...]:
    """Every word that makes a hit, those of the phrases too."""
    return (*question.words, *(word for phrase in question.phrases for word in phrase))


def wanted_terms(words: Iterable[Alternatives]) -> frozenset[str]:
    return frozenset(term for alternatives in words for term in alternatives)


def highlight(
    title: str,
    body: str,
    *,
    wanted: AbstractSet[str],
    language: str | None,
    marking: Marking = HTML_MARKS,
) -> Highlight:
    """Mark the wanted terms: the title whole, of the body the best two fragments in text order."""
    in_title = _matches(title, wanted, language)
    text = _SPACE.sub(" ", body)
    in_body = _matches(text[:_BODY_CHARACTERS], wanted, language)
    fragments = [_fragment(text, place, in_body, marking) for place in _places(text, in_body)]
    return Highlight(
        title=_marked(title, (0, len(title)), in_title, marking) if in_title else None,
        body=fragments or None,
    )


class Marked(NamedTuple):
    """A text with its marks, and which of the wanted terms are in it."""

    text: str
    terms: frozenset[str]


def mark(
    text: str, *, wanted: AbstractSet[str], language: str | None, marking: Marking = HTML_MARKS
) -> Marked:
    """Mark the wanted terms in the whole text."""
    found = _matches(text, wanted, language)
    terms = frozenset(span.term for span in spans(text, language, wanted))
    return Marked(_marked(text, (0, len(text)), found, marking), terms)


def excerpt(
    text: str, *, words: int, wanted: AbstractSet[str], language: str | None, ellipsis: str = _CUT
) -> str:
    """About so many words round the densest place of wanted terms; the beginning without any."""
    plain = _SPACE.sub(" ", text[:_BODY_CHARACTERS])
    found = _matches(plain, wanted, language)
    places = [(word.start(), word.end()) for word in _WORD.finditer(plain)]
    if len(places) <= words:
        return plain
    at = _densest(found).start if found else 0
    nearest = max((n for n, (start, _) in enumerate(places) if start <= at), default=0)
    first = min(max(0, nearest - words // _WORDS_BEFORE), len(places) - words)
    last = first + words - 1
    before = ellipsis if first else ""
    after = ellipsis if last < len(places) - 1 else ""
    return before + plain[places[first][0] : places[last][1]] + after


def _matches(text: str, wanted: AbstractSet[str], language: str | None) -> list[_Match]:
    """What is to be marked, in order; the overlapping pairs of one unspaced word joined."""
    joined: list[_Match] = []
    for term, start, end in spans(text, language, wanted):
        before = joined[-1] if joined else None
        if before and start < before.end and end - before.start <= _LONGEST_MARK:
            joined[-1] = before._replace(end=end)
        else:
            joined.append(_Match(max(start, before.end) if before else start, end, term))
    return joined


def _places(text: str, matches: list[_Match]) -> list[_Place]:
    """Where to cut fragments, in text order, not overlapping."""
    found: list[_Place] = []
    for _ in range(FRAGMENTS):
        free = [m for m in matches if all(m.end <= low or m.start >= high for low, high in found)]
        if free:
            found.append(_place(text, _densest(free), found))
    return sorted(found)


def _densest(matches: list[_Match]) -> _Match:
    """Where most distinct terms follow within a fragment, then most matches, then the earliest."""
    counts: Counter[str] = Counter()
    best, where, after = (0, 0), matches[0], 0
    for at, match in enumerate(matches):
        reach = match.start + FRAGMENT_CHARACTERS - _LEAD_IN
        while after < len(matches) and (after == at or matches[after].end <= reach):
            counts[matches[after].term] += 1
            after += 1
        if (len(counts), after - at) > best:
            best, where = (len(counts), after - at), match
        counts[match.term] -= 1
        if not counts[match.term]:
            del counts[match.term]
    return where


def _place(text: str, match: _Match, taken: list[_Place]) -> _Place:
    """About 160 characters round a match, cut at spaces where there are any."""
    lowest = max((high for _, high in taken if high <= match.start), default=0)
    highest = min((low for low, _ in taken if low >= match.end), default=len(text))
    low = max(lowest, min(match.start - _LEAD_IN, highest - FRAGMENT_CHARACTERS))
    if low > lowest:
        low = text.find(" ", low, match.start) + 1 or low
    high = min(highest, low + FRAGMENT_CHARACTERS)
    if high < highest:
        space = text.rfind(" ", match.end, high + 1)
        high = space if space >= 0 else high
    return low, high


def _fragment(text: str, place: _Place, matches: list[_Match], marking: Marking) -> str:
    low, high = place
    inside = _marked(text, place, matches, marking).strip()
    return (_CUT if low else "") + inside + (_CUT if high < len(text) else "")


def _marked(text: str, place: _Place, matches: Iterable[_Match], marking: Marking) -> str:
    at, high = place
    pieces: list[str] = []
    for match in matches:
        start, end = max(match.start, at), min(match.end, high)
        if start < end:
            pieces += marking.escape(text[at:start]), marking.before
            pieces += marking.escape(text[start:end]), marking.after
            at = end
    return "".join([*pieces, marking.escape(text[at:high])])
