"""The marker as a small file beside the index."""

import os
from dataclasses import asdict
from pathlib import Path

import orjson

from services.search.domain.articles import Marker


def read_marker(path: Path) -> Marker | None:
    if not path.exists():
        return None
    return Marker(**orjson.loads(path.read_bytes()))


def write_marker(path: Path, marker: Marker) -> None:
    """Replace the file in one step, on disk before this returns."""
    draft = path.with_suffix(".new")
    with draft.open("wb") as file:
        file.write(orjson.dumps(asdict(marker)))
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
