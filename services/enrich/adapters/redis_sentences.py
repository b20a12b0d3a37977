"""Counts of the sentences that each publisher repeats, in Redis.

    {rel}s<publisher>  a table of 2,048 places, each a sentence's hash and its count: 10 KB

A sentence has one place. Where another one stands, that one counts for one less, and gives way at
nothing: what is repeated stays, what comes once goes (Misra and Gries, 1982, place by place).
"""

from collections.abc import Sequence
from hashlib import blake2b
from typing import Final, cast

from redis.asyncio import Redis

from services.enrich.adapters.redis_related.records import member_of
from services.enrich.ports import ArticleSentences

#: So many other articles of the publisher make a sentence a repeated one.
_MANY: Final = 3
_NUMBER_BYTES: Final = 4

_COUNT = """
-- ARGV: how many articles make a sentence a repeated one; then for each article its member, its
-- publisher and the hashes of its sentences, written one after another.
-- Answers for each the hashes of repeated ones. Articles that are known are counted already.
local PLACES, SIZE, answers = 2048, 5, {}
for at = 2, #ARGV, 3 do
  local counts, numbers, repeated = '{rel}s' .. ARGV[at + 1], ARGV[at + 2], {}
  local known = redis.call('EXISTS', '{rel}a' .. ARGV[at])
  for first = 1, #numbers, 4 do
    local number = string.sub(numbers, first, first + 3)
    local place = (string.byte(number, 1) * 256 + string.byte(number, 2)) % PLACES * SIZE
    local held = redis.call('GETRANGE', counts, place, place + SIZE - 1)
    local count = string.byte(held, SIZE) or 0
    local is_it = string.sub(held, 1, 4) == number
    if is_it and count - known >= tonumber(ARGV[1]) then repeated[#repeated + 1] = number end
    if known == 0 then
      if not is_it and count <= 1 then
        redis.call('SETRANGE', counts, place, number .. '\\1')
      else
        count = is_it and math.min(count + 1, 255) or count - 1
        redis.call('SETRANGE', counts, place + SIZE - 1, string.char(count))
      end
    end
  end
  answers[#answers + 1] = repeated
end
return answers
"""


class RedisSentences:
    def __init__(self, redis: Redis) -> None:
        self._count = redis.register_script(_COUNT)

    async def count(self, articles: Sequence[ArticleSentences]) -> list[frozenset[int]]:
        args: list[bytes | int] = [_MANY]
        for each in articles:
            distinct = dict.fromkeys(n for n in each.numbers if n is not None)
            numbers = b"".join(number.to_bytes(_NUMBER_BYTES) for number in distinct)
            args += [member_of(each.article_id), _publisher(each.publisher), numbers]
        answers = cast("list[list[bytes]]", await self._count(args=args)) if articles else []
        return [frozenset(map(int.from_bytes, repeated)) for repeated in answers]


def _publisher(name: str) -> bytes:
    return blake2b(name.encode("utf-8", "replace"), digest_size=8).digest()
