"""Telling whether two sides hold the same, without sending all of it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

BUCKETS: Final = 256


@dataclass(slots=True)
class Digest:
    """A count and a hash that do not depend on the order in which rows were added."""

    count: int = 0
    hash: int = 0

    def add(self, *row: object) -> None:
        text = "\0".join(map(str, row)).encode()
        self.count += 1
        self.hash ^= int.from_bytes(hashlib.blake2b(text, digest_size=8).digest())

    def __str__(self) -> str:
        return f"{self.count}:{self.hash:016x}"


def bucket_of(article_id: str) -> int:
    """Which of the buckets an article is counted in."""
    return hashlib.blake2b(article_id.encode(), digest_size=1).digest()[0]


def by_bucket(states: Iterable[tuple[str, int, bool]]) -> dict[int, Digest]:
    """A digest of (id, revision, withdrawn) for each bucket that is not empty."""
    digests: dict[int, Digest] = {}
    for article_id, revision, withdrawn in states:
        digest = digests.setdefault(bucket_of(article_id), Digest())
        digest.add(article_id, revision, int(withdrawn))
    return digests
