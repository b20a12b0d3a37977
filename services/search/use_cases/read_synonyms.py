"""ReadSynonyms: the sets of words that editors hold equal, known to each process."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from typing import Any

from services.search.ports import StoreUnavailableError, SynonymSet, SynonymStore

log = logging.getLogger(__name__)

REFRESH_S = 10.0


class ReadSynonyms:
    """Read again every ten seconds; in an outage of Redis as last known."""

    def __init__(self, store: SynonymStore) -> None:
        self._store = store
        self._known: tuple[SynonymSet, ...] = ()

    def sets(self, languages: Sequence[str]) -> list[Sequence[str]]:
        """The sets for all languages, and those for any of these."""
        return [one.words for one in self._known if one.language in {None, *languages}]

    def listing(self) -> list[dict[str, Any]]:
        """All sets, as the query API shows them."""
        return [
            {**({"language": one.language} if one.language else {}), "words": list(one.words)}
            for one in self._known
        ]

    async def run(self) -> None:
        """Keep reading until cancelled."""
        while True:
            try:
                self._known = tuple(await self._store.read())
            except StoreUnavailableError as error:
                log.warning("synonyms wait: %s", error)
            await asyncio.sleep(REFRESH_S)
