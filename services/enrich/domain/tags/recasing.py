"""Texts in capitals written as they would be otherwise: small, but for what is known as a name.

Names are known by the parts of the article that are no run of capitals, as countries, and in
English as what its word list calls a name or does not have. A German noun is known by the words
before it. An article without any capital is treated alike.
"""

from collections.abc import Callable, Iterator
from itertools import pairwise

import regex

from services.enrich.domain.capitals import replace_capitals
from services.enrich.domain.tags.countries import country_spellings
from services.enrich.domain.tags.grammar import (
    GERMAN_DETERMINERS,
    GERMAN_NOUN_ENDINGS,
    GERMAN_PREPOSITIONS,
    PARTICLES,
)
from services.enrich.domain.tags.languages import Language
from services.enrich.domain.tags.lone_words import english_by_ending
from services.enrich.domain.tags.word_lists import first_names

_WORD = regex.compile(r"\p{L}[\p{L}\p{M}\p{N}]*")
# "O'Neill" and "don't" are one word in English; elsewhere "dell'Italia" is two.
_ENGLISH_WORD = regex.compile(rf"{_WORD.pattern}(?:['’](?!s\b){_WORD.pattern})*", regex.IGNORECASE)
_CAPITAL = regex.compile(r"[\p{Lu}\p{Lt}]")
_MOST_COUNTRY_WORDS = 4
_COMMON_WORDS = frozenset({"mali", "oman"})  # Slavic "small", Finnish "own": no countries there.
_BEFORE_GERMAN_NOUNS = GERMAN_DETERMINERS | GERMAN_PREPOSITIONS
_MOST_ADJECTIVES = 3
_LONGEST_PREFIX, _LONGEST_ACRONYM = 4, 5
_GERMAN_VERB_ENDINGS = ("te", "ten")
_VOWELS = frozenset("aeiouy")


def restore_case(title: str, rest: str, language: Language) -> tuple[str, str]:
    """Return title and text with their runs of capitals in small letters, names capitalised."""
    if not _CAPITAL.search(title) and not _CAPITAL.search(rest):
        names = _Names(language, "")
        return names.recase(title), names.recase(rest)

    def is_function_word(word: str) -> bool:
        lower = language.spelling.lower(word)
        return len(word) > 1 and lower in language.stop_words and lower not in PARTICLES

    def replace(by: Callable[[str], str]) -> tuple[str, str]:
        test = is_function_word if language.stop_words else None
        return replace_capitals(title, by, test), replace_capitals(rest, by, test)

    without = replace(lambda _: "\n")
    if without == (title, rest):
        return title, rest
    return replace(_Names(language, "\n".join(without)).recase)


class _Names:
    """What tells names of a language; `elsewhere` is text whose capitals say something."""

    def __init__(self, language: Language, elsewhere: str) -> None:
        self._language = language
        self._word = _ENGLISH_WORD if language.spelling.possessive else _WORD
        words = list(self._word.finditer(elsewhere))
        self._seen_small = {word[0] for word in words if word[0].islower()}
        self._seen = {
            word[0].casefold(): word[0]
            for before, word in pairwise(words)
            if _CAPITAL.match(word[0])
            and word[0].lower() not in self._seen_small
            and elsewhere[before.end() : word.start()] == " "  # Hence inside a sentence.
        }

    def recase(self, text: str) -> str:
        """Return the text in small letters with capitals for names."""
        lower = self._language.spelling.lower
        matches = list(self._word.finditer(text))
        words = [lower(match[0]) for match in matches]
        names = dict(self._names(words))
        parts: list[str] = []
        at = 0
        for index, (match, word) in enumerate(zip(matches, words, strict=True)):
            hyphen = text[match.end() : match.end() + 1] in {"-", "‑"}
            is_prefix = hyphen and len(word) <= _LONGEST_PREFIX
            parts += text[at : match.start()], word if is_prefix else names.get(index, word)
            at = match.end()
        return "".join((*parts, text[at:]))

    def _names(self, words: list[str]) -> Iterator[tuple[int, str]]:
        language, spelling = self._language, self._language.spelling
        for index, word in enumerate(words):
            if language.word_classes is not None and (name := self._english(word)):
                yield index, name
            elif language.nouns_are_capitalised and _is_german_noun(language, words, index):
                yield index, spelling.capitalise(word)
            if seen := self._seen.get(word.casefold()):
                yield index, seen
        yield from self._countries(words)

    def _english(self, word: str) -> str | None:
        classes = self._language.word_classes or {}
        if word in self._seen_small or word in self._language.stop_words:
            return None
        name = self._language.spelling.capitalise(word)
        if word in self._language.countries.demonyms or (word not in classes and name in classes):
            return name
        if word in classes:
            return None
        shouted = word.upper()
        if shouted in classes or (
            len(word) <= _LONGEST_ACRONYM and _VOWELS.isdisjoint(word) and word.isalpha()
        ):
            return shouted
        return None if english_by_ending(word) in "gs" else name

    def _countries(self, words: list[str]) -> Iterator[tuple[int, str]]:
        language, capitalise = self._language, self._language.spelling.capitalise
        connectors = language.name_connectors | PARTICLES
        acronyms = {name for name in country_spellings(language.code) if name.isupper()}
        stems = [language.key_of(word) for word in words]
        for first, word in enumerate(words):
            for last in range(first + 1, min(first + _MOST_COUNTRY_WORDS, len(words)) + 1):
                if " ".join(stems[first:last]) not in language.countries.codes:
                    continue
                if last > first + 1:
                    inside = (at for at in range(first, last) if words[at] not in connectors)
                    yield from ((at, capitalise(words[at])) for at in inside)
                elif word not in language.stop_words and word not in _COMMON_WORDS:
                    yield first, word.upper() if word.upper() in acronyms else capitalise(word)


def _is_german_noun(language: Language, words: list[str], index: int) -> bool:
    """The last word behind an article or preposition, or a first name, or by its ending."""
    word = words[index]
    stop_words = language.stop_words
    if word in stop_words or word in GERMAN_PREPOSITIONS:
        return False
    if word.endswith(GERMAN_NOUN_ENDINGS) or word in first_names():
        return True
    first_name = words[index - 1] if index else ""
    if first_name in first_names() and first_name not in stop_words:
        return not word.endswith(_GERMAN_VERB_ENDINGS)
    before = words[max(0, index - _MOST_ADJECTIVES - 1) : index]
    while before and _may_be_adjective(before[-1], stop_words):
        before.pop()
    introduced = bool(before) and before[-1] in _BEFORE_GERMAN_NOUNS
    following = words[index + 1] if index + 1 < len(words) else ""
    goes_on = following != "" and following not in stop_words
    return introduced and not (goes_on and _may_be_adjective(word, stop_words))


def _may_be_adjective(word: str, stop_words: frozenset[str]) -> bool:
    return word not in stop_words and word.endswith(("e", "em", "en", "er", "es"))
