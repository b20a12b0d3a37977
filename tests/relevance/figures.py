"""One figure of one measure, what it is held to, and what others reach in the same run."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

DATA = Path(__file__).parents[3] / "shared" / "data"


@dataclass(frozen=True, slots=True)
class Figure:
    """What was measured.

    Attributes:
        of: of what, on which set.
        floor, ceiling: what the value must reach, or keep to; None where it is only shown.
        beside: the same figure of other methods, by name.
    """

    of: str
    name: str
    value: float
    floor: float | None = None
    ceiling: float | None = None
    beside: Mapping[str, float] = field(default_factory=dict)

    @property
    def kept(self) -> bool:
        above = self.floor is None or self.value >= self.floor
        return above and (self.ceiling is None or self.value <= self.ceiling)


Measure = Callable[[Path], Iterable[Figure]]


def row(figure: Figure) -> str:
    bound = ""
    if figure.floor is not None:
        bound = f">= {figure.floor:g}"
    if figure.ceiling is not None:
        bound = f"<= {figure.ceiling:g}"
    beside = "  ".join(f"{name} {value:.3f}" for name, value in figure.beside.items())
    verdict = "" if figure.kept else "BELOW" if figure.floor is not None else "ABOVE"
    line = f"{figure.of:<28}{figure.name:<16}{figure.value:>9.3f}  {bound:<9}{verdict:<7}{beside}"
    return line.rstrip()


def json_lines(path: Path) -> Iterator[dict[str, Any]]:
    for line in path.read_text("utf-8").splitlines():
        yield json.loads(line)
