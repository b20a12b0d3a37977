"""What stands beside an index in small files of JSON, each replaced in one step."""

import os
from pathlib import Path
from typing import Any

import orjson


def read(path: Path) -> Any:  # noqa: ANN401 - JSON.
    """What the file holds; None if there is none."""
    return orjson.loads(path.read_bytes()) if path.exists() else None


def write(path: Path, value: Any) -> None:  # noqa: ANN401
    """Replace the file in one step, on disk before this returns."""
    draft = path.with_suffix(".new")
    with draft.open("wb") as file:
        file.write(orjson.dumps(value))
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
