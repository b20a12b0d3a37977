"""Receipts: what became of one accepted revision."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

State = Literal["accepted", "enriched", "searchable", "withdrawn", "superseded", "dead_lettered"]
STATES: tuple[State, ...] = get_args(State)
FINAL: frozenset[State] = frozenset({"searchable", "withdrawn", "superseded", "dead_lettered"})


@dataclass(frozen=True, slots=True)
class Step:
    state: State
    at: datetime
    detail: str | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    receipt: str
    id: str
    publisher: str
    revision: int
    state: State
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class ArticleState:
    """One of a publisher's own articles, as it stands."""

    id: str
    publisher: str
    external_id: str | None
    url: str
    revision: int
    state: State
    receipt: str | None
