"""What words that no article has may have been meant to be: the engine's term suggester."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from services.search.adapters.opensearch_index.queries import Json
from services.search.domain.articles import Correction

ASKED: Final = "words"
_SHORTEST = 4
_TWO_EDITS_FROM: Final = 7
_MOST_WORDS: Final = 10
_LONGEST = 60
_NO_BASIC_PLANE = re.compile("[^\0-\uffff]")


class Suspect(NamedTuple):
    """A word that no article has as it is spelled, and words that articles have, nearest first."""

    typed: str
    options: tuple[Correction, ...]


def suggesting(texts: Iterable[str]) -> Json:
    """What to ask the engine for corrections with, beside the question itself."""
    return {
        ASKED: {
            "text": _line(texts),
            "term": {
                "field": "text",
                "suggest_mode": "missing",
                "max_edits": 2,
                "prefix_length": 0,
                "min_word_length": _SHORTEST,
                "size": 10,
                "shard_size": 40,
                "string_distance": "damerau_levenshtein",
            },
        }
    }


def read_suspects(texts: Sequence[str], answer: Mapping[str, Any]) -> list[Suspect]:
    """The words with suggestions; of a word with a joint one part is suspected."""
    line = _line(texts)
    suspects = []
    for entry in answer[ASKED]:
        start, end = entry["offset"], entry["offset"] + entry["length"]
        first = line.rfind(" ", 0, start) + 1
        last = line.find(" ", end)
        before, after = line[first:start], line[end : len(line) if last < 0 else last]
        found = sorted(_options(entry), key=lambda one: _likelihood(entry["text"], one))
        options = tuple(
            Correction(before + one.text + after, one.edits, one.articles) for one in found
        )
        if options:
            suspects.append(Suspect(before + line[start:end] + after, options))
    return suspects


def _line(texts: Iterable[str]) -> str:
    """The words as one line. The engine counts characters beyond the basic plane twice."""
    possible = [text for text in texts if len(text) <= _LONGEST]
    return " ".join(_NO_BASIC_PLANE.sub("\ufffd", text) for text in possible)


def _options(entry: Mapping[str, Any]) -> Iterator[Correction]:
    typed = entry["text"]
    for option in entry["options"]:
        text = option["text"]
        edits = round((1 - option["score"]) * max(len(typed), len(text)))
        if edits == 1 or len(typed) >= _TWO_EDITS_FROM:
            yield Correction(text, edits, option["freq"])


def _likelihood(typed: str, option: Correction) -> tuple[int, bool, int, str]:
    same_beginning = option.text[:1] == typed[:1]
    return option.edits, not same_beginning, -option.articles, option.text
