"""The production shape, driven as an operator drives it."""

import json
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx

from services.cli import make_env
from services.ingest.domain.keys import new_secret
from tests.compose.standins import run
from tests.servers import free_port

PROJECT = Path(__file__).parents[2]
OVERRIDE = PROJECT / "tests/compose/override.yml"
SERVICES = ("ingest", "enrich", "search")
NAME = "dateline-test"


class Stack:
    """A compose project of its own name, ports, secrets and volumes."""

    def __init__(self, folder: Path, images: Mapping[str, str]) -> None:
        self.ports = {"ingest": free_port(), "search": free_port()}
        self.key = new_secret()
        self.secrets = make_env.settings(self.key)
        self._env_file = folder / ".env"
        ports = {f"{name.upper()}_PORT": str(port) for name, port in self.ports.items()}
        make_env.write(self._env_file, {**self.secrets, **images, **ports})

    def compose(self, *arguments: str) -> str:
        files = ("--file", PROJECT / "docker-compose.yml", "--file", OVERRIDE)
        project = ("--project-name", NAME, "--env-file", self._env_file)
        return run("docker", "compose", *project, *files, *arguments)

    def up(self, *arguments: str) -> None:
        self.compose("up", "--detach", "--wait", "--wait-timeout", "300", *arguments)

    def containers(self, *services: str) -> list[dict[str, Any]]:
        """What the engine says of the running containers."""
        ids = self.compose("ps", "--quiet", *services).split()
        found: list[dict[str, Any]] = json.loads(run("docker", "inspect", *ids))
        return found

    def http(self, service: str) -> httpx.Client:
        """A client of a published port, as a publisher or a reader has it."""
        return httpx.Client(
            base_url=f"http://127.0.0.1:{self.ports[service]}",
            headers={"Authorization": f"Bearer {self.key}"},
            timeout=60,
        )

    def down(self, *arguments: str) -> None:
        self.compose("down", "--timeout", "30", *arguments)


def service_of(container: Mapping[str, Any]) -> str:
    return str(container["Config"]["Labels"]["com.docker.compose.service"])


def inside(container: Mapping[str, Any], *command: str) -> str:
    return run("docker", "exec", str(container["Id"]), *command)


def crash(container: Mapping[str, Any]) -> None:
    """End the process itself: `docker kill` counts as a wish, after which nothing is restarted."""
    end = "kill -KILL $(cat /proc/1/task/1/children)"
    with suppress(AssertionError):  # The shell ends together with the container.
        inside(container, "sh", "-c", end)
