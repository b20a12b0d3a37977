"""What a test run cannot do on this machine: left out loudly, and a failure where `CI=true`."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from shared.opensearch_distribution import is_provisioned
from tests import browsing

SHARED = Path(__file__).parents[2] / "shared"
left_out = pytest.StashKey[set[str]]()


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


MISSING: dict[str, Callable[[], str | None]] = {
    "opensearch": without_opensearch,
    "shared_data": without_shared_data,
    "browser": without_browser,
}


def leave_out(item: pytest.Item, what: str) -> None:
    """Skip the test and remember it for the summary; only a wish is an excuse in CI."""
    item.config.stash.setdefault(left_out, set()).add(what)
    if os.environ.get("CI") == "true" and "WITHOUT_" not in what:
        pytest.fail(f"must not be left out where CI=true: {what}", pytrace=False)
    pytest.skip(f"LEFT OUT: {what}")
