"""Which of the things that readers type may be counted and shown to others."""

from __future__ import annotations

import re
from typing import Final

from services.search.domain.reading import clean

_SHORTEST: Final = 3
_LONGEST: Final = 60
_MOST_WORDS: Final = 6
# Addresses, telephone and account numbers: what one person typed and nobody else should see.
_PERSONAL = re.compile(r"@|(?:\d[\s./-]?){5}")


def countable(q: str) -> str | None:
    """One spelling for what was typed; None for what is too short, long or personal to be shown."""
    text = " ".join(clean(q).lower().split())
    words = text.count(" ") + 1
    fits = _SHORTEST <= len(text) <= _LONGEST and words <= _MOST_WORDS
    return text if fits and not _PERSONAL.search(text) else None
