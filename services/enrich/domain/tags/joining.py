"""Different names of one thing within an article become one candidate.

The form a reader knows best stays; the others leave the list and lend it what they count:
all names of one country, a demonym to its country, a name with a title to the one without, a
surname to the full name, and an acronym and its long form to each other.
"""

from collections import defaultdict
from dataclasses import dataclass, field

from services.enrich.domain.tags.acronyms import long_forms
from services.enrich.domain.tags.candidates import Candidate, Candidates
from services.enrich.domain.tags.countries import is_no_country
from services.enrich.domain.tags.grammar import NO_PERSON, PARTICLES, TITLES
from services.enrich.domain.tags.reading import Reading
from services.enrich.domain.tags.titled import (
    FULL_NAME,
    join_titled_names,
    join_titled_surnames,
)
from services.enrich.domain.tags.tokens import ALL_CAPITALS
from services.enrich.domain.tags.word_lists import first_names

_MOST_NAME_TOKENS = 4
_MOST_UNKNOWN_WORDS = 3
_SHORTEST_SHOUTED_SURNAME = 5


@dataclass(slots=True)
class _FullNames:
    by_surname: dict[str, list[Candidate]] = field(default_factory=lambda: defaultdict(list))
    by_first_name: dict[str, list[Candidate]] = field(default_factory=lambda: defaultdict(list))


def join_variants(reading: Reading, found: Candidates) -> dict[str, str]:
    """Joins within `found`; returns which key now goes by which other one."""
    full_names = _full_names(reading, found)
    aliases = _join_countries(reading, found, full_names)
    _join_demonyms(reading, found, aliases)
    join_titled_names(reading, found, aliases)
    _join_short_names(reading, found, full_names, aliases)
    join_titled_surnames(reading, found, aliases)
    _join_acronyms(reading, found)
    return aliases


def _join_countries(reading: Reading, found: Candidates, full_names: _FullNames) -> dict[str, str]:
    by_code: dict[str, list[Candidate]] = defaultdict(list)
    for key in found.keys() & reading.language.countries.codes.keys():
        candidate = found[key]
        # Michael Jordan is not from there.
        is_surname = any(name.is_person for name in full_names.by_surname.get(key, ()))
        # Nor is Amman Oman.
        is_city = any(is_no_country(reading.tokens.slice(*span)) for span in candidate.occurrences)
        if (candidate.proper or not reading.has_case) and not is_surname and not is_city:
            by_code[reading.language.countries.codes[key]].append(candidate)
    aliases: dict[str, str] = {}
    for code, names in by_code.items():
        main = max(names, key=lambda name: (name.count, name.key))
        main.country = code
        for other in sorted(names, key=lambda name: name.key):
            if other is not main:
                aliases[other.key] = main.key
                main.absorb(other, other.count)
    return aliases


def _join_demonyms(reading: Reading, found: Candidates, aliases: dict[str, str]) -> None:
    """Only where the country itself is named: it then needs no second tag."""
    named = {candidate.country: key for key, candidate in found.items() if candidate.country}
    if not named:
        return
    for key, candidate in found.items():
        if candidate.words == 1 and not candidate.country and key not in aliases:
            word = reading.tokens.lower[candidate.span[0]]
            code = reading.language.countries.code_of_demonym(word)
            if code in named:
                aliases[key] = named[code]


def _full_names(reading: Reading, found: Candidates) -> _FullNames:
    names = _FullNames()
    titled = _words_after_titles(reading)
    known = first_names()
    for candidate in found.values():
        possible = candidate.proper and candidate.words >= FULL_NAME
        if not possible or not _reads_like_a_name(reading, candidate):
            continue
        first, last = candidate.span
        begins_like_a_person = reading.tokens.lower[first] in known or (
            reading.tokens.lower[first - 1] in TITLES and _is_unknown(reading, candidate)
        )
        goes_on = reading.is_proper[last + 1]
        organisation = reading.tokens.lower[last] in NO_PERSON
        candidate.is_person = begins_like_a_person and not goes_on and not organisation
        titled_surname = reading.tokens.stem[last] in titled or _is_unknown(reading, candidate)
        if begins_like_a_person or (not goes_on and candidate.free > 0 and titled_surname):
            names.by_surname[reading.tokens.stem[last]].append(candidate)
            names.by_first_name[reading.tokens.stem[first]].append(candidate)
    return names


