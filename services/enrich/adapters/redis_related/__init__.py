"""The memory of related articles in Redis: postings by term, ordered by time of publication.

Keys (`m` is a member: 11 characters made of an article's id; `s` one of eight slots, by the
member or the term):

    rel:a:{s}m      version, time, vector; of a withdrawn article the version, which bans it
    rel:c:{s}m      the card: what a link shows
    rel:p:{s}<number>  ZSET of members by time, for each of an article's 25 heaviest terms
    rel:l:{s}m      ZSET of members by score: the best 30 of all pairs found
    rel:e:{s}m      what editors pinned and banned in its list
    rel:k:{s}m      ZSET of members whose lists have, or had, this one
    rel:n:{s}m      ZSET of members in whose lists editors have, or had, pinned this one
    rel:o:{s}m      terms of older versions whose postings are not yet taken back
    rel:t:{s}m      names a card that replaced another, until those who list it are due
    rel:f:{s}m      set on a copy: the member it is folded into, whose postings stand for both
    rel:d:{s}m      ZSET of the copies folded into this one
    rel:s:{s}m      list number, announced list, how often and when last, dirty; the nearest
                    earlier article, and the story it was last told as part of
    rel:{due}, rel:{due}:taken   members whose list is to be announced, by time; taken ones by lease
    rel:embargo     members by the time they become visible

Two rules make it right without locks. Who adds an article writes before it reads, so of two that
come at once one finds the other. A link is written into the list of another article only while
that article has the version it was scored with; and who finishes looks whether its own article
has moved meanwhile, and begins again.

A story is the tree of articles that follow one another, and its id is the member of the first. Whom
an article follows stands beside its list; its story is that of the one it follows, found when its
list is read. Who is told as part of another story than before makes its followers due, so a change
at the root reaches every leaf.
"""

from services.enrich.adapters.redis_related.memory import RedisRelatedMemory

__all__ = ["RedisRelatedMemory"]
