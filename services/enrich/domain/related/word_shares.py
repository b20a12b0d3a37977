"""How common a stem is in its language: the share of articles that have it, from a frozen table."""

import gzip
import math
from collections.abc import Mapping
from importlib.resources import files
from typing import Final

# A floor under rare words: a misspelling says no more of an article than a rare name does.
_FLOOR: Final = 1e-3
# The tables' unit: shares stand there in hundred-thousandths.
_UNIT: Final = 1e-5
_NO_SHARES: Final[Mapping[str, int]] = {}


class Shares:
    def __init__(self, shares: Mapping[str, int], *, known: bool) -> None:
        self._shares = shares
        self.known = known

    def importance(self, stem: str) -> float:
        share = self._shares.get(stem, 0) * _UNIT if self.known else _guess(stem)
        return importance_of(share)


def importance_of(share: float) -> float:
    """Inverse document frequency: 1 for a word that every article has."""
    return math.log((1 + _FLOOR) / (share + _FLOOR)) + 1


def _guess(stem: str) -> float:
    """Without a table: the commoner a word is, the shorter (Zipf's law of abbreviation)."""
    return 0.5 ** max(0, len(stem) - 2)


def shares_of(language: str) -> Shares:
    table = files("services.enrich") / "data" / "word_shares" / f"{language}.txt.gz"
    if not table.is_file():
        return Shares(_NO_SHARES, known=False)
    lines = gzip.decompress(table.read_bytes()).decode().splitlines()
    pairs = (line.split(" ") for line in lines)
    return Shares({stem: int(share) for stem, share in pairs}, known=True)
