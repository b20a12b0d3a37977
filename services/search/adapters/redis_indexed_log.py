"""`articles.indexed` as every replica of search reads it: without a group, from any place."""

from collections.abc import Sequence

from redis.asyncio import Redis
from redis.exceptions import ResponseError

from services.search.adapters.redis_outage import reported_outage
from services.search.domain.positions import order_of
from services.search.ports import LoggedArticle
from shared.events import (
    DATA_FIELD,
    ArticleIndexed,
    NewerSchemaError,
    UndecodableEventError,
    decode,
)
from shared.messaging.outages import is_missing
from shared.messaging.trimming import TRIMMED
from shared.streams import INDEXED

START = "0-0"
Entry = tuple[bytes, dict[bytes, bytes]]


class RedisIndexedLog:
    """`IndexedLog` on a Redis stream; a position is the id of an entry."""

    def __init__(self, redis: "Redis") -> None:
        self._redis = redis

    async def end(self) -> str:
        with reported_outage():
            try:
                about = await self._redis.xinfo_stream(INDEXED.name)
            except ResponseError as error:
                if not is_missing(error):
                    raise
                return START
        last: bytes = about["last-generated-id"]
        return last.decode()

    async def reaches_back_to(self, position: str) -> bool:
        with reported_outage():
            trimmed: bytes | None = await self._redis.hget(TRIMMED, INDEXED.name)  # type: ignore[assignment]
        return trimmed is None or order_of(trimmed.decode()) <= order_of(position)

    async def after(
        self, position: str, *, limit: int, wait_ms: int = 0
    ) -> tuple[str, Sequence[LoggedArticle]]:
        with reported_outage():
            answer: list[tuple[bytes, list[Entry]]] = await self._redis.xread(  # type: ignore[assignment]
                {INDEXED.name: position}, count=limit, block=wait_ms or None
            )
        entries = answer[0][1] if answer else []
        reached = entries[-1][0].decode() if entries else position
        found = (_logged(entry_id.decode(), fields) for entry_id, fields in entries)
        return reached, [one for one in found if one is not None]


def _logged(position: str, fields: dict[bytes, bytes]) -> LoggedArticle | None:
    """The entry, if it is one that this release knows: whoever acts on it deals with the rest."""
    try:
        envelope = decode(fields[DATA_FIELD.encode()])
    except (KeyError, UndecodableEventError, NewerSchemaError):
        return None
    if not isinstance(envelope.event, ArticleIndexed):
        return None
    return LoggedArticle(position, envelope.subject, envelope.time, envelope.event)
