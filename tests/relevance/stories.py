"""How well stories match those that people grouped: B-cubed F1, in three random orders.

The event sets have few dates, so an order is an order of publication: in it each article follows
an earlier one, as `domain.related.stories` has it.
"""

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from services.enrich.domain.related import Records, follows, kinship, score_pairs
from tests.relevance.figures import Figure
from tests.relevance.related import Grouped, articles

#: B-cubed F1 to be reached in every order.
FLOORS = {"fnc_stories": 0.93, "wikinews_clusters": 0.80}
_ORDERS = 3


def b_cubed(stories: Sequence[str], groups: Sequence[str]) -> float:
    """F1 of the mean precision and recall of each article's story (Bagga and Baldwin, 1998)."""
    told, wanted = Counter(stories), Counter(groups)
    both = Counter(zip(stories, groups, strict=True))
    pairs = list(zip(stories, groups, strict=True))
    precision = sum(both[pair] / told[pair[0]] for pair in pairs) / len(pairs)
    recall = sum(both[pair] / wanted[pair[1]] for pair in pairs) / len(pairs)
    return 2 * precision * recall / (precision + recall)


def told(collection: Sequence[Grouped], order: Sequence[int]) -> list[str]:
    """The story of each article when they were published in this order."""
    rank = {at: (place, b"%06d" % at) for place, at in enumerate(order)}
    stories: dict[int, str] = {}
    for at in order:
        own = collection[at].record
        others = [other for other in range(len(collection)) if other != at]
        pairs = score_pairs(own, Records.of([collection[other].record for other in others]))
        kin = [kinship(rank[at], rank[o], p) for o, p in zip(others, pairs, strict=True)]
        best = max((pair.score for pair in pairs), default=0)
        nearest = max(range(len(others)), key=kin.__getitem__)
        followed = kin[nearest] and follows(kin[nearest], best)
        stories[at] = stories[others[nearest]] if followed else str(at)
    return [stories[at] for at in range(len(collection))]


def measure(data: Path) -> Iterator[Figure]:
    for name, floor in FLOORS.items():
        collection = list(articles(data, name))
        groups = [article.group for article in collection]
        for seed in range(1, _ORDERS + 1):
            order = random.Random(seed).sample(range(len(collection)), len(collection))
            value = b_cubed(told(collection, order), groups)
            yield Figure(f"stories, {name}", f"B3 F1, order {seed}", value, floor)
