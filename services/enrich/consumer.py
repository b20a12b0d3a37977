"""From the stream to the use cases and back; and the loop that announces changed lists."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence

from redis.asyncio import Redis
from redis.exceptions import RedisError

from services.enrich.use_cases import EnrichArticles, Outcome, RefreshRelated, WithdrawArticles
from shared.events import ArticleWithdrawn, Envelope
from shared.messaging import Delivery, Done, Failed, Output, Verdict, publish
from shared.streams import ENRICHED

log = logging.getLogger(__name__)

REFRESH_S = 0.5
_BATCH = 10

Handle = Callable[[Sequence[Envelope]], Awaitable[list[Outcome]]]


class PublishedHandler:
    """Handles `articles.published` in small batches, so that shutdown never waits for long."""

    def __init__(self, enrich: EnrichArticles, withdraw: WithdrawArticles) -> None:
        self._enrich = enrich
        self._withdraw = withdraw

    async def __call__(self, deliveries: Sequence[Delivery]) -> Sequence[Verdict]:
        gone = [d for d in deliveries if isinstance(d.envelope.event, ArticleWithdrawn)]
        new = [d for d in deliveries if not isinstance(d.envelope.event, ArticleWithdrawn)]
        # Versions decide, so the order of the two does not matter.
        verdicts = await self._handle(self._withdraw, gone)
        for at in range(0, len(new), _BATCH):
            verdicts |= await self._handle(self._enrich, new[at : at + _BATCH])
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
    return Done(tuple(Output(ENRICHED, envelope) for envelope in outcome))


async def refresh_for_ever(redis: Redis, refresh: RefreshRelated, pause_s: float) -> None:
    """Publish what is due, again and again; what a crash leaves is due again after a minute."""
    while True:
        await asyncio.sleep(pause_s)
        try:
            due = await refresh.due()
            await publish(redis, [Output(ENRICHED, envelope) for _, envelope in due])
            for related, _ in due:
                await refresh.announced(related)
        except (RedisError, OSError) as error:
            log.warning("refreshing related links waits: %s", error)
        except Exception:
            log.exception("refreshing related links failed")
