"""A publisher's ledger: what ingest has promised to keep, one JSON object a line.

A line is written once the answer 202 is here, and is on disk before the next request goes out, so
that a ledger never promises more than ingest did, nor less after a crash of its writer.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Self


class LedgerError(ValueError):
    """A line of a ledger that cannot be read; the message names it."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """One 202.

    Attributes:
        id: of the article.
        withdrawn: what was accepted is the withdrawal of this revision.
        receipt: where ingest says what became of it.
        visible_from: when it was or is published (RFC 3339): not shown before. None: at once.
    """

    id: str
    revision: int
    withdrawn: bool = False
    receipt: str | None = None
    visible_from: str | None = None

    @property
    def rank(self) -> tuple[int, bool]:
        """Of two lines on one article the higher one holds: a withdrawal keeps its revision."""
        return self.revision, self.withdrawn

    def embargoed(self, now: datetime) -> bool:
        return self.visible_from is not None and datetime.fromisoformat(self.visible_from) > now


class Ledger:
    """Appends to a ledger; opened again it goes on where it ended."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = path.open("a", encoding="utf-8")

    def add(self, *accepted: Accepted) -> None:
        for one in accepted:
            self._file.write(json.dumps(asdict(one)) + "\n")
        self._file.flush()
        os.fsync(self._file.fileno())

    def close(self) -> None:
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def read_ledger(path: Path) -> dict[str, Accepted]:
    """By article, what must be shown in the end. Raises `LedgerError`, OSError."""
    highest: dict[str, Accepted] = {}
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                accepted = _accepted(json.loads(line))
            except (ValueError, TypeError, KeyError) as error:
                raise LedgerError(f"{path}:{number}: not a line of a ledger: {error!r}") from None
            known = highest.get(accepted.id)
            if known is None or accepted.rank > known.rank:
                highest[accepted.id] = accepted
    return highest


def _accepted(row: Mapping[str, object]) -> Accepted:
    """Other fields may stand beside ours: a ledger may be written by a publisher's own system."""
    article_id, revision = row["id"], row["revision"]
    visible_from, receipt = row.get("visible_from"), row.get("receipt")
    if not isinstance(article_id, str) or not isinstance(revision, int):
        raise TypeError("id must be a string, revision a whole number")
    if isinstance(visible_from, str) and datetime.fromisoformat(visible_from).tzinfo is None:
        raise ValueError("visible_from needs a time zone")
    return Accepted(
        id=article_id,
        revision=revision,
        withdrawn=bool(row.get("withdrawn", False)),
        receipt=receipt if isinstance(receipt, str) else None,
        visible_from=visible_from if isinstance(visible_from, str) else None,
    )
