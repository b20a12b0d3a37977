"""JSON logs with the correlation id, metrics from one typed list, W3C trace context."""

import json
import logging
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

correlation_id: ContextVar[str | None] = ContextVar("correlation_id", default=None)

_PROPAGATOR = TraceContextTextMapPropagator()
_RESERVED = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime"}


class JsonFormatter(logging.Formatter):
    """One JSON object a line; what is passed as `extra` stands beside the message."""

    def __init__(self, service: str) -> None:
        super().__init__()
        self._service = service

    def format(self, record: logging.LogRecord) -> str:
        entry: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "service": self._service,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if (current := correlation_id.get()) is not None:
            entry["correlation_id"] = current
        entry |= {name: value for name, value in vars(record).items() if name not in _RESERVED}
        if record.exc_info:
            entry["exception"] = "".join(traceback.format_exception(*record.exc_info))
        return json.dumps(entry, ensure_ascii=False, default=str)


def configure_logging(service: str, level: str = "INFO") -> None:
    """Send every log line of this process to standard error as JSON."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter(service))
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    for chatty in ("httpx", "httpcore", "opensearch", "uvicorn.access", "faststream"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


@dataclass(frozen=True, slots=True)
class Metric:
    """One entry of the list of metrics; durations are in seconds."""

    name: str
    kind: Literal["counter", "gauge", "histogram"]
    description: str
    labels: tuple[str, ...] = ()


REQUESTS = Metric(
    "dateline_http_request_seconds", "histogram", "Time to answer.", ("route", "method", "status")
)
ACCEPTED = Metric(
    "dateline_articles_accepted_total", "counter", "Answers to publishers by outcome.", ("outcome",)
)
LOOP_LAG = Metric(
    "dateline_event_loop_lag_seconds",
    "histogram",
    "How late timers of the event loop fire: while it is held, nobody is answered.",
)
ENTRIES = Metric(
    "dateline_stream_entries_total",
    "counter",
    "Entries settled, by verdict: done, failed, buried, parked, skipped, lost, deleted.",
    ("stream", "group", "verdict"),
)
PAUSES = Metric(
    "dateline_stream_pauses_total",
    "counter",
    "Times a consumer waited for a part that was out of reach.",
    ("stream", "group"),
)
LAG = Metric(
    "dateline_stream_lag_seconds",
    "gauge",
    "Age of the oldest entry that was not yet tried.",
    ("stream", "group"),
)
PENDING = Metric(
    "dateline_stream_pending_entries", "gauge", "Entries read and not settled.", ("stream", "group")
)
DEAD_LETTERS = Metric(
    "dateline_dead_letters_entries", "gauge", "Entries in the dead-letter stream.", ("stream",)
)
STOPPED = Metric(
    "dateline_stream_consumer_stopped",
    "gauge",
    "1 once too many dead letters stopped this process's consumer: an operator has to look.",
    ("stream", "group"),
)
MEMORY = Metric(
    "dateline_redis_memory_share", "gauge", "Memory that Redis uses, as a share of what it may."
)
CLOSED = Metric(
    "dateline_intake_closed",
    "gauge",
    "1 while ingest answers 503 because of this: lag, memory, or an unsafe Redis.",
    ("reason",),
)
HANDLING = Metric(
    "dateline_stream_handling_seconds", "histogram", "Time to handle a batch.", ("stream", "group")
)
FRESHNESS = Metric(
    "dateline_accepted_to_searchable_seconds",
    "histogram",
    "Time from the answer to the publisher until search shows the article.",
)

METRICS = (
    REQUESTS,
    LOOP_LAG,
    ACCEPTED,
    ENTRIES,
    PAUSES,
    LAG,
    PENDING,
    DEAD_LETTERS,
    STOPPED,
    MEMORY,
    CLOSED,
    HANDLING,
    FRESHNESS,
)


class Metrics:
    """The metrics of one process, in a registry of its own so that tests can hold several."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        kinds = {"counter": Counter, "gauge": Gauge, "histogram": Histogram}
        self._collectors: dict[str, Counter | Gauge | Histogram] = {
            metric.name: kinds[metric.kind](
                metric.name, metric.description, metric.labels, registry=self._registry
            )
            for metric in METRICS
        }

    def count(self, metric: Metric, amount: int = 1, **labels: str) -> None:
        collector = self._collectors[metric.name]
        assert isinstance(collector, Counter)  # noqa: S101  (narrows the type)
        (collector.labels(**labels) if labels else collector).inc(amount)

    def gauge(self, metric: Metric, value: float, **labels: str) -> None:
        collector = self._collectors[metric.name]
        assert isinstance(collector, Gauge)  # noqa: S101  (narrows the type)
        (collector.labels(**labels) if labels else collector).set(value)

    def observe(self, metric: Metric, value: float, **labels: str) -> None:
        collector = self._collectors[metric.name]
        assert isinstance(collector, Histogram)  # noqa: S101  (narrows the type)
        (collector.labels(**labels) if labels else collector).observe(value)

    def render(self) -> bytes:
        """The Prometheus text exposition."""
        return generate_latest(self._registry)


_TRACER = TracerProvider().get_tracer("dateline")


@contextmanager
def span(name: str, traceparent: str | None = None) -> Iterator[str]:
    """A span of the trace that `traceparent` belongs to; yields its own `traceparent`.

    Without an exporter nothing leaves the process; the ids still join log lines and events.
    """
    carrier = {"traceparent": traceparent} if traceparent else {}
    with _TRACER.start_as_current_span(name, context=_PROPAGATOR.extract(carrier)) as current:
        own: dict[str, str] = {}
        _PROPAGATOR.inject(own, trace.set_span_in_context(current))
        yield own["traceparent"]
