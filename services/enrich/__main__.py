"""`python -m services.enrich`."""

import signal

import uvicorn

from services.enrich.app import create_app
from services.enrich.settings import EnrichSettings
from shared.telemetry import configure_logging


def main() -> None:
    """Serve until SIGTERM or SIGINT, then finish what is in hand and exit with 0."""
    settings = EnrichSettings()
    configure_logging("enrich", settings.log_level)
    # uvicorn raises the signal again once it has stopped; a stop that was asked for is a success.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: None)
    uvicorn.run(
        create_app(settings),
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=10,
    )


if __name__ == "__main__":
    main()
