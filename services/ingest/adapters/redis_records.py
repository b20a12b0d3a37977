"""What ingest remembers of every article, read as a whole."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from redis.asyncio import Redis

from services.ingest.adapters import keyspace

PAGE = 1_000
FIELDS = ("revision", "withdrawn", "dead")


@dataclass(frozen=True, slots=True)
class Record:
    """The state of an article as accepted; `dead` where its event became a dead letter."""

    id: str
    revision: int
    withdrawn: bool
    dead: bool


class RedisRecords:
    """The records of all publishers; new ones may or may not be among them."""

    def __init__(self, redis: "Redis") -> None:
        self._redis = redis

    async def all(self) -> AsyncIterator[Record]:
        async for key in self._redis.scan_iter(match=keyspace.articles_of("*"), count=PAGE):
            start = 0
            while ids := await self._page(key, start):
                for record in await self.read(ids):
                    yield record
                start += PAGE

    async def _page(self, key: bytes, start: int) -> list[str]:
        ids: list[bytes] = await self._redis.zrange(  # type: ignore[assignment]
            key, start, start + PAGE - 1
        )
        return [one.decode() for one in ids]

    async def read(self, ids: Sequence[str]) -> list[Record]:
        """Those of these ids that there are."""
        async with self._redis.pipeline(transaction=False) as pipe:
            for article_id in ids:
                pipe.hmget(keyspace.article(article_id), FIELDS)
            rows = await pipe.execute()
        return [
            Record(article_id, int(revision), withdrawn == b"1", dead == b"1")
            for article_id, (revision, withdrawn, dead) in zip(ids, rows, strict=True)
            if revision is not None
        ]

    async def take_in_again(self, article_id: str) -> None:
        """Have the same content accepted once more: the index does not hold it."""
        key = keyspace.article(article_id)
        if await self._redis.exists(key):
            await self._redis.hset(key, "dead", "1")
