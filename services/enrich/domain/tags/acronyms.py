"""Which acronym of an article stands for which of its phrases."""

from collections.abc import Iterator

from services.enrich.domain.tags.candidates import Candidates
from services.enrich.domain.tags.reading import Reading
from services.enrich.domain.tags.tokens import ALL_CAPITALS
from services.enrich.domain.tags.word_classes import PHRASE_CLASSES

_MOST_WORDS = 7
_LONGEST = 8
_LONG_ENOUGH = 6  # Letters of a single word that may hide an acronym's.


def long_forms(reading: Reading, found: Candidates) -> dict[str, str]:
    """Key of the acronym to key of its long form, both in `found`."""
    forms = dict(_introduced(reading))
    unexplained = [
        key
        for key, candidate in found.items()
        if candidate.words == 1 and 2 * candidate.acronym > candidate.count and key not in forms
    ]
    if unexplained:
        by_initials = _by_initials(reading, found)
        forms |= {key: by_initials[key] for key in unexplained if key in by_initials}
    return {
        short: long
        for short, long in forms.items()
        if short in found and long in found and short != long
    }


def _introduced(reading: Reading) -> Iterator[tuple[str, str]]:
    """Finds "Harbour Safety Board (HSB)"."""
    surface = reading.tokens.surface
    if "(" not in surface:
        return
    for index in range(2, len(surface) - 1):
        in_brackets = surface[index - 1] == "(" and surface[index + 1] == ")"
        if in_brackets and reading.tokens.capital[index] == ALL_CAPITALS:
            letters = [letter for letter in surface[index].rstrip("s") if letter.isalpha()]
            first = _first_word(reading, index - 2, letters[:_LONGEST])
            if first is not None:
                yield reading.tokens.stem[index], " ".join(reading.tokens.stem[first : index - 1])


def _first_word(reading: Reading, last: int, letters: list[str]) -> int | None:
    surface = reading.tokens.surface
    for first in range(last, max(last - _MOST_WORDS, 0), -1):
        if not letters or not reading.tokens.is_word[first]:
            return None
        in_phrase = reading.classes[first] in PHRASE_CLASSES
        if in_phrase and surface[first][0].upper() == letters[0]:
            initials = [letter.upper() for letter in _initials(reading, first, last)]
            if initials == letters or (
                (first < last or len(surface[first]) > _LONG_ENOUGH)
                and len(initials) <= len(letters) + 1
                and _contains(" ".join(surface[first : last + 1]).upper(), letters)
            ):
                return first
    return None


def _contains(text: str, letters: list[str]) -> bool:
    """Whether the letters stand in the text in this order."""
    remaining = iter(text)
    return all(letter in remaining for letter in letters)


def _initials(reading: Reading, first: int, last: int) -> str:
    return "".join(
        reading.tokens.surface[index][0]
        for index in range(first, last + 1)
        if reading.classes[index] in PHRASE_CLASSES
    )


def _by_initials(reading: Reading, found: Candidates) -> dict[str, str]:
    by_initials: dict[str, str] = {}
    for key, candidate in found.items():
        if candidate.words > 1 and candidate.is_mostly_proper and candidate.free:
            by_initials.setdefault(_initials(reading, *candidate.span).lower(), key)
    return by_initials
