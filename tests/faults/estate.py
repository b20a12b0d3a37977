"""A whole Dateline in replicas, each a real process that may be killed, hung or cut off.

`python -m services` runs one of each and repairs what ends; here nothing is repaired but by the
schedule, so that each fault lasts as long as it says.
"""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit

from services.cli.launcher import DEMO_KEY, Service
from shared.embedded_opensearch import OpenSearchCluster
from shared.embedded_redis import RedisServer
from shared.local_server import LocalServer, free_port
from tests.faults import toxiproxy
from tests.faults.toxiproxy import Toxiproxy, Way
from tests.servers import open_directory

Engine = Literal["tantivy", "opensearch", "cluster"]
ENGINES: tuple[Engine, ...] = ("tantivy", "opensearch", "cluster")

CLAIM_IDLE_MS = 3000
START_S = 300.0
NODE_START_S = 400.0
STOP_S = 40.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """How many of each; the embedded index has one writer, so with it there is one search."""

    engine: Engine = "tantivy"
    ingest: int = 2
    enrich: int = 3
    search: int = 2
    network: bool = True
    mutant: str | None = None
    settings: Mapping[str, str] = field(default_factory=dict)

    @property
    def replicas(self) -> Mapping[str, int]:
        search = min(1, self.search) if self.engine == "tantivy" else self.search
        return {"ingest": self.ingest, "enrich": self.enrich, "search": search}


class Replica(Service):
    """One process of a service."""

    def __init__(
        self, name: str, number: int, environment: Mapping[str, str], logs: Path, mutant: str | None
    ) -> None:
        self.label = f"{name}-{number}"
        port = free_port()
        own = {**environment, f"{name.upper()}_PORT": str(port)}
        url = f"http://{own['DATELINE_HOST']}:{port}"
        super().__init__(name, url, own, logs / f"{self.label}.log")
        self.environment = own
        self.mutant = mutant
        self.starts = 0
        self.exits: list[int] = []
        # A fault and the restart policy act from threads of their own.
        self._lock = threading.RLock()
        self.wanted = False

    def start(self) -> Self:
        with self._lock:
            self._start()
        return self

    def start_again(self) -> bool:
        """As a restart policy does: if it ended and nobody stopped it."""
        with self._lock:
            ended = self.wanted and not self.running
            if ended:
                self._start()
        return ended

    def _start(self) -> None:
        self.wanted = True
        self.starts += 1
        self.log = self.log.with_name(f"{self.label}.{self.starts}.log")
        module = f"services.{self.name}"
        launched = ["tests.faults.mutants", self.mutant, module] if self.mutant else [module]
        self.spawn([sys.executable, "-m", *launched], environment=self.environment)

    def kill(self) -> None:
        with self._lock:
            self.wanted = False
            super().kill()

    def deploy(self) -> int:
        """Stop it as a deployment does, and answer its exit code; -9: it had to be killed.

        One that is still starting is waited for: before it can, it does not stop in order.
        """
        deadline = time.monotonic() + START_S
        while self.running and "health" in self.missing() and time.monotonic() < deadline:
            time.sleep(0.1)
        with self._lock:
            self.wanted = False
            process = self._process
            if process is None:
                return 0
            process.terminate()
        try:
            code = process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            code = -signal.SIGKILL
        self.stop()
        self.exits.append(code)
        return code


