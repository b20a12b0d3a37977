"""How far an import has come, so that one that was interrupted goes on from there."""

import json
import os
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

from services.cli.sources import Source


class Journal:
    """One file for each set of sources and how they are imported; gone once all are done.

    A line is on disk before the next batch goes out, so after `kill -9` at most one batch is sent
    again, and changes nothing then. What an address or standard input holds the next time is not
    known, so these are always read from the start.
    """

    def __init__(self, folder: Path, sources: Sequence[Source], how: str) -> None:
        self._keys = {source: source.key() for source in sources}
        names = "\n".join((how, *sorted(source.name for source in sources)))
        self._path = folder / f"{sha256(names.encode()).hexdigest()[:32]}.jsonl"
        self._done: dict[str, int] = {}
        self._finished: set[str] = set()
        self._read()

    def done(self, source: Source) -> int:
        """The number of the last article or line of this source that was dealt with."""
        key = self._keys[source]
        return self._done.get(key, 0) if key else 0

    def is_finished(self, source: Source) -> bool:
        return self._keys[source] in self._finished

    def note(self, source: Source, number: int | None) -> None:
        """All up to this number is dealt with; None: all of it."""
        if self._keys[source] is None:
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps([self._keys[source], number]) + "\n")
            file.flush()
            os.fsync(file.fileno())

    def forget(self) -> None:
        """All is done, or is to be done from the start."""
        self._path.unlink(missing_ok=True)
        self._done, self._finished = {}, set()

    def _read(self) -> None:
        if not self._path.is_file():
            return
        for line in self._path.read_text("utf-8").splitlines():
            try:
                key, number = json.loads(line)
            except ValueError:
                continue  # The line that was being written when the import was killed.
            if number is None:
                self._finished.add(key)
            else:
                self._done[key] = number
