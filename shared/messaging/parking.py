"""Entries of a newer schema version, set aside until a worker comes that knows the version."""

import logging
import time

from redis.asyncio import Redis

from shared.events import NewerSchemaError, UndecodableEventError, decode
from shared.messaging import scripts
from shared.messaging.entries import Entry, read_pages

log = logging.getLogger(__name__)

FROM_THE_START_S = 600.0


class ParkedEntries:
    """The parked entries of one stream, as one process reads them.

    What this release does not know it never will: each look goes on after the last one. From time
    to time it begins at the start, in case Redis was restored from an older copy.
    """

    def __init__(self, redis: "Redis", parked: str, stream: str) -> None:
        self._redis = redis
        self._parked = parked
        self._stream = stream
        self._unpark = redis.register_script(scripts.UNPARK)
        self._after = "-"
        self._start_over_at = 0.0

    async def put_back(self) -> int:
        """Put the entries that this release knows back into their stream; answers how many."""
        if time.monotonic() >= self._start_over_at:
            self._after = "-"
            self._start_over_at = time.monotonic() + FROM_THE_START_S
        count = 0
        async for page in read_pages(self._redis, self._parked, self._after):
            for entry in page:
                count += await self._put_back(entry)
            self._after = f"({page[-1].id}"
        return count

    async def _put_back(self, entry: Entry) -> int:
        try:
            decode(entry.raw)
        except NewerSchemaError:
            return 0
        except UndecodableEventError:
            # In its stream it becomes a dead letter.
            log.exception("parked entry cannot be read", extra={"entry_id": entry.id})
        keys = [self._parked, self._stream]
        return int(await self._unpark(keys=keys, args=[entry.id, entry.raw]))
