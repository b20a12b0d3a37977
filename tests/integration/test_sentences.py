"""Which sentences a publisher repeats, as counted in a real Redis."""

from redis.asyncio import Redis

from services.enrich.adapters.redis_related import RedisRelatedMemory
from services.enrich.adapters.redis_sentences import RedisSentences
from services.enrich.ports import ArticleSentences
from tests.news import known_article, story_text


async def count(
    sentences: RedisSentences, name: str, *numbers: int, publisher: str = "p"
) -> set[int]:
    (repeated,) = await sentences.count([ArticleSentences(name, publisher, [*numbers, None])])
    return set(repeated)


async def test_a_sentence_is_repeated_once_three_other_articles_have_it(redis: Redis) -> None:
    sentences = RedisSentences(redis)
    for at in range(3):
        assert await count(sentences, f"a{at}", 7, (9 + at) << 16) == set()
    assert await count(sentences, "a3", 7, 99 << 16) == {7}
    assert await count(sentences, "b", 7, publisher="q") == set()


async def test_an_article_that_is_known_counts_once_however_often_it_comes(redis: Redis) -> None:
    sentences, memory = RedisSentences(redis), RedisRelatedMemory(redis)
    for _ in range(9):
        assert await count(sentences, "a", 7) == set()
        await memory.link([known_article("a", story_text(1, 1))])


async def test_what_is_repeated_stays_among_a_flood_of_others_and_takes_no_more_memory(
    redis: Redis,
) -> None:
    sentences = RedisSentences(redis)
    for at in range(600):
        numbers = range(at * 1_000_003, at * 1_000_003 + 20 * 65_537, 65_537)
        await count(sentences, f"a{at}", 7, *(n % 2**32 for n in numbers))
    assert await count(sentences, "last", 7) == {7}
    (table,) = [name async for name in redis.scan_iter(b"{rel}s*")]
    assert await redis.strlen(table) <= 2048 * 5
