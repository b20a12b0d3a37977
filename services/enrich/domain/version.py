"""Which of two states of an article is the newer one."""

from typing import Final

_REVISION_BITS: Final = 45
_FIRST_GENERATION: Final = 1
_LAST_GENERATION: Final = 127


def version_of(generation: int, revision: int, *, withdrawn: bool) -> int:
    """generation(7) | revision(45) | withdrawn(1): 53 bits, exact in Lua's numbers, too."""
    generation = min(generation, _LAST_GENERATION)
    return (generation << _REVISION_BITS | revision) << 1 | withdrawn


def is_restored(generation: int, restored: int) -> bool:
    """Whether what was lost is read back, up to generation `restored`; nothing was in the first."""
    return generation <= max(_FIRST_GENERATION, restored)
