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
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from shared.http import PROBLEM_JSON, ProblemError
from shared.settings import Settings, first_fault
from shared.telemetry import configure_logging

STOP_S = 15
KEEP_ALIVE_S = 75
"""Longer than clients and proxies keep an idle connection: who closes first must be the one who
sends next, or a request meets a closing connection."""
HEAD_BYTES = 64 * 2**10
"""Of a request's first line and its headers, or of its trailers."""
LINGER_S = 1
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
        http=HttpProtocol,
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


class HttpProtocol(HttpToolsProtocol):
    """uvicorn's protocol, with a bound on what comes before a body and after it.

    uvicorn keeps headers and trailers of any length, and asks the application only then.
    """

    _unread = 0
    """Bytes since the last end of headers, piece of a body or end of a request."""
    _in_head = False
    _too_long = False

    def data_received(self, data: bytes) -> None:
        if self._too_long:
            return
        self._unread += len(data)
        super().data_received(data)
        if self._unread > HEAD_BYTES and not self._too_long:
            self._refuse()

    def on_message_begin(self) -> None:
        self._in_head = True
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._unread = 0
        # A line has four bytes more: a colon, a space and its end.
        lines = sum(len(name) + len(value) + 4 for name, value in self.headers)
        if len(self.url) + lines > HEAD_BYTES:
            self._too_long = True
            raise ValueError("headers too long")  # uvicorn then calls `send_400_response`.
        self._in_head = False
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._unread = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._unread = 0
        super().on_message_complete()

    def send_400_response(self, msg: str) -> None:
        if self._too_long:
            self._refuse()
        else:
            super().send_400_response(msg)

    def _refuse(self) -> None:
        """Answer, unless a request of before is still being answered, and close.

        What the client still sends is dropped for a moment: closed at once, the connection would be
        reset, and the client would not read the answer.
        """
        self._too_long = True
        # Before the first request there is no cycle, whatever its type says.
        cycle: RequestResponseCycle | None = self.cycle
        if self._in_head and (cycle is None or cycle.response_complete):
            self.transport.write(_HEADERS_TOO_LARGE)
        self.loop.call_later(LINGER_S, self.transport.close)


def _headers_too_large() -> bytes:
    detail = f"Headers have up to {HEAD_BYTES} bytes."
    problem = ProblemError(431, "headers_too_large", detail).problem("/")
    body = problem.model_dump_json().encode()
    head = (
        "HTTP/1.1 431 Request Header Fields Too Large\r\nConnection: close\r\n"
        f"Content-Type: {PROBLEM_JSON}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


_HEADERS_TOO_LARGE = _headers_too_large()
