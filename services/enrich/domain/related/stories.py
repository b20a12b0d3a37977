"""Which articles tell of one event: each follows the earlier article that is most like it.

An article follows one earlier article or none, so a story is a tree, and it is named by its first
article. Whom an article follows is a function of its pairs alone: neither the order of arrival nor
a story itself has a part in it.
"""

from typing import Final

from services.enrich.domain.related.scoring import SCALE, Pair

Rank = tuple[int, bytes]
"""Time of publication and member: of two articles the one with the lower rank is the earlier."""

LEAST_KINSHIP: Final = 2_000
_OF_THE_BEST: Final = 0.5


def kinship(own: Rank, other: Rank, pair: Pair) -> int:
    """How much the other article may be one to follow, in ten-thousandths; 0 of a later one."""
    if other >= own:
        return 0
    likeness = SCALE if pair.copy else pair.score
    return likeness if likeness >= LEAST_KINSHIP else 0


def follows(kin: int, best: int) -> bool:
    """Whether an article follows its nearest earlier one, given the score of its best link.

    Half of the best will do: who is much nearer to a later article waits for that one to follow.
    """
    return kin >= max(LEAST_KINSHIP, _OF_THE_BEST * best)
