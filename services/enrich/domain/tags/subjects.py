"""Which of the 17 top IPTC Media Topics an article is about; none where that is not clear.

Each word of the beginning speaks for subjects by its weight; weights come from the names and
definitions of all Media Topics, from a few telling words of each, and, where a publisher has shown
its own sections, from the words of these.
"""

import gzip
import json
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final

from services.enrich.domain.tags.model import Tag

WORDS: Final = 300
TITLE: Final = 3
_ADDRESS: Final = "http://cv.iptc.org/newscodes/mediatopic/{}000000"
# The best must lead the second by this share of all that speaks for any subject; a second one is
# given where it comes this close to the best.
_LEAD: Final = 0.1
_LEAD_WHERE_LEARNED: Final = 0.2
_SECOND: Final = 0.8
_LEAST: Final = 10.0
_OTHERS: Final = "en"
_NAMED: Final = 2.0
_NAMED_WORDS: Final = 3
# What sections are called besides, wherever.
_CALLED: Final = {"tech": "13", "money": "04", "financ": "04", "entertain": "01", "cultur": "01"}

Weights = Mapping[str, Mapping[str, float]]
"""Stem of a word to subject (the first two digits of its code) to weight."""

_Spoken = tuple[str, float, Mapping[str, float]]
"""A stem, how much its count counts, and its weights by subject."""


@dataclass(frozen=True, slots=True)
class Subject:
    """A subject, and the stems of the words that speak loudest for it.

    `share`: of all that speaks for any subject, how much speaks for this one, 0 to 1.
    """

    code: str
    share: float
    stems: tuple[str, ...]


def count_words(title: Iterable[str], rest: Iterable[str]) -> Counter[str]:
    """Stems of the beginning of an article; the title's count threefold."""
    counts = Counter({stem: TITLE * count for stem, count in Counter(title).items()})
    counts.update(rest)
    return counts


def subjects_of(
    counts: Mapping[str, int], language: str, learned: Weights | None = None
) -> list[Subject]:
    """One subject, or two that are close, or none; `learned` are weights of the publisher's own."""
    spoken = list(_spoken(counts, _weights().get(language))) + list(_spoken(counts, learned))
    scores: dict[str, float] = {}
    for _, times, weights in spoken:
        for subject, weight in weights.items():
            scores[subject] = scores.get(subject, 0) + times * weight
    ranked = sorted(((score, code) for code, score in scores.items() if score > 0), reverse=True)
    total = sum(score for score, _ in ranked)
    if not ranked or ranked[0][0] < _LEAST:
        return []
    best, second = ranked[0][0], ranked[1][0] if len(ranked) > 1 else 0.0
    if best - second < (_LEAD_WHERE_LEARNED if learned else _LEAD) * total:
        return []
    return [
        Subject(code, score / total, _loudest(spoken, code))
        for score, code in ranked[:2]
        if score >= _SECOND * best
    ]


def _spoken(counts: Mapping[str, int], weights: Weights | None) -> Iterator[_Spoken]:
    for stem, count in counts.items():
        if weights and stem in weights:
            yield stem, math.log1p(count), weights[stem]


def _loudest(spoken: Iterable[_Spoken], subject: str) -> tuple[str, ...]:
    """The words that speak most for a subject."""
    spoke: dict[str, float] = {}
    for stem, times, weights in spoken:
        if subject in weights:
            spoke[stem] = spoke.get(stem, 0) + times * weights[subject]
    loudest = sorted((-loudness, stem) for stem, loudness in spoke.items() if loudness > 0)
    return tuple(stem for _, stem in loudest[:_NAMED_WORDS])


def tag_of(subject: Subject, language: str, words: Iterable[str]) -> Tag:
    """The tag of a subject; `words` are those that speak for it, as the article has them."""
    name = _names(language)[subject.code]
    return Tag(
        slug=f"medtop-{subject.code}000000",
        name=name,
        kind="subject",
        score=round(subject.share, 3),
        reason=f"the subject of words such as {', '.join(words)}",
        id=_ADDRESS.format(subject.code),
    )


def subject_named(word: str, key: str, language: str) -> str | None:
    """The one subject in whose name this word stands, or for which it speaks almost alone."""
    named = {code for code, name in _names(language).items() if word in name.lower().split()}
    if len(named) == 1:
        return named.pop()
    if key in _CALLED:
        return _CALLED[key]
    spoken = sorted((w, s) for s, w in _weights().get(language, {}).get(key, {}).items())
    if not spoken:
        return None
    second = spoken[-2][0] if len(spoken) > 1 else 0.0
    weight, subject = spoken[-1]
    return subject if weight >= _NAMED and weight >= 2 * second else None


def _names(language: str) -> Mapping[str, str]:
    names: Mapping[str, Mapping[str, str]] = _data()["names"]
    return names.get(language) or names[_OTHERS]


def _weights() -> Mapping[str, Weights]:
    found: Mapping[str, Weights] = _data()["weights"]
    return found


@cache
def _data() -> Mapping[str, Any]:
    raw = (files("services.enrich") / "data" / "subjects.json.gz").read_bytes()
    found: Mapping[str, Any] = json.loads(gzip.decompress(raw))
    return found
