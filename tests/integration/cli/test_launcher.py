"""`make run` where it cannot run: one line that says what to do, and nothing left behind."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.newsroom import PORTS
from tests.servers import free_port


def run(state: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ,
        **{name: str(free_port()) for name in PORTS},
        "DATELINE_STATE_DIR": str(state),
        **settings,
    }
    return subprocess.run(
        [sys.executable, "-m", "services"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_a_taken_port_is_named_with_its_setting(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ended = run(tmp_path, SEARCH_PORT=str(port))
    assert ended.returncode == 1
    assert ended.stderr == (
        f"dateline: port {port} is taken; stop what listens there or set SEARCH_PORT\n"
    )


def test_two_services_cannot_have_one_port(tmp_path: Path) -> None:
    port = str(free_port())
    ended = run(tmp_path, INGEST_PORT=port, SEARCH_PORT=port)
    assert ended.returncode == 1
    assert (
        ended.stderr == f"dateline: INGEST_PORT and SEARCH_PORT are both {port}; set one of them\n"
    )


@pytest.mark.parametrize("name", ["a-file", "/proc/nowhere"])
def test_a_state_directory_that_cannot_be_is_named(tmp_path: Path, name: str) -> None:
    (tmp_path / "a-file").touch()
    ended = run(tmp_path / name)
    assert ended.returncode == 1
    assert ended.stderr.startswith(f"dateline: {tmp_path / name} cannot be made (")
    assert ended.stderr.endswith("; set DATELINE_STATE_DIR\n")
    assert ended.stderr.count("\n") == 1
