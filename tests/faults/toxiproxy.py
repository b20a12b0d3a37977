"""A real fault proxy between any two processes: Toxiproxy, built from the Go module proxy."""

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

import httpx

from shared.cache import cached, filling
from shared.local_server import LocalServer, ServerError, free_port

MODULE = "github.com/Shopify/toxiproxy/v2/cmd/server@v2.12.0"
EXECUTABLE = "toxiproxy-2.12.0/toxiproxy-server"
BUILD_S = 600


def missing() -> str | None:
    """Why there can be none on this machine."""
    if cached(EXECUTABLE).is_file() or shutil.which("go"):
        return None
    return "network faults (Toxiproxy is built by Go, which is not installed)"


def executable() -> Path:
    """The server; built once, into the folder of downloads that outlive a checkout."""
    built = cached(EXECUTABLE)
    if not built.is_file():
        with filling(EXECUTABLE) as scratch:
            _build(scratch).replace(built)
    return built


def _build(folder: Path) -> Path:
    go = shutil.which("go")
    if go is None:
        raise ServerError("Toxiproxy cannot be built: Go is not installed.")
    done = subprocess.run(
        [go, "install", MODULE],
        env={**os.environ, "GOBIN": str(folder)},
        capture_output=True,
        text=True,
        check=False,
        timeout=BUILD_S,
    )
    if done.returncode:
        raise ServerError(f"Toxiproxy cannot be built: {done.stderr.strip()[-300:]}")
    return folder / "server"


class Toxiproxy(LocalServer):
    """The proxy server; `proxy` opens a way through it."""

    start_seconds = 15.0

    def __init__(self, directory: Path) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        super().__init__("toxiproxy", directory / "toxiproxy.log")
        self._port = free_port()
        self._api = httpx.Client(base_url=f"http://127.0.0.1:{self._port}", timeout=10)

    def start(self) -> Self:
        self.spawn([executable(), "-host", "127.0.0.1", "-port", str(self._port)])
        self.wait_until(self._ready, self.start_seconds)
        return self

    def stop(self) -> None:
        self._api.close()
        super().stop()

    def _ready(self) -> bool:
        try:
            return self._api.get("/version").is_success
        except httpx.HTTPError:
            return False

    def proxy(self, name: str, upstream: str) -> "Way":
        """A way to a host and port; connect to `Way.port` of 127.0.0.1 instead."""
        own = free_port()
        ends = {"listen": f"127.0.0.1:{own}", "upstream": upstream}
        self._api.post("/proxies", json={"name": name, "enabled": True, **ends}).raise_for_status()
        return Way(self._api, name, own)


class Way:
    """One way through the proxy, to be cut, slowed or frozen."""

    def __init__(self, api: httpx.Client, name: str, port: int) -> None:
        self._api = api
        self.name = name
        self.port = port

    def cut(self) -> None:
        """Close every connection and refuse new ones."""
        self._set(enabled=False)

    def poison(self, kind: str, *, upstream: bool = False, **attributes: Any) -> None:  # noqa: ANN401  (JSON)
        """Add a toxic: latency, bandwidth, timeout (frozen, half-open), slow_close, reset_peer."""
        toxic: Mapping[str, Any] = {
            "name": f"{kind}-{'up' if upstream else 'down'}",
            "type": kind,
            "stream": "upstream" if upstream else "downstream",
            "attributes": attributes,
        }
        self._api.post(f"/proxies/{self.name}/toxics", json=toxic).raise_for_status()

    def heal(self) -> None:
        toxics = self._api.get(f"/proxies/{self.name}/toxics").raise_for_status().json()
        for toxic in toxics:
            self._api.delete(f"/proxies/{self.name}/toxics/{toxic['name']}").raise_for_status()
        self._set(enabled=True)

    def _set(self, *, enabled: bool) -> None:
        self._api.post(f"/proxies/{self.name}", json={"enabled": enabled}).raise_for_status()
