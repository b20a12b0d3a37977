"""`dateline verify`: what ingest promised (a ledger) against what search shows.

For each article search must show exactly the highest accepted revision, or nothing where that is a
withdrawal; or a dead letter of it gives the reason.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal, NamedTuple

import httpx
from redis.asyncio import Redis
from tenacity import AsyncRetrying, retry_if_exception_type, stop_after_delay, wait_fixed

from services.cli.ledger import Accepted
from shared.events import (
    ArticleEnriched,
    ArticlePublished,
    ArticleWithdrawn,
    NewerSchemaError,
    UndecodableEventError,
    decode,
)
from shared.messaging import connect
from shared.messaging.entries import read_pages
from shared.streams import STREAMS

Kind = Literal["lost", "stale", "duplicated", "resurrected"]
BROKEN: tuple[Kind, ...] = ("lost", "stale", "duplicated", "resurrected")
OF_ARTICLES = (ArticlePublished, ArticleEnriched, ArticleWithdrawn)

PAGE = 100
AT_ONCE = 16
PATIENCE_S = 30
LOOK_AGAIN_S = 0.5


@dataclass(frozen=True, slots=True)
class Broken:
    """One promise that does not hold; `seen` says what search shows instead."""

    kind: Kind
    accepted: Accepted
    seen: str


@dataclass(slots=True)
class Verification:
    """The result: counts of what holds, and every promise that does not.

    `ahead` counts articles shown at a higher revision than any in the ledger: somebody else
    published them too, or an answer was lost on its way. `dead_letters` counts reasons.
    """

    articles: int = 0
    shown: int = 0
    withdrawn: int = 0
    embargoed: int = 0
    ahead: int = 0
    dead_letters: Counter[str] = field(default_factory=Counter)
    broken: list[Broken] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        return not self.broken

    def count(self, kind: Kind) -> int:
        return sum(one.kind == kind for one in self.broken)

    def __str__(self) -> str:
        dead = self.dead_letters.total()
        kept = f"{self.shown} shown, {self.withdrawn} withdrawn, {self.embargoed} under embargo"
        broken = ", ".join(f"{self.count(kind)} {kind}" for kind in BROKEN)
        ahead = f"; {self.ahead} shown newer than the ledger knows" if self.ahead else ""
        return f"{self.articles} articles: {kept}, {dead} dead letters{ahead}; {broken}"


DeadLetters = Mapping[str, Mapping[tuple[int, bool], str]]
"""Reasons by article and by revision and whether it is the withdrawal of it."""


async def verify(
    ledger: Mapping[str, Accepted],
    search: httpx.AsyncClient,
    redis: Redis,
    *,
    within_s: float = 0,
) -> Verification:
    """Compare, and again until all holds or the time is over.

    Raises `httpx.HTTPError` when search, redis' errors when Redis cannot be asked.
    """
    deadline = time.monotonic() + within_s
    while not (found := await _compare(ledger, search, redis)).holds:
        if time.monotonic() >= deadline:
            break
        await asyncio.sleep(LOOK_AGAIN_S)
    return found


async def verify_at(
    ledger: Mapping[str, Accepted], search_url: str, redis_url: str, *, within_s: float = 0
) -> Verification:
    """As `verify`, with clients of its own."""
    client = httpx.AsyncClient(base_url=search_url, timeout=PATIENCE_S)
    async with client, connect(redis_url) as redis:
        return await verify(ledger, client, redis, within_s=within_s)


class _Look(NamedTuple):
    """What an article's page answered; `revision` is 0 where it is not shown."""

    asked: datetime
    status: int
    revision: int

    @property
    def shown(self) -> bool:
        return self.revision > 0


async def _compare(
    ledger: Mapping[str, Accepted], search: httpx.AsyncClient, redis: Redis
) -> Verification:
    walked = datetime.now(UTC)
    listed = await _listed(search)
    # An embargo may end between the walk and the look at the article.
    listed.update(one.id for one in ledger.values() if one.embargoed(walked) and not listed[one.id])
    dead = await read_dead_letters(redis)
    doubtful = [one for one in ledger.values() if listed[one.id] != 1 or one.withdrawn]
    sure = [one for one in ledger.values() if listed[one.id] == 1 and not one.withdrawn]
    looks = await _look_up_all(search, [*doubtful, *sure])
    # What came to be shown since the walk stands in the lists of now.
    if late := [one.id for one, look in looks if look.shown and not listed[one.id]]:
        listed_now = await _listed(search)
        listed.update({article_id: listed_now[article_id] for article_id in late})
    found = Verification(articles=len(ledger))
    for accepted, look in looks:
        _judge(found, accepted, look, listed[accepted.id], dead)
    return found


