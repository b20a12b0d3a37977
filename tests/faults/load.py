"""Publishers under fire: articles, corrections, withdrawals, each tried until it is answered.

Every 202 goes into a ledger. A request carries an idempotency key, so that one whose answer was
lost gets the same answer when it is sent again; what a publisher never heard of is not promised.
"""

import asyncio
import random
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4
from zlib import crc32

import httpx

from services.cli.launcher import DEMO_KEY
from services.cli.ledger import Accepted, Ledger
from tests.news import story_text
from tests.waiting import eventually

PUBLISHERS = 8
STORIES = 400
BATCH = 10
AGAIN = (409, 429, 500, 502, 503, 504)
"""Answers after which a publisher tries again: it still runs, overload, an outage."""
PAUSE_S = (0.05, 2.0)
ANSWERED_S = 120
"""Any request has its answer within this time, once there is no fault."""


@dataclass(slots=True)
class Article:
    """What its publisher knows of an article; `title` is the one last accepted."""

    name: str
    story: int
    id: str = ""
    revision: int = 0
    withdrawn: bool = False
    title: str = ""
    submissions: int = 0
    explicit: bool = False


@dataclass(slots=True)
class Load:
    """The publishers of one run. `urls` are the replicas of ingest."""

    urls: Sequence[str]
    ledger: Ledger
    seed: int
    articles: int
    running_s: float
    answers: Counter[int] = field(default_factory=Counter)
    accepted: Counter[str] = field(default_factory=Counter)
    known: dict[str, Article] = field(default_factory=dict)
    unexpected: list[str] = field(default_factory=list)
    waiting: int = 0
    open_door: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self) -> None:
        """Publish everything, paced over the time; ends when each request has its answer."""
        self.open_door.set()
        limits = httpx.Limits(max_keepalive_connections=4)
        key = {"Authorization": f"Bearer {DEMO_KEY}"}
        async with httpx.AsyncClient(headers=key, timeout=8, limits=limits) as client:
            await asyncio.gather(*(self._publisher(client, own) for own in range(PUBLISHERS)))

    async def pause(self) -> None:
        """Let nobody begin anything new, and wait until every request is answered."""
        self.open_door.clear()
        await eventually(lambda: self.waiting, 0, within_s=ANSWERED_S)

    def resume(self) -> None:
        self.open_door.set()

    async def _publisher(self, client: httpx.AsyncClient, own: int) -> None:
        dice = random.Random(f"{self.seed} publisher {own}")
        mine: list[Article] = []
        count = self.articles // PUBLISHERS
        steps = self._steps(dice, count)
        begun = asyncio.get_running_loop().time()
        for at, step in enumerate(steps):
            due = begun + self.running_s * at / len(steps)
            await asyncio.sleep(max(0.0, due - asyncio.get_running_loop().time()))
            await self.open_door.wait()
            self.waiting += 1
            try:
                if step == "batch":
                    first = len(mine)
                    mine += [self._new_article(dice, own, first + n) for n in range(BATCH)]
                    await self._submit_together(client, dice, mine[first:])
                elif step == "new" or not mine:
                    mine.append(self._new_article(dice, own, len(mine)))
                    await self._submit(client, dice, mine[-1])
                else:
                    article = dice.choice(mine[-50:])
                    await self._change(client, dice, article, step)
            finally:
                self.waiting -= 1

    @staticmethod
    def _steps(dice: random.Random, count: int) -> list[str]:
        """Every article once, a fifth of them in batches; corrections, withdrawals, late ones."""
        batches = count // 5 // BATCH
        steps = ["new"] * (count - batches * BATCH) + ["batch"] * batches
        steps += ["correct"] * (count // 5) + ["withdraw"] * (count // 10) + ["old"] * (count // 20)
        dice.shuffle(steps)
        return steps

    def _new_article(self, dice: random.Random, own: int, number: int) -> Article:
        name = f"p{own}-{number}"
        return Article(name, dice.randrange(STORIES), explicit=number % 3 == 0)

    async def _change(
        self, client: httpx.AsyncClient, dice: random.Random, article: Article, step: str
    ) -> None:
        if step == "withdraw" and not article.withdrawn:
            await self._withdraw(client, article)
        elif step == "old" and article.revision > 1:
            body = self._body(dice, article, revision=article.revision - 1)
            await self._send(client, "POST", "/v1/articles", body)
        else:
            await self._submit(client, dice, article)

    async def _submit(
        self, client: httpx.AsyncClient, dice: random.Random, article: Article
    ) -> None:
        """The next revision, numbered by its publisher or by ingest."""
        article.submissions += 1
        number = article.revision + dice.randint(1, 3) if article.explicit else None
        body = self._body(dice, article, revision=number)
        path, method = "/v1/articles", "POST"
        if article.id and dice.random() < 0.3:
            path, method = f"/v1/articles/{article.id}", "PUT"
        answer = await self._send(client, method, path, body)
        if answer.status_code == httpx.codes.ACCEPTED:
            self._published(article, body, answer.json())

    async def _submit_together(
        self, client: httpx.AsyncClient, dice: random.Random, batch: Sequence[Article]
    ) -> None:
        """One batch of new articles, sent again until each item has an answer that stays."""
        for article in batch:
            article.submissions += 1
        bodies = [self._body(dice, article, revision=None) for article in batch]
        waiting = set(range(len(batch)))
        while waiting:
            answer = await self._send(client, "POST", "/v1/articles/batch", bodies)
            for item in answer.json()["items"]:
                # Unchanged: the answer to an earlier attempt was lost on its way.
                at = item["index"]
                if item["status"] in (httpx.codes.OK, httpx.codes.ACCEPTED) and at in waiting:
                    waiting.discard(at)
                    self._published(batch[at], bodies[at], item)

    def _published(
        self, article: Article, body: Mapping[str, Any], told: Mapping[str, Any]
    ) -> None:
        article.id, article.revision = told["id"], told["revision"]
        article.withdrawn, article.title = False, body["title"]
        self.known[article.id] = article
        visible_from = body.get("published_at")
        self._note(
            "published",
            Accepted(
                article.id,
                article.revision,
                receipt=told["receipt"],
                visible_from=visible_from,
            ),
        )

    async def _withdraw(self, client: httpx.AsyncClient, article: Article) -> None:
        answer = await self._send(client, "DELETE", f"/v1/articles/{article.id}", None)
        if answer.status_code == httpx.codes.ACCEPTED:
            told = answer.json()
            article.revision, article.withdrawn = told["revision"], True
            self._note(
                "withdrawn",
                Accepted(told["id"], told["revision"], withdrawn=True, receipt=told["receipt"]),
            )

    def _note(self, what: str, accepted: Accepted) -> None:
        self.accepted[what] += 1
        self.ledger.add(accepted)

    def _body(
        self, dice: random.Random, article: Article, *, revision: int | None
    ) -> dict[str, Any]:
        told = article.submissions
        body: dict[str, Any] = {
            "external_id": article.name,
            "url": f"https://publisher.example/{article.name}?utm_source=run",
            "title": f"{article.name} as told the {told}. time",
            "body": story_text(article.story, crc32(f"{article.name} {told}".encode()), length=90),
            "categories": ["News > Economy"],
        }
        if revision is not None:
            body["revision"] = revision
        if dice.random() < 0.02:
            soon = datetime.now(UTC) + timedelta(seconds=dice.uniform(5, 20))
            body["published_at"] = soon.replace(microsecond=0).isoformat()
        return body

    async def _send(
        self,
        client: httpx.AsyncClient,
        method: str,
        path: str,
        body: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None,
    ) -> httpx.Response:
        """One request, until it has an answer that stays."""
        key = {} if path.endswith("/batch") else {"Idempotency-Key": uuid4().hex}
        pause = PAUSE_S[0]
        while True:
            url = random.choice(self.urls) + path
            with suppress(httpx.TransportError):
                answer = await client.request(method, url, json=body, headers=key)
                self.answers[answer.status_code] += 1
                if answer.status_code not in AGAIN or _refused(answer):
                    if answer.status_code not in (200, 202):
                        self.unexpected.append(f"{method} {path}: {answer.text[:300]}")
                    return answer
            await asyncio.sleep(pause * random.uniform(0.5, 1.5))
            pause = min(pause * 2, PAUSE_S[1])


def _refused(answer: httpx.Response) -> bool:
    """A conflict of revisions stays one, unlike a request that still runs."""
    return answer.status_code == httpx.codes.CONFLICT and "revision" in answer.text
