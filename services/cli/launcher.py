"""`make run`: redis-server and the three services, each a process of its own, watched together."""

import errno
import json
import shutil
import signal
import socket
import sys
import time
from collections import deque
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from typing import Self

import httpx

from services.cli.samples import post_samples
from services.cli.settings import RUN_FILE, CliSettings, own_secrets_key, service_environment
from shared.embedded_redis import RedisServer
from shared.local_server import LocalServer, ServerError

DEMO_KEY = "demo-key"
START_S = 60.0
PATIENCE_S = 5.0
"""After this time it says what it waits for."""
UNHEARD = "health"
POLL_S = 0.05
WATCH_S = 0.2
RESTARTS = 5
RESTART_WINDOW_S = 60.0

GUIDE = """
Dateline is running. Ctrl-C stops everything; its state stays in {state}.

  Readers     {search}/
  Publishers  curl -X POST {ingest}/v1/articles -H 'Authorization: Bearer demo-key' \\
                   -H 'Content-Type: application/json' \\
                   -d '{{"url": "https://publisher.example/1", "title": "Hello", "body": "News."}}'
  Frontends   curl '{search}/v1/search?q=tunnel&facets=category,tag'
  Operators   {dateline} status      API documents: {ingest}/docs  {search}/docs
"""


class Service(LocalServer):
    """One of the three services as a process; ready when it says so itself."""

    def __init__(self, name: str, url: str, environment: dict[str, str], log: Path) -> None:
        super().__init__(name, log)
        self.url = url
        self._environment = environment

    def start(self) -> Self:
        command = [sys.executable, "-m", f"services.{self.name}"]
        self.spawn(command, environment=self._environment)
        return self

    def ready(self) -> bool:
        """Whether it says so itself; that may need the other services."""
        return not self.missing()

    def missing(self) -> Mapping[str, str]:
        """What it waits for, by part."""
        try:
            answer = httpx.get(f"{self.url}/health/ready", timeout=2)
            if answer.status_code == httpx.codes.OK:
                return {}
            parts: dict[str, str] = answer.json()["parts"]
        except (httpx.HTTPError, ValueError, KeyError):
            return {UNHEARD: f"no answer at {self.url}"}
        return {name: what for name, what in parts.items() if what != "ok"}

    def said(self) -> str:
        return self._last_words()


