"""At-least-once delivery on Redis streams, with effects that happen once.

FastStream's RedisBroker subscribes; this package supplies what it lacks, and is the only place that
acknowledges: groups that start at 0, takeover of what a dead worker held, own failures counted per
entry, dead letters with their reason, parking of newer schema versions, output and acknowledgement
in one step, a verdict for every item of a batch, repair when a group or a stream vanishes.

`consumer.StreamConsumer` is the door; a handler sees only the values in `deliveries`.
"""

from shared.messaging.connection import connect
from shared.messaging.consumer import (
    StreamConsumer,
    Subscription,
    publish,
    publish_guarded,
)
from shared.messaging.deliveries import (
    ConsumerOptions,
    Delivery,
    DependencyUnavailableError,
    Done,
    Failed,
    Handler,
    Output,
    Verdict,
)

__all__ = [
    "ConsumerOptions",
    "Delivery",
    "DependencyUnavailableError",
    "Done",
    "Failed",
    "Handler",
    "Output",
    "StreamConsumer",
    "Subscription",
    "Verdict",
    "connect",
    "publish",
    "publish_guarded",
]
