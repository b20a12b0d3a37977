"""Events of search's own accord, on `articles.indexed`."""

from collections.abc import Sequence

from redis.asyncio import Redis
from redis.exceptions import ResponseError

from services.search.adapters.redis_outage import reported_outage
from services.search.domain.positions import order_of
from services.search.ports import StoreUnavailableError
from shared.events import ArticleIndexed, wrap
from shared.messaging import Output, publish
from shared.messaging.outages import is_missing
from shared.streams import INDEXED

SOURCE = "search"
READER = "ingest"


class RedisAnnouncements:
    """`Announcements` on a Redis stream; a position is the id of an entry."""

    def __init__(self, redis: "Redis") -> None:
        self._redis = redis

    async def publish(self, events: Sequence[tuple[str, ArticleIndexed]]) -> str:
        outputs = [
            Output(INDEXED, wrap(event, source=SOURCE, subject=article_id))
            for article_id, event in events
        ]
        with reported_outage():
            return (await publish(self._redis, outputs))[-1]

    async def read_up_to(self, position: str) -> bool:
        with reported_outage():
            if order_of(await self._last_id()) < order_of(position):
                raise StoreUnavailableError("Redis was lost once more")
            try:
                groups = await self._redis.xinfo_groups(INDEXED.name)
                reader = next((row for row in groups if row["name"] == READER.encode()), None)
                if reader is None or order_of(reader["last-delivered-id"].decode()) < order_of(
                    position
                ):
                    return False
                pending = await self._redis.xpending_range(
                    INDEXED.name, READER, min="-", max=position, count=1
                )
            except ResponseError as error:
                if not is_missing(error):
                    raise
                return False
        return not pending

    async def _last_id(self) -> str:
        try:
            about = await self._redis.xinfo_stream(INDEXED.name)
        except ResponseError as error:
            if not is_missing(error):
                raise
            return "0-0"
        last: bytes = about["last-generated-id"]
        return last.decode()
