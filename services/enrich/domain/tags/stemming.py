"""Makes the forms of a word one: its stem is part of the tag's key and of its slug.

English and French lose only their plurals, because slugs are read by people and stronger
stemming makes a consul of a consulate; all other languages are stemmed by Snowball.
"""

from collections.abc import Mapping

from services.enrich.domain.snowball import Stem, snowball

# Longest first: the first that fits is cut.
_UKRAINIAN_ENDINGS = tuple(
    """иями ями ами ові еві ого ому ими іми єю ією ією ою ею ах ях ям ам ом ем їв ів ій ої ий их им
    їх їй а я у ю е є и і ї о ь й""".split()
)
# In this order, each at most once: case, then plural.
_AZERBAIJANI_ENDINGS = tuple("dan dən da də ın in un ün lar lər".split())
_SHORTEST_STEM = 3
_SHORTEST_PLURAL = 4


def stemmer_of(language: str) -> Stem:
    """A function from a word in lower case to its stem, which is never empty."""
    own: Mapping[str, Stem] = {
        "en": _english,
        "fr": _french,
        "uk": _ukrainian,
        "az": _azerbaijani,
        "yi": str,  # Read whole: nobody has judged what its stemmer makes of tags.
    }
    return own.get(language) or snowball(language) or str


def _english(word: str) -> str:
    """After Harman's S-stemmer (How effective is suffixing?, 1991)."""
    word = word.replace(".", "")
    if len(word) < _SHORTEST_PLURAL or not word.endswith("s"):
        return word
    if word.endswith("ies") and word[-4] not in "ae":
        return word[:-3] + "y"
    return word if word[-2] in "us'" else word[:-1]


def _french(word: str) -> str:
    if len(word) < _SHORTEST_PLURAL:
        return word
    if word.endswith("aux"):
        return word[:-1] if word.endswith("eaux") else word[:-3] + "al"
    return word[:-1] if word[-1] in "sx" and word[-2] != "s" else word


def _ukrainian(word: str) -> str:
    for ending in _UKRAINIAN_ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST_STEM:
            return word[: -len(ending)]
    return word


def _azerbaijani(word: str) -> str:
    for ending in _AZERBAIJANI_ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST_STEM:
            word = word[: -len(ending)]
    # "Rusiya" and "Azərbaycan" inflect as "Rusiyanın" and "Azərbaycanın".
    return word[:-1] if word.endswith("n") and len(word) > _SHORTEST_STEM else word
