"""`make opensearch`: run a cluster until Ctrl-C or SIGTERM."""

import argparse
import os
import re
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from shared.embedded_opensearch import OpenSearchCluster
from shared.local_server import ServerError
from shared.opensearch_distribution import LATEST, RELEASES, reachable_by_others, report
from shared.settings import cache_dir

_WATCH_SECONDS = 0.5


class OneLineParser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.exit(2, f"opensearch: {message}\n")


def main() -> None:
    # Both unwind through the cluster's stop; a shell's background job would ignore SIGINT.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    try:
        run(parser().parse_args())
    except KeyboardInterrupt:
        report("OpenSearch has stopped.")
    except ServerError as error:
        sys.exit(f"opensearch: {error}")


def run(wish: argparse.Namespace) -> None:
    state: Path = wish.state or _default_state()
    cluster = OpenSearchCluster(
        # Nodes of one cluster cannot become nodes of another: each size has its own data.
        state / f"{wish.version}-nodes-{wish.nodes}",
        nodes=wish.nodes,
        version=wish.version,
        port=wish.port,
        heap=wish.heap,
        settings={"cluster.routing.allocation.disk.threshold_enabled": wish.disk_watermarks},
    )
    report(f"Starting OpenSearch {wish.version}; its data stays in {state.resolve()}")
    began = time.monotonic()
    with cluster:
        report(f"Ready after {time.monotonic() - began:.0f} s. Ctrl-C stops it.")
        sys.stdout.write("\n".join(cluster.urls) + "\n")
        sys.stdout.flush()
        while cluster.running:
            time.sleep(_WATCH_SECONDS)
        raise ServerError("a node has ended by itself; its log is opensearch.log beside its data.")


def parser() -> argparse.ArgumentParser:
    parser = OneLineParser(prog="python -m shared.embedded_opensearch", description=__doc__)
    parser.add_argument("--version", choices=sorted(RELEASES), default=LATEST)
    parser.add_argument("--nodes", type=_number(1, 9), default=1, metavar="N")
    parser.add_argument("--port", type=_number(1, 65535), default=9200, help="of the first node")
    parser.add_argument("--heap", type=_heap, default="512m", help="of each node, as 512m or 2g")
    parser.add_argument("--state", type=Path, metavar="DIR", help="where the data stays")
    parser.add_argument(
        "--disk-watermarks", action="store_true", help="heed a full disk, as in production"
    )
    return parser


def _number(least: int, most: int) -> Callable[[str], int]:
    def number(text: str) -> int:
        if not re.fullmatch(r"\d{1,5}", text, re.ASCII) or not least <= int(text) <= most:
            raise argparse.ArgumentTypeError(f"{text} is no number from {least} to {most}")
        return int(text)

    return number


def _heap(text: str) -> str:
    if not re.fullmatch(r"[1-9]\d{0,5}[mg]", text):
        raise argparse.ArgumentTypeError(f"{text} is no size as 512m or 2g")
    return text


def _default_state() -> Path:
    """Below `var/` with all other state; in the cache where root's server could not reach it."""
    state = Path("var/opensearch")
    reachable = os.geteuid() != 0 or reachable_by_others(Path.cwd() / "here")
    return state if reachable else cache_dir() / "state" / "opensearch"
