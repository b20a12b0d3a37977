"""How late the event loop is: while it is held, nobody is answered."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from fastapi import FastAPI

from shared.background import cancel
from shared.telemetry import LOOP_LAG, Metrics

log = logging.getLogger(__name__)

EVERY_S: Final = 0.02
NOTABLE_S: Final = 0.05


def monitor_event_loop(app: FastAPI, metrics: Metrics) -> None:
    """Measure the loop's lag for as long as the application lives."""
    lifespan = app.router.lifespan_context

    @asynccontextmanager
    async def monitored(application: FastAPI) -> AsyncIterator[object]:
        watching = asyncio.create_task(watch_event_loop(metrics))
        try:
            async with lifespan(application) as state:
                yield state
        finally:
            await cancel([watching])

    app.router.lifespan_context = monitored  # type: ignore[assignment]  # Of the same shape.


async def watch_event_loop(metrics: Metrics) -> None:
    """Observe, many times a second, how much later than asked a timer fires."""
    loop = asyncio.get_running_loop()
    while True:
        due = loop.time() + EVERY_S
        await asyncio.sleep(EVERY_S)
        lag = max(0.0, loop.time() - due)
        metrics.observe(LOOP_LAG, lag)
        if lag > NOTABLE_S:
            log.debug("the event loop was held", extra={"seconds": round(lag, 3)})
