"""The values that a handler is given and gives back."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

from shared.events import Envelope
from shared.streams import Stream


class DependencyUnavailableError(Exception):
    """A part that the handler needs is out of reach.

    Nothing is wrong with the entries: they are handed to the handler again, for as long as it
    takes, and no attempt is counted.
    """


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event in hand.

    `fields` are those of the entry as it came (a dead letter says there why it died); `moved`
    counts how often a guard sent it back to be computed again.
    """

    entry_id: str
    envelope: Envelope
    fields: Mapping[bytes, bytes]
    moved: int = 0


@dataclass(frozen=True, slots=True)
class Output:
    """An event to be appended to a stream."""

    stream: Stream
    envelope: Envelope


@dataclass(frozen=True, slots=True)
class Done:
    """The effect is durable. Outputs are appended and the entry acknowledged in one step.

    `guards` maps Redis keys to the values (None: absent) that the outputs were computed from; when
    one has moved meanwhile nothing is handed over and the delivery comes again.
    """

    outputs: tuple[Output, ...] = ()
    guards: Mapping[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Failed:
    """This entry failed, by its own fault. It is tried again, alone, unless `permanent`."""

    error: str
    permanent: bool = False


Verdict = Done | Failed
Handler = Callable[[Sequence[Delivery]], Awaitable[Sequence[Verdict]]]
"""Handles a batch; one verdict per delivery, in order. May raise `DependencyUnavailableError`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsumerOptions:
    """Times and sizes of a consumer.

    Attributes:
        batch_size: entries read, and handed to the handler, at once.
        in_flight: batches of a group that are handled at a time; each is read when there is work.
        claim_idle_ms: an entry that rested this long with its consumer is taken over.
        scan_ms: pause between two looks for entries to take over or to try again.
        attempt_limit: own failures of an entry after which it becomes a dead letter.
        retry_ms: pause before the second attempt, doubled for each further one, with jitter.
        dead_share, dead_minimum, dead_window_s: from this many dead letters within the window,
            and this share of all entries, the consumer stops: a bad release must not drain a
            stream into dead letters.
        stop_timeout_s: what is in hand at shutdown is finished within this time.
        renew_s: an entry that is being handled is kept from others for this long; a handler that
            hangs loses it then.
        retention_s: entries that all groups acknowledged stay this long, to be read again.
        house_s: pause between two rounds of trimming, forgetting dead consumers, and measuring.
    """

    batch_size: int = 100
    in_flight: int = 1
    claim_idle_ms: int = 30_000
    scan_ms: int = 500
    attempt_limit: int = 5
    retry_ms: int = 200
    dead_share: float = 0.5
    dead_minimum: int = 20
    dead_window_s: float = 300
    stop_timeout_s: float = 15
    renew_s: float = 600
    retention_s: float = 7 * 24 * 3600
    house_s: float = 10
