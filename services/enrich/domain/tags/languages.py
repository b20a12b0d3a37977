from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import regex

from services.enrich.domain.tags.countries import Countries, countries_of, country_spellings
from services.enrich.domain.tags.endings import ENDINGS, NO_ENDINGS
from services.enrich.domain.tags.grammar import (
    ENGLISH_CLOSED,
    NAME_CONNECTORS,
    NONE,
    PHRASE_CONNECTORS,
)
from services.enrich.domain.tags.lone_words import LoneWords
from services.enrich.domain.tags.stemming import stemmer_of
from services.enrich.domain.tags.stop_words import stop_words_of
from services.enrich.domain.tags.tokens import Spelling, Tokeniser
from services.enrich.domain.tags.word_lists import country_names, english_classes

_UNKNOWN = "und"
_SAME = {"nb": "no", "nn": "no", "lb": "de", "iw": "he", "in": "id"}
_ELIDING = frozenset({"ca", "fr", "it"})
_FIXED_NAMES = frozenset("ca da de en es fil fr id it ms nl no pt sv vi".split())
_TURKIC = frozenset({"az", "tr"})
# Runs of the letters most names are written in; all other text but countries is left alone.
_RUNS = {
    "ja": r"[\u30a1-\u30fa\u30fc]{2,}|[\u3400-\u9fff々]{2,}",
    "km": "",
    "lo": "",
    "my": "",
    "th": "",
    "zh": "",
}


@dataclass(frozen=True, slots=True)
class Language:
    code: str
    spelling: Spelling
    stop_words: frozenset[str]
    tokeniser: Tokeniser
    countries: Countries
    word_classes: Mapping[str, str] | None = None  # Known for English only.
    nouns_are_capitalised: bool = False
    inflects_names: bool = True  # Then a person's name is known by its stems only.
    name_connectors: frozenset[str] = NONE
    phrase_connectors: frozenset[str] = NONE

    def key_of(self, text: str) -> str:
        return self.tokeniser.key_of(text)


def language_of(tag: str | None) -> Language:
    """The language of a BCP 47 tag; one without any word list where it is not known."""
    code = (tag or _UNKNOWN).split("-")[0].lower()
    code = _SAME.get(code, code)
    known = code in country_names() or bool(stop_words_of(code))
    return _language(code if known else _UNKNOWN)


@cache
def _language(code: str) -> Language:
    spelling = _spelling(code)
    words = LoneWords(
        stop_words_of(code),
        classes=_english() if code == "en" else None,
        endings=ENDINGS.get(code, NO_ENDINGS),
        nouns_are_capitalised=code == "de",
    )
    tokeniser = Tokeniser(spelling, stemmer_of(code), words)
    return Language(
        code=code,
        spelling=spelling,
        stop_words=words.stop_words,
        tokeniser=tokeniser,
        countries=countries_of(
            # Many languages without names of their own write the English ones.
            code if code in country_names() else "en",
            tokeniser.key_of,
        ),
        word_classes=words.classes,
        nouns_are_capitalised=words.nouns_are_capitalised,
        inflects_names=code not in _FIXED_NAMES,
        name_connectors=NAME_CONNECTORS.get(code, NONE),
        phrase_connectors=PHRASE_CONNECTORS.get(code, NONE),
    )


def _english() -> Mapping[str, str]:
    return english_classes() | dict.fromkeys(ENGLISH_CLOSED, "s")


def _spelling(code: str) -> Spelling:
    return Spelling(
        elides=code in _ELIDING,
        possessive=code == "en",
        suffixes_after_apostrophe=code in _TURKIC,
        dotless_i=code in _TURKIC,
        ij_is_one_letter=code == "nl",
        unspaced=_unspaced(code) if code in _RUNS else None,
    )


def _unspaced(code: str) -> regex.Pattern[str]:
    runs = "|".join(filter(None, (_RUNS[code], r"[\p{Latin}\p{N}]{2,}")))
    return regex.compile(
        rf"(\L<countries>|{runs})|[^\p{{L}}\p{{N}}]+|.", countries=country_spellings(code)
    )
