"""python -m services.search: the query API, the reading site and the indexing consumers."""

import signal

import uvicorn

from services.search.app import create_app
from services.search.settings import SearchSettings
from shared.telemetry import configure_logging


def main() -> None:
    """Serve until SIGTERM or SIGINT, then finish what is in hand and exit with 0."""
    settings = SearchSettings()
    configure_logging("search", settings.log_level)
    for number in (signal.SIGINT, signal.SIGTERM):
        # uvicorn raises the signal again when it has stopped; by default that is no exit of 0.
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
