"""What a reader is shown: the links that stand, why, and the story an article is part of."""

from collections.abc import Callable, Mapping, Sequence
from hashlib import blake2b
from typing import Any, NamedTuple, cast

from redis.asyncio import Redis

from services.enrich.adapters.redis_related import scripts
from services.enrich.adapters.redis_related.lists import QUIET_S, THOSE_BEHIND_S, Lists
from services.enrich.adapters.redis_related.neighbourhood import rank_of
from services.enrich.adapters.redis_related.per_article import PerArticle
from services.enrich.adapters.redis_related.records import (
    key,
    member_of,
    unpack,
    unpack_card,
    unpack_choices,
)
from services.enrich.adapters.redis_related.showing import Candidate, Seen, shown_links
from services.enrich.domain.related import SCALE, Record, follows
from services.enrich.ports import RelatedList
from shared.events import RelatedLink


class _Read(NamedTuple):
    """A list as the script answers it, the editors' choices applied.

    Attributes:
        scores: by member, what editors pinned first.
        best: the highest score of a link.
        kin, nearest: the earlier article it may follow; kin 0 and b"" for none.
        told: the story it was last told as part of.
    """

    member: bytes
    number: int
    announced: bytes
    scores: Mapping[bytes, int]
    pinned: frozenset[bytes]
    banned: frozenset[bytes]
    best: int
    version: bytes
    kin: int
    nearest: bytes
    told: bytes


class _Known(NamedTuple):
    """What is kept of the articles that lists name, by member."""

    cards: Mapping[bytes, bytes]
    records: Mapping[bytes, Record]
    versions: Mapping[bytes, bytes]
    folds: Mapping[bytes, bytes]
    stories: Mapping[bytes, bytes]


class Reading:
    def __init__(self, redis: Redis, lists: Lists, shown: int, clock: Callable[[], float]) -> None:
        self._redis = redis
        self._lists = lists
        self._shown = shown
        self._clock = clock
        self._read = PerArticle(redis, scripts.READ, "lse")
        self._tell = redis.register_script(scripts.TELL)
        self._announced = PerArticle(redis, scripts.ANNOUNCED, "s")

    async def read(self, asked: Sequence[bytes], now: float) -> list[RelatedList | None]:
        """The lists of these members; None of an article that is withdrawn or not known."""
        answers = await self._read((member, ()) for member in asked)
        read = [_as_read(member, answer) for member, answer in zip(asked, answers, strict=True)]
        known = await self._known(read, now)
        if copies := [each for each in read if each.member in known.folds]:
            read = await self._as_originals(read, copies, known)
            known = await self._known(read, now)
        told = await self._told(read, known)
        return [_related(each, known, told.get(each.member), self._shown) for each in read]

    async def announced(self, lists: Sequence[RelatedList]) -> None:
        now = self._clock()
        await self._announced(
            (member_of(each.id), (each.number, _digest(each.links, each.story_id), now, QUIET_S))
            for each in lists
        )
        await self._lists.settled([member_of(each.id) for each in lists])

    async def _known(self, read: Sequence[_Read], now: float) -> _Known:
        named = sorted({m for each in read for m in (each.member, *each.scores)})
        nearest = sorted({each.nearest for each in read if each.nearest})
        if not named:
            return _Known({}, {}, {}, {}, {})
        async with self._redis.pipeline(transaction=False) as pipe:
            for kind in ("c", "a", "f"):
                pipe.mget([key(kind, member) for member in named])
            for member in nearest:
                pipe.hget(key("s", member), "story")
            cards, raws, folds, *stories = await pipe.execute()
        stored = {m: unpack(raw) for m, raw in zip(named, raws, strict=True) if raw}
        return _Known(
            cards={m: card for m, card in zip(named, cards, strict=True) if card},
            records={m: live for m, each in stored.items() if (live := each.live(now))},
            versions={m: each.version for m, each in stored.items()},
            folds={m: fold for m, fold in zip(named, folds, strict=True) if fold},
            stories={m: story for m, story in zip(nearest, stories, strict=True) if story},
        )

    async def _as_originals(
        self, read: Sequence[_Read], copies: Sequence[_Read], known: _Known
    ) -> list[_Read]:
        """A copy has the links of its original, which later articles still find.

        Where that one has become a copy itself, the copy keeps what it had.
        """
        originals = [known.folds[each.member] for each in copies]
        async with self._redis.pipeline(transaction=False) as pipe:
            pipe.mget([key("f", member) for member in originals])
            for member in originals:
                pipe.zrevrange(key("l", member), 0, -1, withscores=True)
            folds, *lists = await pipe.execute()
        instead = {
            each.member: _with_scores(each, {m: int(score) for m, score in found})
            for each, fold, found in zip(copies, folds, lists, strict=True)
            if fold is None
        }
        return [instead.get(each.member, each) for each in read]

    async def _told(self, read: Sequence[_Read], known: _Known) -> Mapping[bytes, bytes]:
        """The story of each, kept; who follows one whose story changed is due.

        An article that has not been told yet, and may be told another way, is asked again later.
        """
        stories: dict[bytes, bytes] = {}
        again: set[bytes] = set()
        # An article comes after the one it follows, so whole branches are told in one go.
        for each in sorted(read, key=lambda e: rank_of(known.records.get(e.member), e.member)):
            if each.member not in known.cards:
                continue
            stories[each.member] = each.member
            if each.version == known.versions.get(each.member) and follows(each.kin, each.best):
                story = stories.get(each.nearest) or known.stories.get(each.nearest)
                stories[each.member] = story or each.nearest
                if story is None:
                    again.add(each.member)
        moved = [each for each in read if stories.get(each.member, each.told) != each.told]
        if moved:
            again |= await self._keep(moved, stories, known)
        await self._lists.make_due_as_changed(again)
        return stories

    async def _keep(
        self, moved: Sequence[_Read], stories: Mapping[bytes, bytes], known: _Known
    ) -> set[bytes]:
        """Makes followers due; answers who followed one that was just told anew."""
        # Before it is kept, because who does it again after a crash finds nothing moved; and after
        # it, because a follower may have been told in between.
        await self._make_followers_due({each.member for each in moved if each.told})
        async with self._redis.pipeline(transaction=False) as pipe:
            for each in moved:
                story = stories[each.member]
                await self._tell(keys=[key("s", each.member)], args=[story], client=pipe)
                pipe.hget(key("s", each.nearest or each.member), "story")
            answers = await pipe.execute()
        again, changed = set[bytes](), set[bytes]()
        for at, each in enumerate(moved):
            told_anew, story = answers[2 * at : 2 * at + 2]
            if each.nearest and story not in {
                known.stories.get(each.nearest),
                stories.get(each.nearest),
            }:
                again.add(each.member)
            if told_anew:
                changed.add(each.member)
        await self._make_followers_due(changed)
        return again

    async def _make_followers_due(self, followed: set[bytes]) -> None:
        async with self._redis.pipeline(transaction=False) as pipe:
            for member in followed:
                pipe.zrange(key("k", member), 0, -1)
                pipe.zrange(key("d", member), 0, -1)
            near = sorted({other for each in await pipe.execute() for other in each})
        async with self._redis.pipeline(transaction=False) as pipe:
            for other in near:
                pipe.hget(key("s", other), "kin")
            kins = cast("list[bytes | None]", await pipe.execute())
        nearest = {m: _kin(kin)[2] for m, kin in zip(near, kins, strict=True) if kin}
        followers = [m for m in near if nearest.get(m) in followed]
        await self._lists.make_due_as_changed(followers, THOSE_BEHIND_S)


