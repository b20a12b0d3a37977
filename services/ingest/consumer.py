"""What became of accepted articles, as receipts: thin, every step may be repeated."""

from collections.abc import Awaitable, Callable, Sequence
from functools import partial

from services.ingest.ports import Letter, PartUnavailableError, Receipts, Tags
from shared.events import ArticleEnriched, ArticleIndexed, ArticlePublished, ArticleWithdrawn
from shared.messaging import (
    Delivery,
    DependencyUnavailableError,
    Done,
    Handler,
    Subscription,
    Verdict,
)
from shared.streams import DEAD_LETTERS, ENRICHED, INDEXED
from shared.telemetry import FRESHNESS, Metrics

MORTAL = (ArticlePublished, ArticleEnriched, ArticleWithdrawn)


class ReceiptKeeper:
    def __init__(self, receipts: Receipts, tags: Tags, metrics: Metrics) -> None:
        self._receipts = receipts
        self._tags = tags
        self._metrics = metrics

    async def enriched(self, delivery: Delivery) -> None:
        event = delivery.envelope.event
        if not isinstance(event, ArticleEnriched):
            return
        await self._tags.note(event.enrichment.tags)
        if event.receipt:
            await self._receipts.note_enriched(event.receipt)

    async def indexed(self, delivery: Delivery) -> None:
        event = delivery.envelope.event
        if isinstance(event, ArticleIndexed):
            for waited in await self._receipts.note_indexed(delivery.envelope.subject, event):
                self._metrics.observe(FRESHNESS, waited)

    async def dead_letter(self, stream: str, delivery: Delivery) -> None:
        event = delivery.envelope.event
        if isinstance(event, MORTAL) and event.receipt:
            error = delivery.fields.get(b"last_error", b"").decode(errors="replace")
            letter = Letter(stream, delivery.entry_id, error)
            subject = delivery.envelope.subject
            await self._receipts.note_dead_letter(subject, event.receipt, letter)


def subscriptions(receipts: Receipts, tags: Tags, metrics: Metrics) -> list[Subscription]:
    keeper = ReceiptKeeper(receipts, tags, metrics)
    return [
        Subscription(ENRICHED, "ingest", _each(keeper.enriched)),
        Subscription(INDEXED, "ingest", _each(keeper.indexed)),
        *(
            Subscription(stream, "ingest", _each(partial(keeper.dead_letter, stream.name)))
            for stream in DEAD_LETTERS
        ),
    ]


def _each(note: Callable[[Delivery], Awaitable[None]]) -> Handler:
    async def handle(deliveries: Sequence[Delivery]) -> Sequence[Verdict]:
        try:
            for delivery in deliveries:
                await note(delivery)
        except PartUnavailableError as error:
            raise DependencyUnavailableError(str(error)) from error
        return [Done()] * len(deliveries)

    return handle
