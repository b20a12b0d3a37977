"""From the stream to the use cases and back; and what is done beside the stream."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence

from redis.asyncio import Redis

from services.enrich.ports import MemoryBound, UnavailableError
from services.enrich.use_cases.apply_decisions import DECISIONS, ApplyDecisions
from services.enrich.use_cases.enrich_articles import (
    EnrichArticles,
    Handed,
    Outcome,
    WithdrawArticles,
)
from services.enrich.use_cases.rebuild_memory import RebuildMemory
from services.enrich.use_cases.reenrich_articles import Publish, ReenrichArticles
from services.enrich.use_cases.restore_decisions import RestoreDecisions
from shared.events import ArticlePublished, ArticleWithdrawn, Envelope
from shared.messaging import (
    Delivery,
    DependencyUnavailableError,
    Done,
    Failed,
    Output,
    Verdict,
    publish_guarded,
)
from shared.messaging.outages import outages_as, waiting_out
from shared.streams import ENRICHED
from shared.telemetry import RELATED_ARTICLES, RELATED_FORGOTTEN, RELATED_MEMORY, Metrics

log = logging.getLogger(__name__)

REENRICH_S = 0.5
REBUILD_S = 2
MAKE_ROOM_S = 1

Handle = Callable[[Sequence[Envelope]], Awaitable[list[Outcome]]]


class PublishedHandler:
    """Handles `articles.published`; in batches as they come, which share their round trips."""

    def __init__(
        self,
        enrich: EnrichArticles,
        withdraw: WithdrawArticles,
        apply: ApplyDecisions,
        restore: RestoreDecisions,
    ) -> None:
        self._restore = restore
        self._enrich = enrich
        self._withdraw = withdraw
        self._apply = apply

    async def __call__(self, deliveries: Sequence[Delivery]) -> Sequence[Verdict]:
        try:
            return await self._verdicts(deliveries)
        except UnavailableError as error:
            raise DependencyUnavailableError(str(error)) from error

    async def _verdicts(self, deliveries: Sequence[Delivery]) -> Sequence[Verdict]:
        await self._restore()
        gone = [d for d in deliveries if isinstance(d.envelope.event, ArticleWithdrawn)]
        decided = [d for d in deliveries if isinstance(d.envelope.event, DECISIONS)]
        new = [d for d in deliveries if isinstance(d.envelope.event, ArticlePublished)]
        # Versions and numbers decide, so the order of the three does not matter.
        verdicts = await self._handle(self._withdraw, gone)
        verdicts |= await self._handle(self._apply, decided)
        verdicts |= await self._handle(self._enrich, new)
        return [verdicts[delivery.entry_id] for delivery in deliveries]

    async def _handle(self, handle: Handle, deliveries: Sequence[Delivery]) -> dict[str, Verdict]:
        if not deliveries:
            return {}
        outcomes = await handle([delivery.envelope for delivery in deliveries])
        pairs = zip(deliveries, outcomes, strict=True)
        return {delivery.entry_id: _verdict(outcome) for delivery, outcome in pairs}


def _verdict(outcome: Outcome) -> Verdict:
    if isinstance(outcome, Exception):
        return Failed(f"{type(outcome).__name__}: {outcome}")
    return Done(_outputs(outcome), outcome.guards)


def _outputs(handed: Handed) -> tuple[Output, ...]:
    return tuple(Output(ENRICHED, envelope) for envelope in handed.envelopes)


def publisher(redis: Redis) -> Publish:
    async def publish_handed(handed: Handed) -> bool:
        return await publish_guarded(redis, _outputs(handed), handed.guards)

    return publish_handed


async def reenrich_for_ever(restore: RestoreDecisions, reenrich: ReenrichArticles) -> None:
    """Enrich anew what is due, without a pause while there is more."""
    while True:
        looked_at = 0
        try:
            with outages_as(UnavailableError):
                await restore()
                looked_at = await reenrich()
        except UnavailableError as error:
            log.warning("enriching anew waits: %s", error)
        if not looked_at:
            await asyncio.sleep(REENRICH_S)


async def rebuild_for_ever(restore: RestoreDecisions, rebuild: RebuildMemory) -> None:
    """Fill the memory again whenever it was lost."""
    while True:
        try:
            with outages_as(UnavailableError):
                await restore()
                await rebuild()
        except UnavailableError as error:
            log.warning("the rebuild of the memory waits: %s", error)
        await asyncio.sleep(REBUILD_S)


async def bound_for_ever(bound: MemoryBound, metrics: Metrics) -> None:
    """Keep the memory within its bound, and tell how it stands."""
    forgotten: int | None = None
    while True:
        with waiting_out(log, "the bound of the memory"):
            state = await bound.make_room()
            metrics.gauge(RELATED_MEMORY, state.share)
            metrics.gauge(RELATED_ARTICLES, state.articles)
            metrics.gauge(RELATED_FORGOTTEN, state.forgotten)
            if forgotten == 0 and state.forgotten:
                log.warning("the memory is full: new articles are not linked with the oldest ones")
            forgotten = state.forgotten
        await asyncio.sleep(MAKE_ROOM_S)
