"""How hits are ranked by relevance: every weight, as the quality measures chose them."""

from typing import Final

TITLE_WEIGHT: Final = 1.5
"""Of a stemmed word in the title; 1 in summary and body."""
NEUTRAL_WEIGHT: Final = 0.5
"""Of the word as it is spelled."""
OTHER_JOINT_WEIGHT: Final = 0.25
"""Of the word without its joint, as in covid19 for covid-19."""
TIE_BREAKER: Final = 0.1
"""What a word counts in its other fields and languages, beside the best of them."""
HEADLINE_WEIGHT: Final = 0.3
"""Of the words in the title as they are spelled."""

# Constants, on the scale of BM25 without the factor k1 + 1, as Lucene has it since version 10.
JOINT_BONUS: Final = 0.5
"""For a word with a joint that is also written so."""
SOLID_BONUS: Final = 0.1
"""For a word without a joint that is written with one: less than any word that is spelled so."""
TITLE_BONUS: Final = 2.0
"""For the question as a phrase in the title."""
COVERAGE_BONUS: Final = 0.5
COVERAGE: Final = 0.75
"""For so much of the words, where any word is enough."""
WHOLE_WORD_BONUS: Final = 10.0
"""For a begun word that is one already: before all that only begin so."""
BEGUN_BONUS: Final = 0.1
FRESHNESS_BONUS: Final = 0.7
FRESHNESS_PIVOT: Final = "7d"
"""The age at which half of the bonus is left."""
