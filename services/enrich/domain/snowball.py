"""Snowball's stemmers by the languages that articles are in."""

import threading
from collections.abc import Callable
from typing import Final

import Stemmer

_ALGORITHMS: Final = {
    "ar": "arabic",
    "ca": "catalan",
    "cs": "czech",
    "da": "danish",
    "de": "german",
    "el": "greek",
    "en": "english",
    "es": "spanish",
    "et": "estonian",
    "eu": "basque",
    "fa": "persian",
    "fi": "finnish",
    "fr": "french",
    "ga": "irish",
    "hi": "hindi",
    "hu": "hungarian",
    "hy": "armenian",
    "id": "indonesian",
    "it": "italian",
    "lt": "lithuanian",
    "nb": "norwegian",
    "ne": "nepali",
    "nl": "dutch",
    "nn": "norwegian",
    "no": "norwegian",
    "pl": "polish",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sr": "serbian",
    "sv": "swedish",
    "ta": "tamil",
    "tr": "turkish",
    "yi": "yiddish",
}

Stem = Callable[[str], str]


def snowball(language: str) -> Stem | None:
    """A function from a word in lower case to its full stem, which is never empty."""
    algorithm = _ALGORITHMS.get(language)
    if algorithm not in Stemmer.algorithms():
        return None
    # Its own memory costs more than it saves: who asks remembers the answers.
    stemmer = Stemmer.Stemmer(algorithm, 0)
    one_at_a_time = threading.Lock()  # Stemmers are not thread-safe.

    def stem(word: str) -> str:
        with one_at_a_time:
            return stemmer.stemWord(word) or word

    return stem
