"""Entries of a stream as Redis answers them."""

from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from redis.asyncio import Redis

from shared.events import DATA_FIELD

Fields = Mapping[bytes, bytes]

DATA = DATA_FIELD.encode()
PAGE = 100
"""Entries of a parked or dead-letter stream that are read at once; each may have 10 MiB."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A raw entry in hand; `deliveries` counts how often it was handed to any consumer."""

    id: str
    fields: Fields
    deliveries: int = 1

    @property
    def raw(self) -> bytes:
        return self.fields.get(DATA, b"")


async def read_pages(
    redis: "Redis", stream: str, start: str = "-", upto: str = "+"
) -> AsyncIterator[list[Entry]]:
    """The entries of a stream, read without a group, a page at a time."""
    while rows := rows_of(await redis.xrange(stream, start, upto, count=PAGE)):
        yield [Entry(entry_id, fields) for entry_id, fields in rows]
        start = f"({rows[-1][0]}"


def rows_of(answer: Iterable[Any] | None) -> list[tuple[str, Fields]]:
    """Entries as Redis answers them; 6.2 leaves a hole where a claimed entry was deleted."""
    return [(text_of(row[0]), row[1]) for row in answer or () if row and row[0] and row[1]]


def text_of(value: bytes | str) -> str:
    return value.decode() if isinstance(value, bytes) else value
