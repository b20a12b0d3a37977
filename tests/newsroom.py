"""A whole Dateline as its own processes, for the end-to-end tests: `python -m services`."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from services.cli.settings import running
from tests.servers import free_port

PORTS = ("INGEST_PORT", "SEARCH_PORT", "ENRICH_PORT")
START_S = 90
STOP_S = 40


@dataclass
class Newsroom:
    """What the launcher runs, reachable as its users reach it."""

    state: Path
    environment: dict[str, str]
    process: subprocess.Popen[str]
    ingest: httpx.Client
    search: httpx.Client

    @property
    def processes(self) -> dict[str, int]:
        """Process ids by name: ingest, enrich, search, redis-server."""
        return dict(running(self.state)["processes"])

    @property
    def redis_url(self) -> str:
        return str(running(self.state)["redis_url"])

    def post(self, article: Mapping[str, Any], **headers: str) -> dict[str, Any]:
        """Post an article and wait until it is searchable; answers the 202's body."""
        answer = self.ingest.post("/v1/articles", json=dict(article), headers=headers)
        assert answer.status_code in (200, 202), answer.text
        accepted: dict[str, Any] = answer.json()
        self.await_state(accepted["receipt"], "searchable")
        return accepted

    def await_state(self, receipt: str, state: str) -> None:
        answer = self.ingest.get(
            f"/v1/receipts/{receipt}", params={"wait": "searchable", "timeout": 20}
        )
        assert answer.json()["state"] == state, answer.text

    def find(self, **params: str | int) -> dict[str, Any]:
        answer = self.search.get("/v1/search", params=params)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def dateline(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """The operators' command line, which finds the running launcher by its state alone."""
        told = {name: value for name, value in self.environment.items() if name not in PORTS}
        return subprocess.run(
            [sys.executable, "-m", "services.cli", *arguments],
            env=told,
            capture_output=True,
            text=True,
            check=False,
            timeout=600,
        )

    def stop(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(STOP_S)


@contextmanager
def newsroom(
    state: Path | None = None, *, samples: bool = False, **settings: str
) -> Iterator[Newsroom]:
    """Run `python -m services` on free ports until the block ends."""
    with tempfile.TemporaryDirectory() as scratch:
        home = state or Path(scratch)
        ports = {name: str(free_port()) for name in PORTS}
        environment = {
            **os.environ,
            **ports,
            "DATELINE_STATE_DIR": str(home),
            "DATELINE_CLAIM_IDLE_MS": "2000",
            "INGEST_RATE_PER_SECOND": "100000",
            "SAMPLES": "1" if samples else "0",
            **settings,
        }
        environment.pop("REDIS_URL", None)
        process = subprocess.Popen(
            [sys.executable, "-m", "services"],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        key = {"Authorization": "Bearer demo-key"}
        ingest = httpx.Client(
            base_url=f"http://127.0.0.1:{ports['INGEST_PORT']}", headers=key, timeout=60
        )
        search = httpx.Client(base_url=f"http://127.0.0.1:{ports['SEARCH_PORT']}", timeout=60)
        room = Newsroom(home, environment, process, ingest, search)
        try:
            _await_start(room)
            yield room
        finally:
            ingest.close()
            search.close()
            if process.poll() is None:
                room.stop()
            if process.stdout:
                process.stdout.close()


def _await_start(room: Newsroom) -> None:
    """Until the launcher says that it runs; its own words are in the failure otherwise."""
    assert room.process.stdout
    said = []
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline:
        line = room.process.stdout.readline()
        said.append(line)
        if "Dateline is running" in line:
            return
        assert line or room.process.poll() is None, "".join(said)
    raise AssertionError("".join(said))
