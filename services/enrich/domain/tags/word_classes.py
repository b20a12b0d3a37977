"""One letter for what each word can do in a phrase.

p name, n noun, N singular noun (until its neighbours have been looked at), a adjective,
g -ing or -ed form, d number, m noun or adjective on the stop list, v and V verbs, s stop word,
"." no word.
"""

from collections.abc import Callable, Mapping

from services.enrich.domain.tags.grammar import (
    ENGLISH_ADJECTIVE_ENDINGS,
    ENGLISH_DETERMINERS,
    ENGLISH_MODALS,
    ENGLISH_PREPOSITIONS,
    ENGLISH_PRONOUNS,
    GERMAN_ADJECTIVE_ENDINGS,
)
from services.enrich.domain.tags.reading import Reading
from services.enrich.domain.tags.tokens import ALL_CAPITALS

#: The classes that phrases are made of.
PHRASE_CLASSES = frozenset("napgdm")

_LONGEST_WORD = 40
_SHORTEST_GUESSED = 4


def classify(reading: Reading) -> None:
    guess = _guess(reading)
    for index, is_word in enumerate(reading.tokens.is_word):
        reading.classes.append(_class(reading, index, guess) if is_word else ".")


def _guess(reading: Reading) -> Callable[[Reading, int], str]:
    if reading.language.word_classes is not None:
        return _english
    return _german if reading.language.nouns_are_capitalised else _by_ending


def _class(reading: Reading, index: int, guess: Callable[[Reading, int], str]) -> str:
    lower = reading.tokens.lower[index]
    if lower[0].isdigit():
        return "d"
    if lower[-1] == "'" or len(lower) > _LONGEST_WORD:
        return "s"
    if reading.is_proper[index] and _stands_as_name(reading, index, lower):
        return "p"
    return guess(reading, index)


def _stands_as_name(reading: Reading, index: int, lower: str) -> bool:
    """A capitalised stop word is one only as part of a longer name: "New York"."""
    stop = reading.language.stop_words
    if lower not in stop or reading.tokens.capital[index] == ALL_CAPITALS:
        return True
    if reading.is_proper[index - 1]:
        return True
    goes_on = reading.tokens.capital[index + 1] > 0 and reading.tokens.lower[index + 1] not in stop
    return goes_on and not reading.starts_sentence[index]


def _english(reading: Reading, index: int) -> str:
    lower = reading.tokens.lower[index]
    known = reading.language.word_classes or {}
    letter = _look_up(known, lower, reading.tokens.surface[index])
    before, class_before = reading.tokens.lower[index - 1], reading.classes[index - 1]
    if letter in "vV":
        is_noun = before in ENGLISH_DETERMINERS or class_before == "a"
        is_noun = is_noun or (letter == "v" and before in ENGLISH_PREPOSITIONS)
        letter = "n" if is_noun else "v"
    elif letter in "Nn":
        is_verb = before in ENGLISH_PRONOUNS or (letter == "N" and before in ENGLISH_MODALS)
        letter = "v" if is_verb else "n"
    if letter != "v" and lower in reading.language.stop_words:
        return "m" if letter in "na" else "s"
    return letter


def _look_up(known: Mapping[str, str], lower: str, surface: str) -> str:
    letter = known.get(lower) or known.get(surface)
    if letter is None and "-" in lower:
        letter = known.get(lower.rpartition("-")[2])
    return _english_by_ending(lower) if letter is None or letter == "p" else letter


def _english_by_ending(lower: str) -> str:
    if lower.endswith("ly"):
        return "s"
    if lower.endswith(("ing", "ed")):
        return "g"
    if lower.endswith(ENGLISH_ADJECTIVE_ENDINGS):
        return "a"
    return "n" if lower.endswith("s") and not lower.endswith("ss") else "N"


def _german(reading: Reading, index: int) -> str:
    """Capitals tell the nouns; a small word that ends like an adjective before one is one."""
    lower, capitals = reading.tokens.lower[index], reading.tokens.capital
    if lower in reading.language.stop_words:
        noun = capitals[index] and not reading.starts_sentence[index]
        return "m" if noun and lower not in reading.seen_small else "s"
    if capitals[index]:
        return "n"
    before_noun = capitals[index + 1] > 0
    return "a" if before_noun and lower.endswith(GERMAN_ADJECTIVE_ENDINGS) else "s"


def _by_ending(reading: Reading, index: int) -> str:
    lower, language = reading.tokens.lower[index], reading.language
    # Without a list to tell them by, any small word may be a stop word.
    if lower in language.stop_words or (reading.has_case and not language.stop_words):
        return "s"
    endings = language.endings
    like_verb = len(lower) >= _SHORTEST_GUESSED and lower.endswith(endings.verb)
    return "g" if like_verb and not lower.endswith(endings.noun) else "n"
