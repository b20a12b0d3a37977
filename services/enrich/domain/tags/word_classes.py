"""One letter for what each word can do in a phrase.

p name, n noun, N singular noun (until its neighbours have been looked at), a adjective,
g -ing or -ed form, d number, m noun or adjective on the stop list, v and V verbs, s stop word,
"." no word.
"""

from collections.abc import Callable

from services.enrich.domain.tags.grammar import (
    ENGLISH_ARTICLES,
    ENGLISH_DETERMINERS,
    ENGLISH_MODALS,
    ENGLISH_PREPOSITIONS,
    ENGLISH_PRONOUNS,
)
from services.enrich.domain.tags.lone_words import NEVER, NO_WORD, NUMERAL, SENTENCE_END
from services.enrich.domain.tags.reading import Reading
from services.enrich.domain.tags.tokens import ALL_CAPITALS

#: The classes that phrases are made of.
PHRASE_CLASSES = frozenset("napgdm")

#: Classes that no neighbour changes.
_SETTLED = {NO_WORD: NO_WORD, SENTENCE_END: NO_WORD, NUMERAL: "d", NEVER: "s"}


def classify(reading: Reading) -> None:
    among_others = _among_others(reading)
    for index, alone in enumerate(reading.tokens.alone):
        if alone in _SETTLED:
            letter = _SETTLED[alone]
        elif reading.is_proper[index] and _stands_as_name(reading, index):
            letter = "p"
        else:
            letter = among_others(reading, index, alone)
        reading.classes.append(letter)


def _among_others(reading: Reading) -> Callable[[Reading, int, str], str]:
    if reading.language.word_classes is not None:
        return _english
    return _german if reading.language.nouns_are_capitalised else _by_ending


def _stands_as_name(reading: Reading, index: int) -> bool:
    """A capitalised stop word is one only as part of a longer name: "New York"."""
    tokens = reading.tokens
    if not tokens.is_stop[index] or tokens.capital[index] == ALL_CAPITALS:
        return True
    if reading.is_proper[index - 1]:
        return True
    goes_on = tokens.capital[index + 1] > 0 and not tokens.is_stop[index + 1]
    return goes_on and not reading.starts_sentence[index]


def _english(reading: Reading, index: int, letter: str) -> str:
    if letter in "vV":
        before, class_before = reading.tokens.lower[index - 1], reading.classes[index - 1]
        is_noun = before in ENGLISH_DETERMINERS or class_before == "a"
        is_noun = is_noun or (letter == "v" and before in ENGLISH_PREPOSITIONS)
        letter = "n" if is_noun else "v"
    elif letter in "Nn":
        before = reading.tokens.lower[index - 1]
        is_verb = before in ENGLISH_PRONOUNS or (letter == "N" and before in ENGLISH_MODALS)
        letter = "v" if is_verb or _takes_an_object(reading, index) else "n"
    if letter != "v" and reading.tokens.is_stop[index]:
        return "m" if letter in "na" else "s"
    return letter


def _takes_an_object(reading: Reading, index: int) -> bool:
    """As "sets" in the headline "Regulator sets a price": behind a noun, before an object."""
    lower, title_end = reading.tokens.lower, reading.tokens.title_end
    if index >= title_end or reading.classes[index - 1] not in "np":
        return False
    if lower[index + 1] in ENGLISH_ARTICLES:
        # "Oil prices the highest since 2014" leaves out its verb.
        return not (index + 2 < title_end and lower[index + 2].endswith(("est", "most")))
    # One of subject and verb ends in "s": "Federer claims Dubai", "Giants sign Cole". The subject
    # is somebody, unlike in "Tech giants Apple and Google".
    agrees = lower[index - 1].endswith("s") != lower[index].endswith("s")
    is_name = lower[index - 1] in reading.seen_capitalised
    return reading.is_proper[index + 1] and agrees and is_name


def _german(reading: Reading, index: int, letter: str) -> str:
    """Capitals tell the nouns; a small word that ends like an adjective before one is one."""
    capitals = reading.tokens.capital
    if reading.tokens.is_stop[index]:
        noun = capitals[index] and not reading.starts_sentence[index]
        return "m" if noun and reading.tokens.lower[index] not in reading.seen_small else "s"
    if capitals[index]:
        return "n"
    return "a" if letter == "a" and capitals[index + 1] > 0 else "s"


def _by_ending(reading: Reading, _: int, letter: str) -> str:
    # Without a list to tell them by, any small word may be a stop word.
    return "s" if reading.has_case and not reading.language.stop_words else letter
