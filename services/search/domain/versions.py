"""Versions of what the index holds, as one growing integer each: the highest always wins.

63 bits, most significant first, so that engines compare them as signed 64-bit integers:

    generation 4 | revision 45 | withdrawn 1 | enrichment 13

The generation counts losses of Redis or of the index, from the base in the marker of the index.
Withdrawing keeps the revision and therefore beats every enrichment of it; a later revision beats
both.
"""

from __future__ import annotations

from typing import NamedTuple, Self

_GENERATION_BITS = 4
_REVISION_BITS = 45
_ENRICHMENT_BITS = 13

MAX_GENERATION = (1 << _GENERATION_BITS) - 1
MAX_REVISION = (1 << _REVISION_BITS) - 1
MAX_ENRICHMENT = (1 << _ENRICHMENT_BITS) - 1


class ArticleVersion(NamedTuple):
    """Compares as its packed form does."""

    generation: int
    revision: int
    withdrawn: bool = False
    enrichment: int = 0

    def pack(self) -> int:
        """The version as an integer of at most 63 bits; ValueError for a part out of range."""
        _check("generation", self.generation, MAX_GENERATION)
        _check("revision", self.revision, MAX_REVISION)
        _check("enrichment", self.enrichment, MAX_ENRICHMENT)
        packed = self.generation << _REVISION_BITS | self.revision
        return (packed << 1 | self.withdrawn) << _ENRICHMENT_BITS | self.enrichment

    @classmethod
    def unpack(cls, packed: int) -> Self:
        _check("version", packed, (1 << 63) - 1)
        rest, enrichment = divmod(packed, 1 << _ENRICHMENT_BITS)
        rest, withdrawn = divmod(rest, 2)
        generation, revision = divmod(rest, 1 << _REVISION_BITS)
        return cls(generation, revision, bool(withdrawn), enrichment)


def _check(name: str, value: int, highest: int) -> None:
    if not 0 <= value <= highest:
        raise ValueError(f"{name} {value} is outside 0 to {highest}")
