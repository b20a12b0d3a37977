"""The memory of related articles in Redis: posting lists, and one record for each article.

A member is 8 bytes made of an article's id. All keys share one slot, so a script is one step over
all that it needs:

    {rel}a<member>     the record: version, time, vector, id, the member it is a copy of, when it
                       was posted, its story; of a withdrawn article the version and time alone
    {rel}p<number>     ZSET of members by time of publication, for each of an article's 25 heaviest
                       terms; a copy stands in none
    {rel}d<member>     SET of the copies of this article
    {rel}t<day>        LIST of the members published on that day
    {rel}days          ZSET of the days that have such a list
    {rel}clock         the last `linked_at`, which grows with every call
    {rel}counts        HASH: `articles` remembered, and `forgotten` for want of memory
    {rel}holds         the generation whose articles are all remembered
    {rel}rebuilder     the worker that is remembering them, for a minute

An article is posted first, then the clock is read, then the posting lists. So of two articles the
one with the later `linked_at` has found the other, whichever workers they came through.
"""

from services.enrich.adapters.redis_related.bound import RedisMemoryBound
from services.enrich.adapters.redis_related.memory import RedisRelatedMemory

__all__ = ["RedisMemoryBound", "RedisRelatedMemory"]
