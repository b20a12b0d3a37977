"""What the consumers of search are told: events in hand to IndexArticles, outcomes to verdicts."""

from collections.abc import Sequence
from datetime import UTC, datetime

from services.search.ports import IndexUnavailableError, StoreUnavailableError
from services.search.use_cases.index_articles import IndexArticles, Outcome
from shared.events import Envelope, wrap
from shared.messaging import (
    Delivery,
    DependencyUnavailableError,
    Done,
    Failed,
    Handler,
    Output,
    Subscription,
    Verdict,
)
from shared.streams import ENRICHED, INDEXED, PUBLISHED
from shared.telemetry import FRESHNESS, Metrics

SERVICE = "search"


def subscriptions(index_articles: IndexArticles, metrics: Metrics) -> list[Subscription]:
    """Group `search` on enriched articles, and on withdrawals, which do not wait behind enrich."""
    handle = _handler(index_articles, metrics)
    return [Subscription(stream, SERVICE, handle) for stream in (ENRICHED, PUBLISHED)]


def _handler(index_articles: IndexArticles, metrics: Metrics) -> Handler:
    async def handle(deliveries: Sequence[Delivery]) -> Sequence[Verdict]:
        try:
            outcomes = await index_articles([delivery.envelope for delivery in deliveries])
        except (IndexUnavailableError, StoreUnavailableError) as error:
            raise DependencyUnavailableError(str(error)) from error
        now = datetime.now(UTC)
        for delivery, outcome in zip(deliveries, outcomes, strict=True):
            if outcome.fresh:
                metrics.observe(FRESHNESS, _age(delivery.envelope, now))
        return [_verdict(*pair) for pair in zip(deliveries, outcomes, strict=True)]

    return handle


def _age(envelope: Envelope, now: datetime) -> float:
    """Seconds since ingest took the article; a foreign one counts from its own event."""
    accepted: datetime | None = getattr(envelope.event, "accepted_at", None)
    return max(0.0, (now - (accepted or envelope.time)).total_seconds())


def _verdict(delivery: Delivery, outcome: Outcome) -> Verdict:
    if outcome.error:
        return Failed(outcome.error, permanent=outcome.permanent)
    if outcome.announced is None:
        return Done()
    cause = delivery.envelope
    event = wrap(outcome.announced, source=SERVICE, subject=cause.subject, cause=cause)
    return Done((Output(INDEXED, event),))
