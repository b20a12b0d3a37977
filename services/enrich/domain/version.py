"""Which of two states of an article is the newer one."""

from typing import Final

FIRST_GENERATION: Final = 1
"""In the first generation nothing was ever lost."""

_REVISION_BITS: Final = 45
_LAST_GENERATION: Final = 127


def version_of(generation: int, revision: int, *, withdrawn: bool) -> int:
    """generation(7) | revision(45) | withdrawn(1): 53 bits, exact in Lua's numbers, too."""
    generation = min(generation, _LAST_GENERATION)
    return (generation << _REVISION_BITS | revision) << 1 | withdrawn
