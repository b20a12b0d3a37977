"""Finds text in capitals, as wires and headlines send it, and gives it small letters.

Capitals say nothing there about names, and they hide a language from what has learnt it in small
letters.
"""

from collections.abc import Callable
from operator import eq
from typing import Final

import regex

# Words that stand in capitals but for their prefix, and "ß", which many write among capitals.
_WORD: Final = (
    r"(?<![\p{L}\p{M}])(?:Mc|Mac|[dlDL]['’]|[hnt]-?)?\p{Lu}[\p{Lu}\p{M}\p{N}ß]*+(?![\p{L}\p{M}])"
)
_RUN: Final = regex.compile(rf"{_WORD}(?:[^\p{{L}}]++{_WORD})++")
_LETTERS: Final = regex.compile(r"[\p{L}\p{M}]++")
_SMALL: Final = regex.compile(r"[\p{Ll}--ß]", regex.VERSION1)
# Names and acronyms are seldom more, but for those that are the whole text.
_FEWEST_WORDS, _FEWEST_OF_ALL = 4, 2
_ENOUGH: Final = bytes([True]) * _FEWEST_WORDS
_LONG: Final = 5  # Letters of a word that is hardly an acronym.

Replace = Callable[[str], str]


def replace_capitals(
    text: str, replace: Replace, is_function_word: Callable[[str], bool] | None = None
) -> str:
    """Replace each run of words in capitals by what `replace` makes of it.

    Among words in small letters a run counts with a function word only: names may stand in
    capitals there. Without `is_function_word` any run of four words does.
    """
    if text.islower() or not _may_have_run(text):
        return text
    is_all = _is_all_capitals(text)

    def replaced(run: regex.Match[str]) -> str:
        words = _LETTERS.findall(run[0])
        long = sum(len(word) >= _LONG for word in words)
        if is_all:
            counts = len(words) >= _FEWEST_OF_ALL + (long == 0)
        else:
            counts = len(words) >= _FEWEST_WORDS and long > 1
            if counts and is_function_word is not None:
                counts = any(is_function_word(word) for word in words)
        return replace(run[0]) if counts else run[0]

    return _RUN.sub(replaced, text)


def _may_have_run(text: str) -> bool:
    """Told fast: whether what stands between spaces is often enough as it is in capitals."""
    text = text.replace("ß", "SS")
    capitals = text.upper()
    if text == capitals:
        return True
    return bytes(map(eq, text.split(), capitals.split())).find(_ENOUGH) >= 0


def _is_all_capitals(text: str) -> bool:
    return _SMALL.search(text) is None


def small_letters(text: str) -> str:
    """A text in small letters, whatever its language; Turkish is known by its dotted capital."""
    if "İ" in text:
        text = text.replace("I", "ı").replace("İ", "i")
    return text.lower()
