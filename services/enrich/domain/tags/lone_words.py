"""The class a word has by itself: what word lists and endings say of it.

Letters as in `word_classes`, which looks at the neighbours and may change them; "0" is a numeral,
"-" a word that is never part of a phrase, and "!" is no word, but ends a sentence.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from services.enrich.domain.tags.endings import Endings
from services.enrich.domain.tags.grammar import (
    ENGLISH_ADJECTIVE_ENDINGS,
    GERMAN_ADJECTIVE_ENDINGS,
)

NO_WORD, SENTENCE_END, NUMERAL, NEVER = ".", "!", "0", "-"

LONGEST_WORD = 40
_SHORTEST_GUESSED = 4


@dataclass(frozen=True, slots=True)
class LoneWords:
    """What is known of a language's words. `classes` are those of English."""

    stop_words: frozenset[str]
    classes: Mapping[str, str] | None
    endings: Endings
    nouns_are_capitalised: bool

    def class_of(self, lower: str, surface: str) -> str:
        if lower[0].isdigit():
            return NUMERAL
        if lower[-1] == "'" or len(lower) > LONGEST_WORD:
            return NEVER
        if self.classes is not None:
            return _english(self.classes, lower, surface)
        if self.nouns_are_capitalised:
            return "a" if lower.endswith(GERMAN_ADJECTIVE_ENDINGS) else "n"
        return "s" if lower in self.stop_words else self._by_ending(lower)

    def _by_ending(self, lower: str) -> str:
        like_verb = len(lower) >= _SHORTEST_GUESSED and lower.endswith(self.endings.verb)
        return "g" if like_verb and not lower.endswith(self.endings.noun) else "n"


def _english(classes: Mapping[str, str], lower: str, surface: str) -> str:
    letter = classes.get(lower) or classes.get(surface)
    if "-" in lower:
        parts = [classes.get(part) for part in lower.split("-")]
        letter = "d" if parts.count("d") == len(parts) else letter or parts[-1]
    return english_by_ending(lower) if letter is None or letter == "p" else letter


def english_by_ending(lower: str) -> str:
    if lower.endswith("ly"):
        return "s"
    if lower.endswith(("ing", "ed")):
        return "g"
    if lower.endswith(ENGLISH_ADJECTIVE_ENDINGS):
        return "a"
    return "n" if lower.endswith("s") and not lower.endswith("ss") else "N"
