"""Which articles belong together: vectors, the score of a pair, and what makes a copy."""

from services.enrich.domain.related.scoring import (
    SCALE,
    Pair,
    Record,
    score_pairs,
    shared_numbers,
)
from services.enrich.domain.related.vectors import EMPTY, ArticleVector, vector_of

__all__ = [
    "EMPTY",
    "SCALE",
    "ArticleVector",
    "Pair",
    "Record",
    "score_pairs",
    "shared_numbers",
    "vector_of",
]
