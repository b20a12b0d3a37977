"""How hits are ranked by relevance: all of it, the same for every engine.

    score = all_weight * BM25(all_terms) + title_weight * BM25(title_terms)
          + lead_weight * BM25(lead_terms)
          + coverage_bonus      if at least `COVERAGE_SHARE` of the words are there
          + exact_title_bonus   if the title is the question
          + freshness_bonus     for each of `FRESHNESS_DAYS` the article is younger than

BM25 has k1 = 1.2 and b = 0.75; of the alternatives of one word, the best counts. Ties go by id.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

COVERAGE_SHARE: Final = 0.75
FRESHNESS_DAYS: Final = (1, 7, 30)
_DAY: Final = 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class RankingRules:
    """Weights of the three fields and three constant bonuses.

    Bonuses are on the scale of the classic formula, whose BM25 has the factor k1 + 1 = 2.2
    (tantivy, Lucene before 10). Where an engine leaves it out, divide the *bonuses* by 2.2.
    """

    all_weight: float = 1.0
    title_weight: float = 0.25
    lead_weight: float = 0.1
    coverage_bonus: float = 2.0
    exact_title_bonus: float = 3.0
    freshness_bonus: float = 0.5


def coverage(words: int) -> int:
    """How many of the words earn the coverage bonus."""
    return math.ceil(words * COVERAGE_SHARE)


def freshness_thresholds(now: int) -> tuple[int, ...]:
    """Times in seconds since 1970: `freshness_bonus` for each that `published` lies after."""
    return tuple(now - days * _DAY for days in FRESHNESS_DAYS)