def _reads_like_a_name(reading: Reading, candidate: Candidate) -> bool:
    first, last = candidate.span
    lower, classes = reading.tokens.lower, reading.classes
    if not candidate.is_mostly_proper or last - first >= _MOST_NAME_TOKENS:
        return False
    if classes[last] != "p" or _names_a_country(reading, candidate):
        return False
    begins_otherwise = lower[first] in TITLES or lower[first] in PARTICLES
    if begins_otherwise or lower[first] in reading.language.stop_words:
        return False
    return all(classes[at] == "p" or lower[at] in PARTICLES for at in range(first, last + 1))


def _names_a_country(reading: Reading, candidate: Candidate) -> bool:
    """Also in part: capitals run together, but English has surnames like Michael Jordan's."""
    codes, (first, last) = reading.language.countries.codes, candidate.span
    if candidate.key in codes:
        return True
    surname = reading.language.code == "en" and candidate.words == FULL_NAME
    end = last if surname else last + 1
    return any(stem in codes for stem in reading.tokens.stem[first:end])


def _words_after_titles(reading: Reading) -> set[str]:
    lower = reading.tokens.lower
    return {
        reading.tokens.stem[index]
        for index, proper in enumerate(reading.is_proper)
        if proper and lower[index - 1] in TITLES
    }


def _is_unknown(reading: Reading, candidate: Candidate) -> bool:
    """Whether neither the first nor the last word is an English word."""
    classes, lower = reading.language.word_classes, reading.tokens.lower
    if classes is None or candidate.words > _MOST_UNKNOWN_WORDS:
        return False
    return all(classes.get(lower[index], "p") == "p" for index in candidate.span)


def _join_short_names(
    reading: Reading, found: Candidates, names: _FullNames, aliases: dict[str, str]
) -> None:
    for key, candidate in found.items():
        if candidate.words > 1 or candidate.country or key in aliases:
            continue
        if 2 * candidate.proper <= candidate.count or not _may_be_a_short_name(reading, candidate):
            continue
        full = [
            name for name in _full_names_of(reading, candidate, names) if name.key not in aliases
        ]
        if full:
            chosen = max(full, key=_preference)
            aliases[key] = chosen.key
            alone = candidate.count - max(name.count for name in full)
            if alone > 0:
                chosen.absorb(candidate, alone)
                if candidate.key == reading.tokens.stem[chosen.span[1]]:
                    chosen.is_person = chosen.is_person or _ends_like_a_person(reading, chosen)


def _preference(name: Candidate) -> tuple[bool, int, int, str]:
    # A person's longest name, but not what else stands before it.
    words = name.words if name.is_person else -name.words
    return name.is_person, name.count, words, name.key


def _may_be_a_short_name(reading: Reading, candidate: Candidate) -> bool:
    index = candidate.span[0]
    shouted = reading.tokens.capital[index] == ALL_CAPITALS
    if shouted and len(reading.tokens.surface[index]) < _SHORTEST_SHOUTED_SURNAME:
        return False
    return reading.tokens.lower[index] not in reading.seen_small


def _full_names_of(reading: Reading, short: Candidate, names: _FullNames) -> list[Candidate]:
    by_surname = names.by_surname.get(short.key)
    if by_surname:
        is_first_name = reading.tokens.lower[short.span[0]] in first_names()
        certain = not is_first_name or any(name.is_person for name in by_surname)
        return by_surname if certain else []
    by_first_name = [
        name
        for name in names.by_first_name.get(short.key, ())
        if name.is_person and name.words == FULL_NAME
    ]
    return by_first_name if len(by_first_name) == 1 else []


def _ends_like_a_person(reading: Reading, candidate: Candidate) -> bool:
    return reading.tokens.lower[candidate.span[1]] not in NO_PERSON


def _join_acronyms(reading: Reading, found: Candidates) -> None:
    for short_key, long_key in long_forms(reading, found).items():
        short, long = found[short_key], found[long_key]
        if not short.country and not long.country:
            counts = short.count, long.count
            long.absorb(short, counts[0])
            short.absorb(long, counts[1])
