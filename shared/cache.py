"""Where downloads that outlive a checkout are kept."""

import os
from pathlib import Path


def cache_dir() -> Path:
    """The user's cache; for root a place that an unprivileged server can read (/root is closed)."""
    if home := os.environ.get("XDG_CACHE_HOME"):
        return Path(home) / "dateline"
    if os.geteuid() == 0:
        return Path("/var/cache/dateline")
    return Path.home() / ".cache" / "dateline"
