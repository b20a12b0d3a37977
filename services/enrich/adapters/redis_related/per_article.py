"""A script for one article, run for many: those of one slot in one call."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from redis.asyncio import Redis
from redis.asyncio.client import Pipeline

from services.enrich.adapters.redis_related.records import article_slot, by_slot, key

# A call holds Redis up for all others: some 25 microseconds for each article.
_AT_ONCE: Final = 40

_FOR_EACH: Final = """
-- KEYS: as many for each article. ARGV: how many, then for each article the number of its arguments
-- and these. Answers for each what the script does.
local function one(KEYS, ARGV)
%s
end
local answers, each, at = {}, tonumber(ARGV[1]), 2
for first = 1, #KEYS, each do
  local own, count = {}, tonumber(ARGV[at])
  for argument = 1, count do own[argument] = ARGV[at + argument] end
  answers[#answers + 1] = one({unpack(KEYS, first, first + each - 1)}, own)
  at = at + count + 1
end
return answers
"""

Argument = str | bytes | int | float
Run = tuple[bytes, Sequence[Argument]]
"""The article's member, and the arguments."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Calls waiting in a pipeline: where the first stands, and of each the runs that it holds."""

    begin: int
    calls: Sequence[Sequence[int]]

    def answers(self, answers: Sequence[Any]) -> list[Any]:
        """Those to the runs, in their order, among all of the pipeline."""
        told = {
            run: answer
            for at, runs in enumerate(self.calls, self.begin)
            for run, answer in zip(runs, answers[at], strict=True)
        }
        return [told[run] for run in range(len(told))]


class PerArticle:
    """`kinds` of keys are what the script has as KEYS. It never answers nil."""

    def __init__(self, redis: Redis, script: str, kinds: Sequence[str]) -> None:
        self._redis = redis
        self._script = redis.register_script(_FOR_EACH % script)
        self._kinds = kinds

    async def __call__(self, runs: Iterable[Run]) -> list[Any]:
        """The answers in the order of the runs. Each is at once; all together are not."""
        async with self._redis.pipeline(transaction=False) as pipe:
            asked = await self.ask(pipe, runs)
            return asked.answers(await pipe.execute())

    async def ask(self, pipe: Pipeline, runs: Iterable[Run]) -> Asked:
        """Put the calls into a pipeline with others."""
        wanted = list(runs)
        calls = by_slot(range(len(wanted)), lambda at: article_slot(wanted[at][0]), _AT_ONCE)
        asked = Asked(len(pipe), calls)
        for call in calls:
            keys = [key(kind, wanted[at][0]) for at in call for kind in self._kinds]
            args = [value for at in call for value in (len(wanted[at][1]), *wanted[at][1])]
            await self._script(keys=keys, args=[len(self._kinds), *args], client=pipe)
        return asked
