"""`python -m services.ingest`: ingest as a process of its own; ends in order at SIGTERM."""

import signal
import sys

import uvicorn

from services.ingest.app import create_app
from services.ingest.settings import IngestSettings
from shared.telemetry import configure_logging


def main() -> None:
    settings = IngestSettings()
    configure_logging("ingest", settings.log_level)
    # uvicorn stops in order and then raises the signal again: that must not be a failure.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    uvicorn.run(
        create_app(settings),
        host=settings.host,
        port=settings.ingest_port,
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=15,
    )


if __name__ == "__main__":
    main()
