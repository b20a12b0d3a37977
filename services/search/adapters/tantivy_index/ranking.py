"""How hits are ranked by relevance, as a formula.

    score = sum over words of the best of
              BM25(stems) * stem_weight, BM25(exact) * exact_weight, solid_bonus, begun_bonus
          + title_weight * BM25(title stems) + lead_weight * BM25(stems of the first words)
          + coverage_bonus   if at least `COVERAGE_SHARE` of the words are there
          + phrase_bonus     if the question stands in the title as it is
          + freshness_bonus  for each of `FRESHNESS_DAYS` the article is younger than

BM25 has k1 = 1.2 and b = 0.75. Ties go by id.
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
    """Weights of the fields, and bonuses on the scale of BM25 with its factor k1 + 1 = 2.2."""

    stem_weight: float = 1.0
    exact_weight: float = 0.5
    title_weight: float = 0.25
    lead_weight: float = 0.1
    solid_bonus: float = 1.0
    begun_bonus: float = 0.05
    coverage_bonus: float = 2.0
    phrase_bonus: float = 3.0
    freshness_bonus: float = 0.5


def coverage(words: int) -> int:
    """How many of the words earn the coverage bonus."""
    return math.ceil(words * COVERAGE_SHARE)


def freshness_thresholds(now: int) -> tuple[int, ...]:
    """Times in seconds since 1970: `freshness_bonus` for each that `published` lies after."""
    return tuple(now - days * _DAY for days in FRESHNESS_DAYS)
