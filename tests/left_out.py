"""What a test run cannot do on this machine: left out loudly, and a failure where `CI=true`."""

import os
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from shared.embedded_redis import system_redis_server
from shared.opensearch_distribution import is_provisioned
from tests import browsing

SHARED = Path(__file__).parents[2] / "shared"
LEFT_OUT = "LEFT OUT: "


def without_opensearch() -> str | None:
    if os.environ.get("WITHOUT_OPENSEARCH") == "1":
        return "OpenSearch (WITHOUT_OPENSEARCH=1)"
    if shutil.which("mvn") is None and not is_provisioned():
        return "OpenSearch (Maven, which fetches it, is not installed)"
    return None


def without_shared_data() -> str | None:
    return None if SHARED.is_dir() else f"../shared data ({SHARED} is missing)"


def without_browser() -> str | None:
    return None if browsing.is_there() else "the walk in a browser (chromium is not installed)"


def without_node() -> str | None:
    there = shutil.which("node") and shutil.which("npm")
    return None if there else "the algoliasearch client (node and npm are not installed)"


def without_system_redis() -> str | None:
    there = system_redis_server()
    return None if there else "the system's redis-server (6.2 or newer is not installed)"


MISSING: dict[str, Callable[[], str | None]] = {
    "opensearch": without_opensearch,
    "shared_data": without_shared_data,
    "browser": without_browser,
    "node": without_node,
}


def leave_out(what: str) -> None:
    """Skip the test; only a wish is an excuse in CI."""
    if os.environ.get("CI") == "true" and "WITHOUT_" not in what:
        pytest.fail(f"must not be left out where CI=true: {what}", pytrace=False)
    pytest.skip(f"{LEFT_OUT}{what}")


def said_of(reports: Iterable[pytest.TestReport]) -> set[str]:
    """What these skipped tests say was left out; from whichever worker they come."""
    reasons = (report.longrepr[2] for report in reports if isinstance(report.longrepr, tuple))
    return {reason[at:] for reason in reasons if (at := reason.find(LEFT_OUT)) >= 0}
