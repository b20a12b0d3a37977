"""How probable it is that an editor would choose a candidate: a logistic regression.

The weights were fitted on editors' and experts' tags of news in twelve languages; each feature can
be told to a reader. Features and weights stand in one place: neither moves without the other.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from services.enrich.domain.tags.candidates import Candidate, Candidates
from services.enrich.domain.tags.reading import Reading
from services.enrich.domain.tags.word_classes import PHRASE_CLASSES

_FIRST_SCALE = 6


@dataclass(frozen=True, slots=True)
class Weights:
    """Log-odds per unit of each feature."""

    count: float = 0.48  # ln(1 + occurrences, those of other forms included)
    free: float = 1.29  # ln(1 + occurrences outside longer phrases)
    first: float = -2.42  # ln(1 + words before the first occurrence) / 6
    ends_in_noun: float = 0.94
    starts_with_adjective: float = 0.41
    has_connector: float = -0.96
    letters: float = 0.53  # ln(letters of its words, connectors left out)
    proper: float = 1.04  # Share of occurrences that are names.
    country: float = 1.56
    length: float = -0.34  # ln(words of the article): ranks nothing, keeps scores comparable.
    english_common_word: float = -1.29  # 1 - proper, for single words.
    bias: float = -2.84


WEIGHTS = Weights()


def log_odds(reading: Reading, candidates: Candidates) -> dict[str, float]:
    bias = WEIGHTS.bias + WEIGHTS.length * math.log(max(reading.word_count, 1))
    letters = _letters_before(reading)
    return {
        key: bias + _evidence(reading, letters, candidate) for key, candidate in candidates.items()
    }


def probability(log_odds: float) -> float:
    return 1 / (1 + math.exp(-log_odds))


def _letters_before(reading: Reading) -> list[int]:
    """At each token how many letters the words of phrases have until there."""
    columns = zip(reading.tokens.lower, reading.classes, strict=True)
    lengths = (len(word) if letter in PHRASE_CLASSES else 0 for word, letter in columns)
    return list(accumulate(lengths, initial=0))


def _evidence(reading: Reading, letters: Sequence[int], candidate: Candidate) -> float:
    weights, (begin, end) = WEIGHTS, candidate.span
    proper = candidate.proper / candidate.count
    total = (
        weights.count * math.log1p(candidate.count + candidate.borrowed)
        + weights.free * math.log1p(candidate.free + candidate.borrowed)
        + weights.first * math.log1p(candidate.first) / _FIRST_SCALE
        + weights.letters * math.log(letters[end + 1] - letters[begin])
        + weights.proper * proper
    )
    if reading.classes[end] == "n":
        total += weights.ends_in_noun
    if candidate.words > 1 and reading.classes[begin] == "a":
        total += weights.starts_with_adjective
    if candidate.words <= end - begin:
        total += weights.has_connector
    if candidate.country:
        total += weights.country
    if candidate.words == 1 and reading.language.word_classes is not None:
        total += weights.english_common_word * (1 - proper)
    return total
