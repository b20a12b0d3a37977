"""Whether ingest takes articles in: closed above a high mark, open again below a low one."""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from services.ingest.domain.decisions import Decision

RETRY_S = (5, 15)

Measure = Literal["lag", "memory"]


@dataclass(frozen=True, slots=True)
class Marks:
    high: float
    low: float


class Intake:
    """Remembers between two looks whether it is closed; two marks keep it from flapping.

    Until the first look it is closed: nobody knows yet whether Redis keeps what it is given.
    """

    def __init__(self, marks: Mapping[Measure, Marks]) -> None:
        self._marks = marks
        self._closed: dict[Measure, str] = {}
        self.unsafe: str | None = "Redis was not looked at yet"

    def look(self, measured: Mapping[Measure, tuple[float, str]], unsafe: str | None) -> None:
        """Take in what was measured, each with its words, and what is unsafe about Redis."""
        self.unsafe = unsafe
        for measure, (value, words) in measured.items():
            marks = self._marks[measure]
            if value >= marks.high or (measure in self._closed and value > marks.low):
                self._closed[measure] = words
            else:
                self._closed.pop(measure, None)

    @property
    def closed(self) -> Mapping[Measure, str]:
        """What it is closed for, with a sentence each."""
        return dict(self._closed)

    def refusal(self, article_id: str = "", *, withdrawal: bool = False) -> Decision | None:
        """The decision on everything, while it is closed.

        A withdrawal does not wait behind what is to be enriched: lag does not stop it.
        """
        if self.unsafe:
            return Decision("unavailable", article_id, wait_s=RETRY_S[0])
        if "memory" in self._closed or (self._closed and not withdrawal):
            # Spread, so that not all who were refused come back at once.
            return Decision("overloaded", article_id, wait_s=random.uniform(*RETRY_S))  # noqa: S311
        return None