class Launcher:
    """Starts, watches and stops the processes of `make run`."""

    def __init__(self, settings: CliSettings) -> None:
        self._settings = settings
        self._stop = Event()
        self._redis: RedisServer | None = None
        self._services: list[Service] = []
        self._ends: dict[str, deque[float]] = {}
        self._run_file: Path | None = None

    def run(self) -> int:
        """Run until a signal (0) or until a process keeps ending (1)."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: self._stop.set())
        try:
            self._start()
            return self._watch()
        except (ServerError, httpx.HTTPError, OSError) as error:
            print(f"dateline: {error}", file=sys.stderr)
            return 1
        finally:
            self._stop_all()

    def _start(self) -> None:
        settings = self._settings
        _make_state_dir(settings.state_dir)
        _refuse_taken_ports(settings)
        redis_url = settings.redis_url.get_secret_value()
        if settings.own_redis:
            self._redis = RedisServer(settings.state_dir / "redis")
            _say(f"Starting {self._redis.executable}")
            self._redis.start()
            redis_url = self._redis.url
        self._services = self._make_services(redis_url)
        index = settings.opensearch_url or "an embedded tantivy index"
        _say(f"Starting ingest, enrich and search on {index}")
        for service in self._services:
            service.start()
        self._await_ready()
        self._write_run_file(redis_url)
        if settings.samples and not self._stop.is_set():
            post_samples(settings.ingest_url, settings.search_url, DEMO_KEY, _say)
        if not self._stop.is_set():
            _say(
                GUIDE.format(
                    search=settings.search_url,
                    ingest=settings.ingest_url,
                    state=settings.state_dir.resolve(),
                    dateline=_own_command(),
                )
            )

    def _make_services(self, redis_url: str) -> list[Service]:
        settings = self._settings
        environment = service_environment(
            {
                "REDIS_URL": redis_url,
                "DATELINE_DEMO_KEY": DEMO_KEY,
                "DATELINE_SECRETS_KEY": own_secrets_key(settings),
                "PYTHONUNBUFFERED": "1",
            }
        )
        ports = {
            "ingest": settings.ingest_port,
            "enrich": settings.enrich_port,
            "search": settings.search_port,
        }
        return [
            Service(
                name,
                settings.address_of(port),
                environment,
                settings.state_dir / "log" / f"{name}.log",
            )
            for name, port in ports.items()
        ]

    def _await_ready(self) -> None:
        start = time.monotonic()
        waiting = {service: service.missing() for service in self._services}
        told: Mapping[Service, Mapping[str, str]] = {}
        while waiting and not self._stop.wait(POLL_S):
            for service in waiting:
                if not service.running:
                    raise ServerError(f"{service.name} ended while starting: {service.said()}")
            missing = {service: service.missing() for service in waiting}
            waiting = {service: parts for service, parts in missing.items() if parts}
            if waiting and time.monotonic() > start + START_S:
                log = self._settings.state_dir / "log"
                raise ServerError(f"not ready in {START_S:g} s: {_named(waiting)}. Logs: {log}")
            if not told and time.monotonic() > start + PATIENCE_S:
                told = {one: parts for one, parts in waiting.items() if UNHEARD not in parts}
                if told:
                    _say(f"Waiting for {_named(told)}")

    def _write_run_file(self, redis_url: str) -> None:
        about = {
            "redis_url": redis_url,
            "ingest_url": self._settings.ingest_url,
            "search_url": self._settings.search_url,
            "processes": {service.name: service.pid for service in self._services},
        }
        if self._redis:
            about["processes"] |= {"redis-server": self._redis.pid}  # type: ignore[operator]
        path = self._settings.state_dir / RUN_FILE
        written = path.with_suffix(".new")
        written.touch(mode=0o600)
        written.write_text(json.dumps(about))
        # In one step: whoever reads it meanwhile must not find half of it.
        self._run_file = written.replace(path)

    def _watch(self) -> int:
        """Restart what ends; give up when one ends again and again."""
        while not self._stop.wait(WATCH_S):
            for server in self._servers():
                if server.running:
                    continue
                if self._ends_too_often(server.name):
                    print(
                        f"dateline: {server.name} ended {RESTARTS} times within "
                        f"{RESTART_WINDOW_S:g} s; stopping the rest. Its log: {server.log}",
                        file=sys.stderr,
                    )
                    return 1
                _say(f"{server.name} ended; starting it again")
                server.start()
                self._write_run_file(self._redis.url if self._redis else _url(self._settings))
        _say("Stopping")
        return 0

    def _servers(self) -> Sequence[LocalServer]:
        return [*([self._redis] if self._redis else []), *self._services]

    def _ends_too_often(self, name: str) -> bool:
        ends = self._ends.setdefault(name, deque())
        now = time.monotonic()
        ends.append(now)
        while ends[0] < now - RESTART_WINDOW_S:
            ends.popleft()
        return len(ends) >= RESTARTS

    def _stop_all(self) -> None:
        with ThreadPoolExecutor() as pool:
            list(pool.map(LocalServer.stop, self._services))
        if self._redis:
            self._redis.stop()
        # Ours alone: another launcher may run on this state, which is why we could not start.
        if self._run_file:
            self._run_file.unlink(missing_ok=True)


def _url(settings: CliSettings) -> str:
    return settings.redis_url.get_secret_value()


def _named(waiting: Mapping[Service, Mapping[str, str]]) -> str:
    """Each service with the part that it misses first: the others mostly follow from it."""
    return "; ".join(
        f"{service.name} ({part}: {what})"
        for service, parts in waiting.items()
        for part, what in [next(iter(parts.items()))]
    )


def _own_command() -> str:
    """How this `dateline` is called from here, in whatever environment it is."""
    own = Path(sys.executable).with_name("dateline")
    if shutil.which("dateline") == str(own):
        return "dateline"
    return str(own.relative_to(Path.cwd()) if own.is_relative_to(Path.cwd()) else own)


def _make_state_dir(state_dir: Path) -> None:
    try:
        (state_dir / "log").mkdir(parents=True, exist_ok=True)
    except OSError as error:
        wrong = f"{state_dir} cannot be made ({error.strerror}); set DATELINE_STATE_DIR"
        raise ServerError(wrong) from None


def _refuse_taken_ports(settings: CliSettings) -> None:
    ports = {
        "INGEST_PORT": settings.ingest_port,
        "SEARCH_PORT": settings.search_port,
        "ENRICH_PORT": settings.enrich_port,
    }
    for name, port in ports.items():
        if twin := next((other for other in ports if other < name and ports[other] == port), None):
            raise ServerError(f"{twin} and {name} are both {port}; set one of them")
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((settings.host, port))
            except OSError as error:
                if error.errno == errno.EADDRINUSE:
                    wrong = f"port {port} is taken; stop what listens there or set {name}"
                else:
                    wrong = f"cannot listen on {settings.host}:{port} ({error.strerror})"
                raise ServerError(wrong) from None


def _say(line: str) -> None:
    print(line, flush=True)
