"""`make run`: redis-server and the three services, each a process of its own, watched together."""

import json
import signal
import socket
import sys
import time
from collections import deque
from collections.abc import Sequence
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
  Operators   dateline status      API documents: {ingest}/docs  {search}/docs
"""


class Service(LocalServer):
    """One of the three services as a process; ready when it says so itself."""

    def __init__(self, name: str, port: int, environment: dict[str, str], log: Path) -> None:
        super().__init__(name, log)
        self.url = f"http://127.0.0.1:{port}"
        self._environment = environment

    def start(self) -> Self:
        command = [sys.executable, "-m", f"services.{self.name}"]
        self.spawn(command, environment=self._environment)
        return self

    def alive(self) -> bool:
        """Whether it answers at all; being ready may still need the other services."""
        return _answers(f"{self.url}/health/live")

    def ready(self) -> bool:
        return _answers(f"{self.url}/health/ready")

    def said(self) -> str:
        return self._last_words()


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=2).status_code == httpx.codes.OK
    except httpx.HTTPError:
        return False


class Launcher:
    """Starts, watches and stops the processes of `make run`."""

    def __init__(self, settings: CliSettings) -> None:
        self._settings = settings
        self._stop = Event()
        self._redis: RedisServer | None = None
        self._services: list[Service] = []
        self._ends: dict[str, deque[float]] = {}

    def run(self) -> int:
        """Run until a signal (0) or until a process keeps ending (1)."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: self._stop.set())
        try:
            self._start()
            return self._watch()
        except (ServerError, httpx.HTTPError) as error:
            print(f"dateline: {error}", file=sys.stderr)
            return 1
        finally:
            self._stop_all()

    def _start(self) -> None:
        settings = self._settings
        (settings.state_dir / "log").mkdir(parents=True, exist_ok=True)
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
            state = settings.state_dir.resolve()
            _say(GUIDE.format(search=settings.search_url, ingest=settings.ingest_url, state=state))

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
            Service(name, port, environment, settings.state_dir / "log" / f"{name}.log")
            for name, port in ports.items()
        ]

    def _await_ready(self) -> None:
        deadline = time.monotonic() + START_S
        waiting = list(self._services)
        while waiting and not self._stop.is_set():
            for service in waiting:
                if not service.running:
                    raise ServerError(f"{service.name} ended while starting: {service.said()}")
            if time.monotonic() > deadline:
                names = ", ".join(service.name for service in waiting)
                raise ServerError(f"{names} not ready in {START_S:g} s; see var/log")
            waiting = [service for service in waiting if not service.ready()]
            self._stop.wait(0.05)

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
        written.replace(path)

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
        (self._settings.state_dir / RUN_FILE).unlink(missing_ok=True)


def _url(settings: CliSettings) -> str:
    return settings.redis_url.get_secret_value()


def _refuse_taken_ports(settings: CliSettings) -> None:
    ports = {
        "INGEST_PORT": settings.ingest_port,
        "SEARCH_PORT": settings.search_port,
        "ENRICH_PORT": settings.enrich_port,
    }
    for name, port in ports.items():
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((settings.host, port))
            except OSError:
                raise ServerError(
                    f"port {port} is taken; stop what listens there or set {name}"
                ) from None


def _say(line: str) -> None:
    print(line, flush=True)
