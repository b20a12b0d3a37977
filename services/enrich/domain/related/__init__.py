"""Which articles belong together: vectors, the score of a pair, and what makes a copy."""

from services.enrich.domain.related.scoring import (
    HALF_LIFE_DAYS,
    NO_PAIR,
    SCALE,
    Pair,
    Record,
    Records,
    half_life_days,
    score_pairs,
    shared_numbers,
)
from services.enrich.domain.related.stories import LEAST_LIKENESS, reason
from services.enrich.domain.related.vectors import EMPTY, ArticleVector, vector_of

__all__ = [
    "EMPTY",
    "HALF_LIFE_DAYS",
    "LEAST_LIKENESS",
    "NO_PAIR",
    "SCALE",
    "ArticleVector",
    "Pair",
    "Record",
    "Records",
    "half_life_days",
    "reason",
    "score_pairs",
    "shared_numbers",
    "vector_of",
]
