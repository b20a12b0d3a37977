"""Persons with what stands before their names: "Mayor Tobias Renn", "President Renn"."""

from services.enrich.domain.tags.candidates import Candidate, Candidates
from services.enrich.domain.tags.grammar import NO_PERSON, TITLE_ENDINGS, TITLES
from services.enrich.domain.tags.reading import Reading
from services.enrich.domain.tags.word_lists import first_names

# As in "Sir Paul": every other title with a first name is somebody known by just that.
_BEFORE_FIRST_NAMES = frozenset({"sir", "dame"})
FULL_NAME = 2  # A first name and a surname.


def join_titled_names(reading: Reading, found: Candidates, aliases: dict[str, str]) -> None:
    """Mayor Tobias Renn is Tobias Renn: by the title, or because he stands alone as well."""
    stems = reading.tokens.stem
    surnames = {stems[one.span[1]] for one in found.values() if one.is_person}
    for candidate in [*found.values()] if surnames else ():
        first, last = candidate.span
        if candidate.words <= FULL_NAME or candidate.is_person or stems[last] not in surnames:
            continue
        for begin in range(first + 1, last):
            person = found.get(" ".join(stems[begin : last + 1]))
            if person and person.is_person and _is_titled(reading, candidate, person, begin):
                if not reading.starts_person[begin]:
                    person.free += candidate.free
                aliases.setdefault(candidate.key, person.key)
                _leave_out_beginnings(reading, found, candidate, begin, aliases)
                break


def join_titled_surnames(reading: Reading, found: Candidates, aliases: dict[str, str]) -> None:
    """President Renn is Tobias Renn, where Renn is."""
    stems, lower = reading.tokens.stem, reading.tokens.lower
    for key, candidate in [*found.items()]:
        first, last = candidate.span
        full = found.get(aliases.get(stems[last], "")) if last > first else None
        if full is None or not full.is_person or key in aliases:
            continue
        title, surname = lower[last - 1], stems[full.span[1]]
        if title in _BEFORE_FIRST_NAMES or (_is_title(title) and surname == stems[last]):
            aliases[key] = full.key
            _leave_out_beginnings(reading, found, candidate, last, aliases)


def _is_title(word: str) -> bool:
    """Also at the end of a word: "ex-minister", "Landeschef"."""
    return word in TITLES or word.endswith(TITLE_ENDINGS)


def _is_titled(reading: Reading, candidate: Candidate, person: Candidate, begin: int) -> bool:
    before = reading.tokens.lower[candidate.span[0] : begin]
    if _is_title(before[-1]):
        return True
    is_longer_name = before[-1] in first_names() or not NO_PERSON.isdisjoint(before)
    return person.count > candidate.count and not is_longer_name


def _leave_out_beginnings(
    reading: Reading,
    found: Candidates,
    titled: Candidate,
    begin: int,
    aliases: dict[str, str],
) -> None:
    """From `begin` on it is the person; "Mayor" and "Mayor Tobias" are then no tags, either."""
    first, last = titled.span
    for end in range(begin - 1, last):
        key = " ".join(reading.tokens.stem[first : end + 1])
        part = found.get(key)
        if part is None or part.country or key in aliases:
            continue
        if part.count <= titled.count or _is_title(reading.tokens.lower[end]):
            del found[key]
