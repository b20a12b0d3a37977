"""`dateline audit`: the log and the records of ingest against the index.

Both sides are compared by digests of buckets; only where these differ, article by article. What is
still on its way is given time.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Collection
from dataclasses import dataclass, field
from typing import Literal, cast

from redis.asyncio import Redis

from services.ingest.adapters.redis_records import Record, RedisRecords
from services.search.commands import IndexAudit, State
from services.search.domain.digests import bucket_of, by_bucket
from shared.events import (
    ArticlePublished,
    ArticleWithdrawn,
    Envelope,
    NewerSchemaError,
    UndecodableEventError,
    decode,
)
from shared.messaging import Output, publish
from shared.messaging.dead_letters import DeadLetterFilter, find_dead_letters
from shared.messaging.group import StreamGroup
from shared.streams import PUBLISHED

PAGE = 500
LOOK_AGAIN_S = 1.0

Kind = Literal["missing", "stale", "resurrected", "hidden", "unrecorded"]
MEANING: dict[Kind, str] = {
    "missing": "accepted, and the index holds nothing of it",
    "stale": "the index holds an older revision",
    "resurrected": "withdrawn, and the index shows it",
    "hidden": "not withdrawn, and the index holds a withdrawal",
    "unrecorded": "the index holds what neither ingest nor the log knows, or a newer revision",
}


@dataclass(frozen=True, slots=True)
class Difference:
    """One article on which the two sides differ."""

    kind: Kind
    id: str
    accepted: str
    indexed: str


@dataclass(slots=True)
class Audit:
    """The result: how many articles each side has, and where they differ.

    `healed` are ids whose events were published again, `unhealed` those whose content is no longer
    in the log: their publishers may post the same content again.
    """

    accepted: int = 0
    indexed: int = 0
    dead: int = 0
    differences: list[Difference] = field(default_factory=list)
    healed: list[str] = field(default_factory=list)
    unhealed: list[str] = field(default_factory=list)


class Auditor:
    """Audits and heals; `within_s` is how long differences may take to go by themselves."""

    def __init__(self, redis: "Redis", *, within_s: float) -> None:
        self._redis = redis
        self._records = RedisRecords(redis)
        self._index = IndexAudit(redis)
        self._within_s = within_s

    async def audit(self) -> Audit:
        """Compare until nothing differs, or the time is over."""
        deadline = time.monotonic() + self._within_s
        while True:
            found = await self._compare()
            if not found.differences or time.monotonic() > deadline:
                return found
            await asyncio.sleep(LOOK_AGAIN_S)

    async def heal(self, found: Audit) -> Audit:
        """Publish again what differs, and audit again."""
        unrecorded = [one.id for one in found.differences if one.kind == "unrecorded"]
        if unrecorded:
            await self._index.announce(unrecorded)
        lacking = {one.id for one in found.differences} - set(unrecorded)
        events = await self._events_of(lacking)
        await publish(self._redis, [Output(PUBLISHED, event) for event in events.values()])
        for article_id in lacking - set(events):
            await self._records.take_in_again(article_id)
        again = await self.audit()
        again.healed = sorted(set(unrecorded) | set(events))
        again.unhealed = sorted(lacking - set(events))
        return again

    async def _compare(self) -> Audit:
        expected = await self._expected()
        dead = await self._dead_letters()
        digests = await self._index.digests()
        ours = by_bucket((one.id, one.revision, one.withdrawn) for one in expected.values())
        differing = {
            bucket for bucket in {*ours, *digests} if str(ours.get(bucket)) != digests.get(bucket)
        }
        indexed = sum(int(digest.partition(":")[0]) for digest in digests.values())
        found = Audit(accepted=len(expected), indexed=indexed)
        if not differing:
            return found
        held = {state[0]: state for state in await self._index.states(differing)}
        for article_id in sorted({*expected, *held}):
            if bucket_of(article_id) in differing:
                _judge(found, article_id, expected.get(article_id), held.get(article_id), dead)
        return found

    async def _expected(self) -> dict[str, Record]:
        """What ingest accepted, and what foreign producers put into the log beside it."""
        expected: dict[str, Record] = {}
        async for event in self._log():
            known, new = expected.get(event.subject), _record_of(event)
            if known is None or (known.revision, known.withdrawn) < (new.revision, new.withdrawn):
                expected[event.subject] = new
        async for record in self._records.all():
            known = expected.get(record.id)
            if known is None or known.revision <= record.revision:
                expected[record.id] = record
        return expected

    async def _dead_letters(self) -> set[tuple[str, int]]:
        found = set()
        async for letter in find_dead_letters(self._redis, DeadLetterFilter()):
            if (event := letter.envelope) and (revision := getattr(event.event, "revision", None)):
                found.add((event.subject, revision))
        return found

    async def _events_of(self, ids: Collection[str]) -> dict[str, Envelope]:
        """The last word of the log on these, if it is the state that ingest accepted."""
        wanted = {record.id: record for record in await self._records.read(sorted(ids))}
        found: dict[str, Envelope] = {}
        async for event in self._log():
            if event.subject not in ids:
                continue
            record = wanted.get(event.subject)
            state = _record_of(event)
            if record is None or (state.revision, state.withdrawn) == (
                record.revision,
                record.withdrawn,
            ):
                found[event.subject] = event
        return found

    async def _log(self) -> AsyncIterator[Envelope]:
        """The articles and withdrawals of `articles.published`, as far back as it goes."""
        log, position = StreamGroup(self._redis, PUBLISHED.name, "", ""), "0-1"
        while True:
            entries, position = await log.read_from(position, PAGE)
            for entry in entries:
                try:
                    envelope = decode(entry.raw)
                except (NewerSchemaError, UndecodableEventError):
                    continue
                if isinstance(envelope.event, ArticlePublished | ArticleWithdrawn):
                    yield envelope
            if len(entries) < PAGE:
                return


def _record_of(envelope: Envelope) -> Record:
    event = cast("ArticlePublished | ArticleWithdrawn", envelope.event)
    return Record(envelope.subject, event.revision, isinstance(event, ArticleWithdrawn), dead=False)


def _judge(
    found: Audit,
    article_id: str,
    record: Record | None,
    held: State | None,
    dead: Collection[tuple[str, int]],
) -> None:
    """Note how one article differs; a dead letter is a known reason to lack it."""
    kind = _kind_of(record, held)
    if kind is None:
        return
    lacking = record is not None and kind in {"missing", "stale"}
    if record and lacking and (record.dead or (article_id, record.revision) in dead):
        found.dead += 1
        return
    accepted = _said(record.revision, withdrawn=record.withdrawn) if record else "unknown"
    indexed = _said(held[1], withdrawn=held[2]) if held else "nothing"
    found.differences.append(Difference(kind, article_id, accepted, indexed))


def _kind_of(record: Record | None, held: State | None) -> Kind | None:
    if record is None:
        return "unrecorded"
    if held is None:
        return "missing"
    _, revision, withdrawn = held
    if revision < record.revision:
        return "stale"
    if revision > record.revision:
        return "unrecorded"
    if withdrawn == record.withdrawn:
        return None
    return "resurrected" if record.withdrawn else "hidden"


def _said(revision: int, *, withdrawn: bool) -> str:
    return f"revision {revision}{', withdrawn' if withdrawn else ''}"
