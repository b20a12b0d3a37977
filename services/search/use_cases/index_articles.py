"""IndexArticles: events into the index, and what the index then holds back to the pipeline."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from services.search.domain.articles import (
    Indexed,
    Marker,
    Older,
    Refused,
    Rejected,
    StoredArticle,
    Tombstone,
    WriteVerdict,
)
from services.search.domain.records import indexed_event, is_embargoed, stored
from services.search.domain.writes import Write, write_of
from services.search.ports import EmbargoSchedule, IndexUnavailableError, SearchIndex
from shared.events import ArticleIndexed, Envelope

log = logging.getLogger(__name__)

REFUSED_PAUSES_S = (0.1, 0.5, 2.0)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one event.

    Attributes:
        announced: what the index now holds of the article; None for failures.
        fresh: the event made the article searchable (it was no repetition).
        error: why it failed by its own fault; `permanent` when trying again is of no use.
    """

    announced: ArticleIndexed | None = None
    fresh: bool = False
    error: str | None = None
    permanent: bool = False


class IndexArticles:
    """Writes a batch of events to the index.

    Args:
        marker: the present generation; None while it is undecided.
    """

    def __init__(
        self,
        index: SearchIndex,
        schedule: EmbargoSchedule,
        marker: Callable[[], Marker | None],
        *,
        clock: Callable[[], float] = time.time,
        pauses_s: Sequence[float] = REFUSED_PAUSES_S,
    ) -> None:
        self._index = index
        self._schedule = schedule
        self._marker = marker
        self._clock = clock
        self._pauses_s = pauses_s

    async def __call__(self, envelopes: Sequence[Envelope]) -> list[Outcome]:
        """One outcome per event, in order.

        Raises:
            IndexUnavailableError: nothing is wrong with the events; hand them in again later.
        """
        marker = self._marker()
        if marker is None:
            raise IndexUnavailableError("the generation of the index is not decided yet")
        made = [_write_of(envelope, marker) for envelope in envelopes]
        verdicts = await self._apply([write for write in made if not isinstance(write, Outcome)])
        judged = iter(verdicts)
        pairs = [(write, write if isinstance(write, Outcome) else next(judged)) for write in made]
        return await self._outcomes(pairs)

    async def _apply(self, writes: Sequence[Write]) -> list[WriteVerdict]:
        """A verdict for each; what was refused while others passed is tried again for a while."""
        verdicts = await self._apply_once(writes)
        for pause in self._pauses_s:
            again = [at for at, verdict in enumerate(verdicts) if isinstance(verdict, Refused)]
            if not again:
                break
            await asyncio.sleep(pause)
            for at, verdict in zip(
                again, await self._apply_once([writes[at] for at in again]), strict=True
            ):
                verdicts[at] = verdict
        reasons = [verdict.reason for verdict in verdicts if isinstance(verdict, Refused)]
        if reasons and len(reasons) == len(verdicts):
            raise IndexUnavailableError(reasons[0])
        return verdicts

    async def _apply_once(self, writes: Sequence[Write]) -> list[WriteVerdict]:
        return list(await self._index.apply(writes)) if writes else []

    async def _outcomes(
        self, pairs: Sequence[tuple[Write | Outcome, WriteVerdict | Outcome]]
    ) -> list[Outcome]:
        now = self._clock()
        held = await self._held(pairs)
        # The due times first: once acknowledged, the event comes no more.
        embargoed = {a.id: a.published for a in held.values() if is_embargoed(a, now)}
        if embargoed:
            await self._schedule.put(embargoed)
        return [_outcome(write, verdict, held, now) for write, verdict in pairs]

    async def _held(
        self, pairs: Sequence[tuple[Write | Outcome, WriteVerdict | Outcome]]
    ) -> dict[str, StoredArticle]:
        """What the index holds of these articles: what was written, or what is newer than that."""
        held = {}
        older = set()
        for write, verdict in pairs:
            if isinstance(write, Outcome):
                continue
            if isinstance(verdict, Indexed):
                held[write.id] = stored(write)
            elif isinstance(verdict, Older):
                older.add(write.id)
        if older:
            held |= await self._index.get(sorted(older), whole=False)
        return held


def _write_of(envelope: Envelope, marker: Marker) -> Write | Outcome:
    """The write that an event asks for; an outcome where it asks for the impossible."""
    try:
        return write_of(envelope, marker)
    except ValueError as error:
        return Outcome(error=str(error), permanent=True)


def _outcome(
    write: Write | Outcome,
    verdict: WriteVerdict | Outcome,
    held: dict[str, StoredArticle],
    now: float,
) -> Outcome:
    if isinstance(write, Outcome):
        return write
    match verdict:
        case Rejected(reason):
            return Outcome(error=reason, permanent=True)
        case Refused(reason):
            return Outcome(error=reason)
        case _ if write.id not in held:
            return Outcome(error="the index calls it older and holds nothing of it")
    fresh = isinstance(verdict, Indexed) and not isinstance(write, Tombstone)
    return Outcome(announced=indexed_event(held[write.id], now), fresh=fresh)
