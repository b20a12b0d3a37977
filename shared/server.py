"""Runs a service as a process: one way to start, to log, to stop in order, and to refuse."""

import gc
import signal
import sys
from collections.abc import Callable
from types import FrameType
from typing import TypeVar

import uvicorn
from fastapi import FastAPI
from pydantic import ValidationError

from shared.settings import Settings, first_fault
from shared.telemetry import configure_logging

STOP_S = 15
KEEP_ALIVE_S = 75
"""Longer than clients and proxies keep an idle connection: who closes first must be the one who
sends next, or a request meets a closing connection."""
STARTUP_FAILURE = 3
"""As `uvicorn.run` exits."""
_ALLOCATIONS = 10_000
"""Objects between two looks for cycles: of a batch of articles there are more, and hardly a cycle;
with Python's own number, 700 or 2,000, the looks take a tenth of the time."""

S = TypeVar("S", bound=Settings)


def serve(
    service: str,
    read_settings: Callable[[], S],
    create_app: Callable[[S], FastAPI],
    port_of: Callable[[S], int],
) -> None:
    """Serve until SIGTERM or SIGINT, finish what is in hand, exit with 0.

    Settings that cannot be are one line on standard error and exit code 2.
    """
    try:
        settings = read_settings()
    except ValidationError as error:
        print(f"{service}: {first_fault(error)}", file=sys.stderr)  # noqa: T201  (no log is configured yet)
        sys.exit(2)
    configure_logging(service, settings.log_level)
    # uvicorn raises the signal again once it has stopped; a stop that was asked for is a success.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: None)
    app = create_app(settings)
    look_for_cycles_less_often()
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=port_of(settings),
        log_config=None,
        access_log=False,
        proxy_headers=True,
        forwarded_allow_ips=settings.trusted_proxies,
        timeout_graceful_shutdown=STOP_S,
        timeout_keep_alive=KEEP_ALIVE_S,
    )
    server = _Server(config)
    server.on_stop = getattr(app.state, "on_stop", None)
    server.run()
    if not server.started:
        sys.exit(STARTUP_FAILURE)


def look_for_cycles_less_often() -> None:
    """What was made until now stays as long as the process: it is not looked through again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_ALLOCATIONS)


class _Server(uvicorn.Server):
    """Says at once that it is to stop: an answer without an end waits for nothing else."""

    on_stop: Callable[[], None] | None = None

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        if self.on_stop:
            self.on_stop()
        super().handle_exit(sig, frame)
