"""The form of a tag that readers see."""

from collections import defaultdict
from collections.abc import Mapping

from services.enrich.domain.tags.candidates import Candidate, Candidates, Span
from services.enrich.domain.tags.grammar import HONORIFICS
from services.enrich.domain.tags.reading import Reading
from services.enrich.domain.tags.tokens import ALL_CAPITALS

# Headlines in title case say little about how a word is written.
_HEADLINE_WEIGHT = 0.1
# "Deutsche Bank" is the nominative among "Deutschen Bank", "Deutscher Bank".
_NOMINATIVE_BONUS = 3
_LENGTH_MALUS = 0.01
# Of cases: "Spieler" is no "Spiele", nor "Noten" a "Not".
_GERMAN_ENDINGS = frozenset(("es", "n", "s"))
_LONGEST_ACRONYM = 6


def display_name(reading: Reading, candidate: Candidate) -> str:
    """A country's usual name, else the form most frequent in the running text."""
    if candidate.country:
        return reading.language.countries.names[candidate.country]
    forms: defaultdict[str, float] = defaultdict(float)
    for span in candidate.occurrences:
        form, weight = _form(reading, span)
        forms[form] += weight
    best = max(forms, key=lambda form: (forms[form] - _LENGTH_MALUS * len(form), form))
    if reading.language.nouns_are_capitalised and candidate.words == 1:
        best = _bare(best, forms)
    return _calmed(reading, best) if len(best) > _LONGEST_ACRONYM and best.isupper() else best


def variant_names(
    reading: Reading, candidates: Candidates, candidate: Candidate, shown: str
) -> list[str]:
    """How the article also calls what is shown, with the honorific: "Mr. Karasin"."""
    names = [_with_honorific(reading, candidates[key]) for key in candidate.variants]
    return [name for name in dict.fromkeys(names) if name != shown]


def _form(reading: Reading, span: Span) -> tuple[str, float]:
    first, last = span
    form, weight = reading.tokens.slice(first, last), 1.0
    german = reading.language.nouns_are_capitalised
    if first < reading.tokens.title_end and reading.title_in_capitals:
        weight = _HEADLINE_WEIGHT
    elif reading.starts_sentence[first] and not reading.is_proper[first] and not german:
        begins_name = first < last and reading.is_proper[first + 1]
        shouted = reading.tokens.capital[first] == ALL_CAPITALS
        has_capital = shouted or _has_always_a_capital(reading, reading.tokens.lower[first])
        if not begins_name and not has_capital:
            form = reading.language.spelling.lower(form[0]) + form[1:]
    if german and first < last and reading.tokens.surface[first].endswith("e"):
        weight += _NOMINATIVE_BONUS
    return form, weight


def _has_always_a_capital(reading: Reading, word: str) -> bool:
    """As "French" in English, and in any language what this text writes so inside sentences."""
    if word in reading.seen_capitalised and word not in reading.seen_small:
        return True
    english = reading.language.word_classes is not None
    return english and reading.language.countries.code_of_demonym(word) is not None


def _bare(best: str, forms: Mapping[str, float]) -> str:
    """Without the ending: "Angebote" rather than "Angeboten", where it is not much rarer."""
    bare = (
        form
        for form in forms
        if best.removeprefix(form) in _GERMAN_ENDINGS and 2 * forms[form] >= forms[best]
    )
    return min(bare, key=len, default=best)


def _calmed(reading: Reading, shouted: str) -> str:
    spelling = reading.language.spelling
    return " ".join(spelling.capitalise(spelling.lower(word)) for word in shouted.split(" "))


def _with_honorific(reading: Reading, candidate: Candidate) -> str:
    for first, last in candidate.occurrences:
        if reading.tokens.lower[first - 1] in HONORIFICS:
            return reading.tokens.slice(first - 1, last)
    return _written(reading, candidate)


def _written(reading: Reading, candidate: Candidate) -> str:
    return reading.tokens.slice(*candidate.span)
