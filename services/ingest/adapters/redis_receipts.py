"""Receipts, and the publisher's view of its articles."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, cast

from redis.asyncio import Redis

from services.ingest.adapters import keyspace
from services.ingest.adapters.scripts import script
from services.ingest.domain.receipts import STATES, ArticleState, Receipt, State, Step
from services.ingest.ports import Letter, PartUnavailableError
from shared.events import ArticleIndexed
from shared.messaging.outages import outages_as

PAGES_READ = 10
"""Pages looked through for one page of a rare state; the cursor goes on from there."""


class RedisReceipts:
    def __init__(self, redis: "Redis") -> None:
        self._redis = redis
        self._enriched = redis.register_script(script("enriched"))
        self._dead_lettered = redis.register_script(script("dead_lettered"))
        self._indexed = redis.register_script(script("indexed"))

    async def get(self, receipt: str) -> Receipt | None:
        with outages_as(PartUnavailableError):
            fields = _fields(await self._redis.hgetall(keyspace.receipt(receipt)))
        if not fields:
            return None
        return Receipt(
            receipt,
            fields["article"],
            fields["publisher"],
            int(fields["revision"]),
            cast("State", fields["state"]),
            _steps(fields),
        )

    async def article(self, article_id: str) -> ArticleState | None:
        with outages_as(PartUnavailableError):
            return (await self._read([article_id]))[0]

    async def known(self, ids: Sequence[str]) -> set[str]:
        with outages_as(PartUnavailableError):
            async with self._redis.pipeline(transaction=False) as pipe:
                for article_id in ids:
                    pipe.hexists(keyspace.article(article_id), "revision")
                found = await pipe.execute()
        return {article_id for article_id, there in zip(ids, found, strict=True) if there}

    async def articles(
        self, publisher: str, *, after: str, state: State | None, limit: int
    ) -> tuple[list[ArticleState], str | None]:
        found: list[ArticleState] = []
        with outages_as(PartUnavailableError):
            for _ in range(PAGES_READ):
                page = await self._page(publisher, after, limit)
                for article in await self._read(page):
                    if article and (state is None or article.state == state):
                        found.append(article)
                        if len(found) == limit:
                            return found, article.id
                if len(page) < limit:
                    return found, None
                after = page[-1]
        return found, after

    async def note_enriched(self, receipt: str) -> None:
        with outages_as(PartUnavailableError):
            await self._enriched(keys=[keyspace.receipt(receipt)])

    async def note_dead_letter(self, article_id: str, receipt: str, letter: Letter) -> None:
        with outages_as(PartUnavailableError):
            await self._dead_lettered(
                keys=[keyspace.receipt(receipt), keyspace.article(article_id), letter.stream],
                args=[receipt, letter.error, letter.id],
            )

    async def note_indexed(self, article_id: str, indexed: ArticleIndexed) -> list[float]:
        keys = [
            keyspace.article(article_id),
            keyspace.open_receipts(article_id),
            keyspace.articles_of(indexed.publisher),
            keyspace.curation(article_id),
        ]
        until = indexed.embargoed_until
        args: list[str | int] = [
            article_id,
            indexed.publisher,
            indexed.external_id or "",
            indexed.url,
            indexed.revision,
            indexed.content_hash or "",
            int(indexed.withdrawn),
            _text(indexed.published_at) if indexed.published_at else "",
            indexed.generation or 0,
            indexed.receipt or "",
            f"under embargo until {_text(until)}" if until else "",
            keyspace.RECEIPT_PREFIX,
            indexed.curation,
            indexed.choices.model_dump_json() if indexed.choices else "",
        ]
        with outages_as(PartUnavailableError):
            return [int(waited) / 1000 for waited in await self._indexed(keys=keys, args=args)]

    async def _page(self, publisher: str, after: str, limit: int) -> list[str]:
        low = f"({after}" if after else "-"
        own = keyspace.articles_of(publisher)
        ids: list[Any] = await self._redis.zrangebylex(own, low, "+", start=0, num=limit)
        return [article_id.decode() for article_id in ids]

    async def _read(self, ids: list[str]) -> list[ArticleState | None]:
        async with self._redis.pipeline(transaction=False) as pipe:
            for article_id in ids:
                pipe.hgetall(keyspace.article(article_id))
            records = [_fields(found) for found in await pipe.execute()]
            for record in records:
                pipe.hget(keyspace.receipt(record.get("receipt") or "none"), "state")
            states: list[bytes | None] = await pipe.execute()
        return [
            _article(article_id, record, state.decode() if state else None)
            for article_id, record, state in zip(ids, records, states, strict=True)
        ]


def _article(
    article_id: str, record: Mapping[str, str], receipt_state: str | None
) -> ArticleState | None:
    if "revision" not in record:
        return None
    # A receipt is kept for a month; what it said of an older article is long settled.
    settled = "withdrawn" if record["withdrawn"] == "1" else "searchable"
    return ArticleState(
        article_id,
        record["publisher"],
        record["external_id"] or None,
        record["url"],
        int(record["revision"]),
        cast("State", receipt_state or settled),
        record["receipt"] or None,
    )


def _steps(fields: Mapping[str, str]) -> tuple[Step, ...]:
    steps = [
        Step(
            state,
            datetime.fromtimestamp(int(fields[f"at:{state}"]) / 1000, UTC),
            fields.get(f"detail:{state}"),
        )
        for state in STATES
        if f"at:{state}" in fields
    ]
    return tuple(sorted(steps, key=lambda step: (step.at, STATES.index(step.state))))


def _fields(found: Mapping[Any, Any]) -> dict[str, str]:
    return {name.decode(): value.decode() for name, value in found.items()}


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