def _judge(
    found: Verification, accepted: Accepted, look: _Look, listed: int, dead: DeadLetters
) -> None:
    """Count one article: the look at its page decides, and where it is shown, the lists."""
    shown, revision = look.shown, look.revision
    if listed > 1:
        found.broken.append(Broken("duplicated", accepted, f"listed {listed} times"))
    if shown and revision > accepted.revision:
        found.ahead += 1
    elif accepted.withdrawn and look.status == httpx.codes.GONE:
        found.withdrawn += 1
    elif not accepted.withdrawn and shown and revision == accepted.revision:
        _count_shown(found, accepted, listed)
    elif reason := dead.get(accepted.id, {}).get(accepted.rank):
        found.dead_letters[reason] += 1
    elif accepted.withdrawn and shown:
        found.broken.append(Broken("resurrected", accepted, f"revision {revision} is shown"))
    elif accepted.embargoed(look.asked) and look.status == httpx.codes.NOT_FOUND:
        found.embargoed += 1
    elif shown:
        found.broken.append(Broken("stale", accepted, f"revision {revision} is shown"))
    else:
        found.broken.append(Broken("lost", accepted, f"search answers {look.status}"))


def _count_shown(found: Verification, accepted: Accepted, listed: int) -> None:
    if listed:
        found.shown += 1
    else:
        found.broken.append(Broken("lost", accepted, "has a page, but no list shows it"))


async def _listed(client: httpx.AsyncClient) -> Counter[str]:
    """How often each article stands in the list of all articles."""
    listed: Counter[str] = Counter()
    params: dict[str, Any] = {"sort": "newest", "fields": "id", "page_size": PAGE}
    while True:
        body = (await _get(client, "/v1/search", params)).raise_for_status().json()
        listed.update(hit["article"]["id"] for hit in body["hits"])
        if not body["next_cursor"]:
            return listed
        params["cursor"] = body["next_cursor"]


async def _look_up_all(
    search: httpx.AsyncClient, asked: Sequence[Accepted]
) -> list[tuple[Accepted, _Look]]:
    looks: list[tuple[Accepted, _Look]] = []
    for at in range(0, len(asked), AT_ONCE):
        batch = asked[at : at + AT_ONCE]
        seen = await asyncio.gather(*(_look_up(search, one.id) for one in batch))
        looks += zip(batch, seen, strict=True)
    return looks


async def _look_up(client: httpx.AsyncClient, article_id: str) -> _Look:
    asked = datetime.now(UTC)
    answer = await _get(client, f"/v1/articles/{article_id}", {})
    shown = answer.status_code == httpx.codes.OK
    return _Look(asked, answer.status_code, answer.json()["revision"] if shown else 0)


class _BusyError(httpx.HTTPError):
    """Search is for the moment unable to answer."""


async def _get(client: httpx.AsyncClient, path: str, params: Mapping[str, Any]) -> httpx.Response:
    async for attempt in AsyncRetrying(
        retry=retry_if_exception_type((httpx.TransportError, _BusyError)),
        stop=stop_after_delay(PATIENCE_S),
        wait=wait_fixed(LOOK_AGAIN_S),
        reraise=True,
    ):
        with attempt:
            answer = await client.get(path, params=params)
            if answer.is_server_error:
                raise _BusyError(f"search answers {answer.status_code} to {path}")
    return answer


async def read_dead_letters(redis: Redis) -> DeadLetters:
    """Why revisions stand in a dead-letter stream."""
    reasons: dict[str, dict[tuple[int, bool], str]] = {}
    for stream in STREAMS:
        async for page in read_pages(redis, stream.dead):
            for entry in page:
                with suppress(UndecodableEventError, NewerSchemaError):
                    envelope = decode(entry.raw)
                    if isinstance(event := envelope.event, OF_ARTICLES):
                        rank = event.revision, isinstance(event, ArticleWithdrawn)
                        reason = entry.fields.get(b"last_error", b"no reason")
                        known = reasons.setdefault(envelope.subject, {})
                        known[rank] = reason.decode(errors="replace")
    return reasons