class Estate:
    """Everything that runs, by label (redis, ingest-1, …, node-1, …)."""

    def __init__(
        self, directory: Path, layout: Layout, cluster: OpenSearchCluster | None = None
    ) -> None:
        """`cluster` is one that runs already; without it the layout's own is started."""
        self.layout = layout
        self.directory = directory
        self.redis = RedisServer(directory / "redis")
        self.cluster = cluster
        self.proxy: Toxiproxy | None = None
        self.ways: dict[str, Way] = {}
        # An address of its own: what is down must find its port free when it comes up again.
        self.host = ".".join(["127", *(str(random.randint(1, 254)) for _ in range(3))])
        self.replicas: list[Replica] = []

    def of(self, name: str) -> list[Replica]:
        return [replica for replica in self.replicas if replica.name == name]

    @property
    def servers(self) -> dict[str, LocalServer]:
        nodes = self.cluster.nodes if self.cluster else []
        found: dict[str, LocalServer] = {"redis": self.redis}
        found |= {replica.label: replica for replica in self.replicas}
        return found | {node.directory.name: node for node in nodes}

    def start(self, stack: ExitStack) -> None:
        """Start all of it; what stays running is stopped by `stack`."""
        layout = self.layout
        stack.enter_context(self.redis)
        if layout.engine != "tantivy" and self.cluster is None:
            nodes = 3 if layout.engine == "cluster" else 1
            self.cluster = OpenSearchCluster(
                stack.enter_context(open_directory()), nodes=nodes, heap="512m", quick_start=True
            )
            for node in self.cluster.nodes:
                node.start_seconds = NODE_START_S
            stack.enter_context(self.cluster)
        if layout.network and not toxiproxy.missing():
            self.proxy = stack.enter_context(Toxiproxy(self.directory / "toxiproxy"))
        stack.callback(self._stop)
        logs = self.directory / "log"
        logs.mkdir()
        # Search first: enrich is told where it is.
        for name, count in sorted(layout.replicas.items(), reverse=True):
            for number in range(1, count + 1):
                environment = self._environment(f"{name}-{number}", name)
                self.replicas.append(Replica(name, number, environment, logs, layout.mutant))
        for replica in self.replicas:
            replica.start()
        self.await_ready()

    def await_ready(self, within_s: float = START_S) -> None:
        deadline = time.monotonic() + within_s
        waiting = list(self.replicas)
        while waiting := [replica for replica in waiting if not replica.ready()]:
            names = ", ".join(f"{one.label} ({one.said()})" for one in waiting)
            assert time.monotonic() < deadline, f"not ready in {within_s:g} s: {names}"
            time.sleep(0.1)

    def _environment(self, label: str, service: str) -> dict[str, str]:
        environment = {
            **os.environ,
            "REDIS_URL": f"redis://{self._way(label, 'redis', f'127.0.0.1:{self.redis.port}')}/0",
            "DATELINE_STATE_DIR": str(self.directory / "state"),
            "DATELINE_HOST": self.host,
            "DATELINE_CLAIM_IDLE_MS": str(CLAIM_IDLE_MS),
            "DATELINE_DEMO_KEY": DEMO_KEY,
            "INGEST_RATE_PER_SECOND": "0",
            "PYTHONUNBUFFERED": "1",
            **self.layout.settings,
        }
        environment.pop("OPENSEARCH_URL", None)
        if self.cluster and service == "search":
            environment["OPENSEARCH_URL"] = ",".join(
                f"http://{self._way(label, n.directory.name, f'127.0.0.1:{n.port}')}"
                for n in self.cluster.nodes
            )
        if service == "enrich" and (searches := self.of("search")):
            search = searches[0]
            way = self._way(label, search.label, urlsplit(search.url).netloc)
            environment["SEARCH_URL"] = f"http://{way}"
        return environment

    def _way(self, label: str, target: str, address: str) -> str:
        """The host and port to connect to; through the proxy where there is one."""
        if self.proxy is None:
            return address
        name = f"{label}>{target}"
        self.ways[name] = self.proxy.proxy(name, address)
        return f"127.0.0.1:{self.ways[name].port}"

    def _stop(self) -> None:
        for replica in self.replicas:
            replica.wanted = False
            replica.stop()


@contextmanager
def running(
    directory: Path, layout: Layout, cluster: OpenSearchCluster | None = None
) -> Iterator[Estate]:
    """An estate that is ready, until the block ends."""
    with ExitStack() as stack:
        estate = Estate(directory, layout, cluster)
        estate.start(stack)
        yield estate
