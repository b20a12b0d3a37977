"""Which articles tell of one event, and what is said of a link."""

from collections.abc import Iterable, Mapping
from typing import Final

LEAST_LIKENESS: Final = 2_600
"""How much a story must be like an article that joins it: see `scripts.SETTLE`.

The mean likeness of the best third of its articles; of the texts alone, because events are told of
for days or for months. Chosen on events that people grouped, in ten orders of arrival.
"""

_NAMED: Final = 3


def reason(shared: Iterable[int], written: Mapping[int, str]) -> str:
    """The shared terms of most weight, as they are written in the article that has the link."""
    named = list(dict.fromkeys(word for n in shared if (word := written.get(n))))[:_NAMED]
    return f"Both mention {', '.join(named)}" if named else "Similar words"
