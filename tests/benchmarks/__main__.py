"""`python -m tests.benchmarks [NAME…]`: print each ratio with its goal and raw figures."""

import asyncio
import os
import sys
import tempfile
import time
from contextlib import ExitStack
from importlib import import_module
from pathlib import Path

from tests.benchmarks.frame import Rig
from tests.relevance.figures import DATA

_NEED_NEWS = {"enrichment", "scale_out"}
# First those that need both cores for themselves: an OpenSearch, once started, stays.
NAMES = (
    *("enrichment", "scale_out", "consumer"),
    *("pipeline", "query", "suggest", "freshness", "reindex", "hostile"),
)


def main() -> None:
    chosen = sys.argv[1:] or NAMES
    if unknown := set(chosen) - set(NAMES):
        sys.stderr.write(f"bench: {', '.join(sorted(unknown))} is none of {', '.join(NAMES)}\n")
        sys.exit(2)
    load, cores = os.getloadavg()[0], os.cpu_count()
    _say(f"{cores} cores, load {load:.1f} before the start; only the ratios travel\n")
    with tempfile.TemporaryDirectory() as scratch, ExitStack() as stack:
        rig, failed = Rig(Path(scratch), stack), False
        for name in chosen:
            if name in _NEED_NEWS and not DATA.is_dir():
                _say(f"{name}: not measured, for it needs the news of {DATA}\n")
                failed = True
                continue
            start = time.monotonic()
            for result in asyncio.run(import_module(f"tests.benchmarks.{name}").run(rig)):
                _say(str(result))
                failed = failed or not result.holds
            _say(f"    ({name}: {time.monotonic() - start:.0f} s)\n")
    sys.exit(failed)


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