def _as_read(member: bytes, answer: Sequence[Any]) -> _Read:
    number, flat, choices, announced, kin, told = answer
    chosen = unpack_choices(choices)
    found = {flat[at]: int(float(flat[at + 1])) for at in range(0, len(flat), 2)}
    pinned = {other: SCALE for other in map(member_of, chosen.pin) if other != member}
    scores = pinned | {other: score for other, score in found.items() if other not in pinned}
    banned = frozenset(map(member_of, chosen.ban))
    scores = {other: score for other, score in scores.items() if other not in banned}
    best = max(found.values(), default=0)
    return _Read(
        member, int(number), announced, scores, frozenset(pinned), banned, best, *_kin(kin), told
    )


def _with_scores(each: _Read, scores: Mapping[bytes, int]) -> _Read:
    pinned = {member: SCALE for member in each.scores if member in each.pinned}
    kept = {m: s for m, s in scores.items() if m not in each.banned and m != each.member}
    return each._replace(scores=pinned | {m: s for m, s in kept.items() if m not in pinned})


def _kin(raw: bytes) -> tuple[bytes, int, bytes]:
    """Version, kinship and member of the nearest earlier article, as the script keeps them."""
    return (raw[:8], int(raw[8:13]), raw[13:]) if raw else (b"", 0, b"")


def _related(each: _Read, known: _Known, story: bytes | None, limit: int) -> RelatedList | None:
    if story is None:
        return None
    card = unpack_card(known.cards[each.member])
    own = known.records.get(each.member)
    links = shown_links(Seen(card, own), _visible(each, known), limit) if own else ()
    digest = _digest(links, story.decode())
    return RelatedList(
        id=card["id"],
        generation=card["generation"],
        number=each.number,
        links=links,
        story_id=story.decode(),
        changed=digest != each.announced,
    )


def _visible(each: _Read, known: _Known) -> list[Candidate]:
    return [
        Candidate(unpack_card(known.cards[m]), known.records[m], score, pinned=m in each.pinned)
        for m, score in each.scores.items()
        if m in known.cards and m in known.records
        if m not in known.folds or m in each.pinned
    ]


def _digest(links: Sequence[RelatedLink], story: str) -> bytes:
    # Also what a link says: a correction may change its score and reason, and nothing else.
    said = "\0".join([story, *(link.model_dump_json() for link in links)])
    return blake2b(said.encode("utf-8", "replace"), digest_size=8).hexdigest().encode()
