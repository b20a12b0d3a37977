"""Phrases that could be tags: runs of names, nouns and adjectives, and the runs within them."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from services.enrich.domain.tags.grammar import (
    AND,
    BODIES,
    PLACING_CONNECTORS,
    PURPOSE_CONNECTORS,
)
from services.enrich.domain.tags.reading import Reading
from services.enrich.domain.tags.tokens import ALL_CAPITALS
from services.enrich.domain.tags.word_classes import PHRASE_CLASSES

Span = tuple[int, int]  # First and last token, both included.

_MOST_WORDS = 4
_MOST_COMMON_WORDS = 3
_MOST_TOKENS = 7
_CASELESS_WORDS = 2
_CONNECTOR_TOKENS = 2
_SHORTEST, _SHORTEST_ACRONYM = 3, 2  # Letters of a word that stands alone.


@dataclass(slots=True)
class Candidate:
    """A phrase under its key, the stems of its words.

    `free` counts where it stands alone, not within a longer phrase; half an edge is one between
    a name and a common word. `borrowed` counts what its other forms add.
    """

    key: str
    words: int  # Connectors do not count.
    span: Span  # The first occurrence.
    first: int  # Words before it.
    count: int = 0
    free: float = 0
    proper: int = 0
    acronym: int = 0
    in_title: bool = False
    borrowed: int = 0
    country: str | None = None
    is_person: bool = False
    occurrences: list[Span] = field(default_factory=list)
    variants: list[str] = field(default_factory=list)  # Keys of its other forms.

    @property
    def is_mostly_proper(self) -> bool:
        return 2 * self.proper >= self.count

    def absorb(self, other: "Candidate", occurrences: int) -> None:
        self.borrowed += occurrences
        self.first = min(self.first, other.first)
        self.in_title = self.in_title or other.in_title
        self.variants.append(other.key)


Candidates = dict[str, Candidate]
"""By their keys."""


def find_candidates(reading: Reading) -> Candidates:
    found: Candidates = {}
    for first, last in _chunks(reading):
        for begin in range(first, last + 1):
            _add_phrases_from(reading, found, begin, (first, last))
    return found


def _chunks(reading: Reading) -> Iterator[Span]:
    classes, index, end = reading.classes, 0, len(reading.tokens)
    while index < end:
        if classes[index] in PHRASE_CLASSES:
            first, index = index, _last_of_chunk(reading, index)
            yield first, index
        index += 1


def _last_of_chunk(reading: Reading, first: int) -> int:
    classes, last, after_of = reading.classes, first, False
    while True:
        if classes[last + 1] in PHRASE_CLASSES:
            last += 1
            continue
        following = _after_connectors(reading, last)
        if following is None or not _connects(reading, (first, last), following, after_of):
            return last
        last, after_of = following, True


def _after_connectors(reading: Reading, last: int) -> int | None:
    language, tokens = reading.language, reading.tokens
    proper = reading.is_proper[last]
    connectors = language.name_connectors if proper else language.phrase_connectors
    following = last + 1
    while following - last <= _CONNECTOR_TOKENS and tokens.lower[following] in connectors:
        following += 1
    found = following > last + 1 and reading.classes[following] in PHRASE_CLASSES
    return following if found else None


def _connects(reading: Reading, chunk: Span, following: int, after_of: bool) -> bool:  # noqa: FBT001
    lower, (first, last) = reading.tokens.lower, chunk
    connector = lower[last + 1]
    phrase_connectors = reading.language.phrase_connectors
    if all(lower[index] in phrase_connectors for index in range(last + 1, following)):
        english = reading.language.word_classes is not None
        return not (english and reading.classes[last] in "da")
    if not (reading.is_proper[last] and reading.is_proper[following]):
        return False
    if connector in PURPOSE_CONNECTORS or (connector in AND and after_of):
        return True
    # Far back in a long chunk the word would say nothing about this connector.
    name = lower[max(first, last - _MOST_TOKENS) : last + 1]
    return connector in PLACING_CONNECTORS and not BODIES.isdisjoint(name)


def _add_phrases_from(reading: Reading, found: Candidates, begin: int, chunk: Span) -> None:
    classes, stems = reading.classes, reading.tokens.stem
    if classes[begin] not in PHRASE_CLASSES:
        return
    if _may_stand_alone(reading, begin):
        _count(reading, found, stems[begin], 1, (begin, begin), chunk)
    english = reading.language.word_classes is not None
    german = reading.language.nouns_are_capitalised
    begins_none = (english and classes[begin] == "g") or (german and classes[begin] == "m")
    if begin == chunk[1] or begins_none:
        return
    most = _MOST_WORDS if reading.has_case else _CASELESS_WORDS
    words, has_number = 1, _is_number(reading, begin)
    for end in range(begin + 1, min(chunk[1] + 1, begin + _MOST_TOKENS)):
        letter = classes[end]
        if letter not in PHRASE_CLASSES:
            continue
        words += 1
        if words > most or (english and letter == "g"):
            return
        stands = not has_number or _numbers_a_name(reading, end)
        if stands and _may_stand(reading, begin, end, words):
            key = " ".join(stems[begin : end + 1])
            _count(reading, found, key, words, (begin, end), chunk)
        if german and letter == "a" and not reading.tokens.lower[end].endswith("er"):
            # A new group begins: "Plänen vertraute Personen", but "Bund deutscher Architekten".
            return
        has_number = has_number or _is_number(reading, end)


def _may_stand_alone(reading: Reading, index: int) -> bool:
    if reading.classes[index] in "dm":
        return False
    if reading.language.spelling.unspaced is not None:
        return True
    shortest = _SHORTEST_ACRONYM if reading.tokens.capital[index] == ALL_CAPITALS else _SHORTEST
    return len(reading.tokens.surface[index]) >= shortest


def _may_stand(reading: Reading, begin: int, end: int, words: int) -> bool:
    letter, surface = reading.classes[end], reading.tokens.surface
    if letter == "a" or (letter == "d" and not reading.is_proper[end - 1]):
        return False
    if len(surface[begin]) == len(surface[end]) == 1 and reading.language.spelling.unspaced is None:
        return False
    has_connector = words <= end - begin
    if reading.is_proper[end] and not has_connector and _is_what_somebody_is(reading, begin):
        return False
    both_proper = reading.is_proper[begin] and reading.is_proper[end]
    return words <= _MOST_COMMON_WORDS or both_proper


def _is_what_somebody_is(reading: Reading, index: int) -> bool:
    """A common noun before a name: "striker Cole" is Cole, while "iPhone Pro" is one thing."""
    is_common = reading.tokens.surface[index].islower() and reading.classes[index] not in "ad"
    return is_common and reading.language.word_classes is not None


def _is_number(reading: Reading, index: int) -> bool:
    """Not as in "5G network", "3D printer"."""
    return reading.classes[index] == "d" and not reading.tokens.surface[index][-1].isupper()


def _numbers_a_name(reading: Reading, end: int) -> bool:
    """A number before what is no name counts or measures: "400 grams" is nothing to look for."""
    return reading.classes[end] == "p" and not reading.language.nouns_are_capitalised


def _left_edge(reading: Reading, begin: int, chunk_begin: int) -> float:
    if begin == chunk_begin or reading.classes[begin - 1] not in PHRASE_CLASSES:
        return 1
    if reading.starts_person[begin]:
        return 1
    return 0.5 if reading.is_proper[begin] and not reading.is_proper[begin - 1] else 0


def _has_right_edge(reading: Reading, end: int, chunk_end: int) -> bool:
    if end == chunk_end:
        return True
    if reading.classes[end + 1] not in PHRASE_CLASSES:
        return not _begins_a_body(reading, end)
    return reading.is_proper[end] and not reading.is_proper[end + 1]


def _begins_a_body(reading: Reading, end: int) -> bool:
    """As does "Department" of Trade, which stands for nothing by itself."""
    if not reading.is_proper[end] or reading.tokens.lower[end] not in BODIES:
        return False
    following = _after_connectors(reading, end)
    return following is not None and reading.is_proper[following]


def _count(
    reading: Reading,
    found: Candidates,
    key: str,
    words: int,
    span: Span,
    chunk: Span,
) -> None:
    begin, end = span
    candidate = found.get(key)
    if candidate is None:
        candidate = found[key] = Candidate(key, words, span, reading.words_before[begin])
    candidate.count += 1
    candidate.occurrences.append(span)
    if begin < reading.tokens.title_end:
        candidate.in_title = True
    if reading.is_proper[begin] and reading.is_proper[end]:
        candidate.proper += 1
    if begin == end and reading.tokens.capital[begin] == ALL_CAPITALS:
        candidate.acronym += 1
    if _has_right_edge(reading, end, chunk[1]):
        candidate.free += _left_edge(reading, begin, chunk[0])
