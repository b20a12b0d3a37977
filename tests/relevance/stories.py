"""How well stories match those that people grouped: B-cubed F1, in three random orders of arrival.

The articles go through the real memory, one by one: a story follows from what is there already.
"""

import asyncio
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from services.enrich.adapters.redis_related import RedisRelatedMemory
from services.enrich.ports import KnownArticle
from shared.embedded_redis import RedisServer
from shared.messaging import connect
from tests.relevance.figures import Figure
from tests.relevance.related import known

#: B-cubed F1 to be reached in every order.
FLOORS = {"fnc_stories": 0.93, "wikinews_clusters": 0.815}
_ORDERS = 3


def b_cubed(stories: Sequence[str], groups: Sequence[str]) -> float:
    """F1 of the mean precision and recall of each article's story (Bagga and Baldwin, 1998)."""
    told, wanted = Counter(stories), Counter(groups)
    both = Counter(zip(stories, groups, strict=True))
    pairs = list(zip(stories, groups, strict=True))
    precision = sum(both[pair] / told[pair[0]] for pair in pairs) / len(pairs)
    recall = sum(both[pair] / wanted[pair[1]] for pair in pairs) / len(pairs)
    return 2 * precision * recall / (precision + recall)


async def told(url: str, articles: Sequence[KnownArticle]) -> list[str]:
    """The story of each article when they arrive in this order."""
    redis = connect(url)
    await redis.flushall()
    memory = RedisRelatedMemory(redis)
    stories = [(await memory.link([article]))[0].story_id for article in articles]
    await redis.aclose()
    return stories


def measure(data: Path) -> Iterator[Figure]:
    with TemporaryDirectory() as folder:
        redis = RedisServer(Path(folder), appendfsync="no").start()
        try:
            yield from _measure(data, redis.url)
        finally:
            redis.stop()


def _measure(data: Path, url: str) -> Iterator[Figure]:
    for name, floor in FLOORS.items():
        collection = list(known(data, name))
        for seed in range(1, _ORDERS + 1):
            order = random.Random(seed).sample(collection, len(collection))
            stories = asyncio.run(told(url, [article for article, _ in order]))
            value = b_cubed(stories, [group for _, group in order])
            yield Figure(f"stories, {name}", f"B3 F1, order {seed}", value, floor)
