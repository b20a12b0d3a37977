"""A server of our own on loopback, as a child process that is never left behind."""

import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Self

_TETHER = Path(__file__).resolve().with_name("tether.py")
# The kernel ends a tethered child with the *thread* that forked it, so that thread must live as
# long as this process: with a thread of its own, start() may be called from any thread.
_FORKING_THREAD = ThreadPoolExecutor(max_workers=1, thread_name_prefix="fork")
_POLL_SECONDS = 0.02


class ServerError(RuntimeError):
    """A server could not be found, started or stopped; one line for the person in front."""


def free_port() -> int:
    """A free TCP port on 127.0.0.1, below the range that outgoing connections take theirs from.

    A client that retries a stopped server's port inside that range may connect to itself.
    """
    for port in random.sample(range(20_000, 30_000), 100):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise ServerError("No free port between 20000 and 30000 on 127.0.0.1.")


class LocalServer:
    """One child process: outside the terminal's Ctrl-C, ended with us, its output in `log`."""

    stop_seconds = 15.0

    def __init__(self, name: str, log: Path) -> None:
        self.name = name
        self.log = log
        self._process: subprocess.Popen[bytes] | None = None
        self._started_before = False

    def start(self) -> Self:
        raise NotImplementedError

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def pid(self) -> int:
        if self._process is None:
            raise ServerError(f"{self.name} is not running.")
        return self._process.pid

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def spawn(
        self,
        command: Sequence[str | Path],
        *,
        user: int | None = None,
        environment: Mapping[str, str] | None = None,
        folder: Path | None = None,
        keep_open: Sequence[int] = (),
    ) -> None:
        """Start the process; `keep_open` are file descriptors it inherits for its whole life."""
        if self.running:
            raise ServerError(f"{self.name} is already running as process {self.pid}.")
        tether = [sys.executable, "-I", "-S", str(_TETHER), str(os.getpid()), "-"]
        if user is not None:
            tether[-1] = str(user)

        def fork(output: int) -> subprocess.Popen[bytes]:
            return subprocess.Popen(  # noqa: S603 - the commands are our own
                [*tether, *command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=environment,
                cwd=folder,
                pass_fds=keep_open,
                start_new_session=True,
            )

        # Started again it goes on in its log, which says why it ended.
        with self.log.open("ab" if self._started_before else "wb") as output:
            self._started_before = True
            self._process = _FORKING_THREAD.submit(fork, output.fileno()).result()

    def wait_until(self, ready: Callable[[], bool], seconds: float) -> None:
        """Poll until `ready`; whatever comes in between, the server is not left half started."""
        deadline = time.monotonic() + seconds
        try:
            while not ready():
                self._check_start(deadline)
                time.sleep(_POLL_SECONDS)
        except BaseException:
            self.kill()
            raise

    def _check_start(self, deadline: float) -> None:
        if not self.running:
            raise ServerError(f"{self.name} ended while starting: {self._last_words()}")
        if time.monotonic() > deadline:
            raise ServerError(f"{self.name} took too long to start: {self._last_words()}")

    def stop(self) -> None:
        """End it in order; by force when it does not within `stop_seconds`."""
        if self._process is None:
            return
        if self.running:
            self._process.terminate()
            self.resume()
        try:
            self._process.wait(self.stop_seconds)
        except subprocess.TimeoutExpired:
            self.kill()
        self._process = None

    def kill(self) -> None:
        """As `kill -9`: no chance to write anything more."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def pause(self) -> None:
        """Hang it (SIGSTOP): connections stay open, nothing answers."""
        os.kill(self.pid, signal.SIGSTOP)

    def resume(self) -> None:
        os.kill(self.pid, signal.SIGCONT)

    def _last_words(self) -> str:
        lines = [line.strip() for line in self.log.read_text(errors="replace").splitlines()]
        told = [line for line in lines if line and not line.startswith(("at ", "... "))]
        return " | ".join(told[-3:]) or "(no output)"
