from services.enrich.domain.tags.candidates import Candidate
from services.enrich.domain.tags.countries import NO_PLACES
from services.enrich.domain.tags.grammar import GERMAN_DETERMINERS, GERMAN_NOUN_ENDINGS
from services.enrich.domain.tags.model import TagKind
from services.enrich.domain.tags.reading import Reading
from services.enrich.domain.tags.tokens import ALL_CAPITALS

_COMMON_NOUNS_SHARE = 0.25


def kind_of(reading: Reading, candidate: Candidate) -> TagKind:
    """Organisations are names: nothing here tells them from products and events."""
    if candidate.country:
        return "name" if candidate.country in NO_PLACES else "place"
    if candidate.is_person and not _has_article(reading, candidate):
        return "person"
    if not candidate.is_mostly_proper:
        return "topic"
    german = reading.language.nouns_are_capitalised
    return "topic" if german and _is_common_noun(reading, candidate) else "name"


def _has_article(reading: Reading, candidate: Candidate) -> bool:
    """Whether it stands after "the": the Athens Olympics are nobody, though Athens is a name.

    Germans say it of persons, too, so that it must be so most of the time.
    """
    lower = reading.tokens.lower
    first = lower[candidate.span[0]]
    if reading.language.nouns_are_capitalised:
        determined = sum(_has_determiner(reading, begin) for begin, _ in candidate.occurrences)
        return 2 * determined > len(candidate.occurrences)
    if reading.language.word_classes is None:
        return False
    return "-" in first or any(lower[begin - 1] == "the" for begin, _ in candidate.occurrences)


def _is_common_noun(reading: Reading, candidate: Candidate) -> bool:
    """German capitals say nothing, but common nouns often have a determiner, or endings."""
    if candidate.words > 1 or reading.tokens.capital[candidate.span[0]] == ALL_CAPITALS:
        return False
    lower, classes = reading.tokens.lower, reading.classes
    determined = sum(
        _has_determiner(reading, first) or classes[first - 1] == "a"
        for first, _ in candidate.occurrences
    )
    if determined >= _COMMON_NOUNS_SHARE * len(candidate.occurrences):
        return True
    words = {lower[first] for first, _ in candidate.occurrences}
    # Of a name only the genitive differs, and what belongs to a city: "Grazer".
    forms = {word.removesuffix("s").removesuffix("er") for word in words}
    simple = (word for word in words if "-" not in word)
    return len(forms) > 1 or any(word.endswith(GERMAN_NOUN_ENDINGS) for word in simple)


def _has_determiner(reading: Reading, index: int) -> bool:
    """Behind a comma it is a pronoun: "das Gesetz, das Lauterbach vorlegte"."""
    lower = reading.tokens.lower
    return lower[index - 1] in GERMAN_DETERMINERS and lower[index - 2] != ","
