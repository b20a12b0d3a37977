"""AnswerAudits: what the index holds, for an operator who holds it against the log."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator

from services.search.domain.digests import bucket_of, by_bucket
from services.search.domain.versions import ArticleVersion
from services.search.ports import (
    AuditRequest,
    AuditRequests,
    IndexUnavailableError,
    SearchIndex,
    StoreUnavailableError,
)
from services.search.use_cases.announce_articles import AnnounceArticles

log = logging.getLogger(__name__)

AT_ONCE = 10_000


class AnswerAudits:
    """One request at a time, by whichever replica comes first."""

    def __init__(
        self, index: SearchIndex, requests: AuditRequests, announce: AnnounceArticles
    ) -> None:
        self._index = index
        self._requests = requests
        self._announce = announce

    async def run(self, *, every_s: float = 0.3) -> None:
        """Answer until cancelled."""
        while True:
            try:
                while request := await self._requests.next():
                    await self._requests.answer(request, await self._answer(request))
            except (IndexUnavailableError, StoreUnavailableError) as error:
                log.warning("audits wait: %s", error)
            await asyncio.sleep(every_s)

    async def _answer(self, request: AuditRequest) -> object:
        match request.what:
            case "digests":
                digests = by_bucket([state async for state in self._states()])
                return {bucket: str(digest) for bucket, digest in digests.items()}
            case "states":
                wanted = set(request.chosen)
                return [state async for state in self._states() if bucket_of(state[0]) in wanted]
            case "announce":
                return await self._announce.announce([str(one) for one in request.chosen])
        return None

    async def _states(self) -> AsyncIterator[tuple[str, int, bool]]:
        """Id, revision and whether withdrawn, of everything the index holds."""
        after: str | None = None
        while page := await self._index.scan_versions(after, AT_ONCE):
            for id_, packed in page:
                version = ArticleVersion.unpack(packed)
                yield id_, version.revision, version.withdrawn
            after = page[-1][0]
            await asyncio.sleep(0)
