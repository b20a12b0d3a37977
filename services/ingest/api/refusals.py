"""Leaves a trace of what was refused: a metric at once, and log lines once a minute."""

import asyncio
import logging
from collections import Counter
from typing import Final

from shared.telemetry import REFUSED, Metrics

log = logging.getLogger(__name__)

LOG_S = 60.0
LOG_LINES: Final = 100
MOST_PUBLISHERS: Final = 1_000
"""Each is a label of the metric; more of them are counted together as `others`."""
UNKNOWN: Final = "unknown"
"""Stands for whoever showed neither a key nor a signature that is known."""


class Refusals:
    """Counts refused requests and items of batches by publisher and reason: the problem's code.

    Only publishers that showed a key or a signature are named: nobody else can make labels.
    """

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics
        self._publishers = {UNKNOWN}
        self._to_log: Counter[tuple[str, str]] = Counter()

    def note(self, publisher: str, reason: str) -> None:
        if publisher not in self._publishers:
            if len(self._publishers) <= MOST_PUBLISHERS:
                self._publishers.add(publisher)
            else:
                publisher = "others"
        self._metrics.count(REFUSED, reason=reason, publisher=publisher)
        self._to_log[publisher, reason] += 1

    async def log_for_ever(self) -> None:
        while True:
            await asyncio.sleep(LOG_S)
            self.log()

    def log(self) -> None:
        """Write a line for each publisher and reason of the last minute, most frequent first."""
        noted, self._to_log = self._to_log, Counter()
        for (publisher, reason), number in noted.most_common(LOG_LINES):
            log.warning(
                "refused %d requests or items of %s: %s",
                number,
                publisher,
                reason,
                extra={"publisher": publisher, "reason": reason, "refused": number},
            )
        if len(noted) > LOG_LINES:
            log.warning("refused more, for %d other reasons", len(noted) - LOG_LINES)
