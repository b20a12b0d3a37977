"""One script for many articles: whose answer is whose, and how much a call may carry."""

from redis.asyncio import Redis

from services.enrich.adapters.redis_related.per_article import PerArticle
from services.enrich.adapters.redis_related.records import article_slot, key, member_of

ECHO = """
-- KEYS: state, list. ARGV: anything. Answers its state's name and its arguments.
redis.call('SET', KEYS[1], #ARGV)
return {KEYS[1], KEYS[2], unpack(ARGV)}
"""
COUNT = """
-- KEYS: list. ARGV: members.
for at = 1, #ARGV do redis.call('SADD', KEYS[1], ARGV[at]) end
return redis.call('SCARD', KEYS[1])
"""


async def test_each_run_has_its_own_answer_in_the_order_of_the_runs(redis: Redis) -> None:
    echo = PerArticle(redis, ECHO, "sl")
    members = [member_of(f"article-{at}") for at in range(1000)]
    assert {article_slot(member) for member in members} == set(range(8))
    answers = await echo((member, range(at % 4)) for at, member in enumerate(members))
    assert answers == [
        [key("s", member), key("l", member), *(b"%d" % value for value in range(at % 4))]
        for at, member in enumerate(members)
    ]
    assert await redis.get(key("s", members[7])) == b"3"


async def test_calls_may_stand_in_a_pipeline_with_others(redis: Redis) -> None:
    echo = PerArticle(redis, ECHO, "sl")
    runs = [(member_of(f"article-{at}"), (at,)) for at in range(20)]
    async with redis.pipeline(transaction=False) as pipe:
        pipe.ping()
        first = await echo.ask(pipe, runs[:7])
        nobody = await echo.ask(pipe, [])
        pipe.ping()
        second = await echo.ask(pipe, runs[7:])
        answers = await pipe.execute()
    told = [*first.answers(answers), *nobody.answers(answers), *second.answers(answers)]
    assert [answer[2] for answer in told] == [b"%d" % at for at in range(20)]


async def test_nobody_is_asked_for_nobody(redis: Redis) -> None:
    assert await PerArticle(redis, ECHO, "sl")([]) == []


async def test_one_article_may_have_more_arguments_than_lua_can_unpack(redis: Redis) -> None:
    count = PerArticle(redis, COUNT, "l")
    assert await count([(member_of("many"), range(20_000)), (member_of("few"), [1])]) == [20_000, 1]
