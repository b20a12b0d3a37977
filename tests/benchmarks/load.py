"""A client that costs little: it shares the machine with what it measures."""

import asyncio
import json
import statistics
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count

from tests import news

PATIENCE_S = 30.0
CONNECTIONS = 400
"""Above so many requests at once the open loop counts an arrival as not answered."""
TEXTS = [news.story_text(number % 100, number, length=450) for number in range(500)]


@dataclass
class Answers:
    """What came back: statuses, and how long the accepted ones took from when they were due."""

    statuses: Counter[int] = field(default_factory=Counter)
    accepted_s: list[float] = field(default_factory=list)
    accepted: list[dict[str, object]] = field(default_factory=list)
    without_retry_after: int = 0
    seconds: float = 0

    @property
    def p99_ms(self) -> float:
        if len(self.accepted_s) < 2:
            return float("nan")
        return statistics.quantiles(self.accepted_s, n=100)[98] * 1000


class Publisher:
    """Posts articles of about 4 kB, each a new one, over connections that are kept."""

    def __init__(self, port: int, key: str = "demo-key") -> None:
        self._port = port
        self._key = key
        self._numbers = count(time.time_ns())
        self._idle: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []
        self.open = 0

    def articles(self) -> Iterator[bytes]:
        for number in self._numbers:
            body = TEXTS[number % len(TEXTS)]
            yield (
                f'{{"url": "https://bench.example/{number}", "title": "{body[:60]}", '
                f'"body": "{body} {number}"}}'
            ).encode()

    async def post(self, article: bytes, answers: Answers, due: float) -> None:
        """Post one article; what goes wrong is counted as status 0."""
        self.open += 1
        try:
            async with asyncio.timeout(PATIENCE_S):
                status, retry_after, body = await self._exchange(article)
        except (OSError, asyncio.IncompleteReadError, ValueError):
            status, retry_after, body = 0, False, b""
        finally:
            self.open -= 1
        answers.statuses[status] += 1
        if status == 202:
            answers.accepted_s.append(time.perf_counter() - due)
            answers.accepted.append(json.loads(body))
        elif not retry_after:
            answers.without_retry_after += 1

    async def _exchange(self, article: bytes) -> tuple[int, bool, bytes]:
        while self._idle:
            # The server closes what was idle for some seconds; it has read nothing of this then.
            with suppress(ConnectionError, asyncio.IncompleteReadError):
                return await self._exchange_on(self._idle.pop(), article)
        return await self._exchange_on(await self._connect(), article)

    async def _exchange_on(
        self, connection: tuple[asyncio.StreamReader, asyncio.StreamWriter], article: bytes
    ) -> tuple[int, bool, bytes]:
        reader, writer = connection
        writer.write(
            b"POST /v1/articles HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer "
            + self._key.encode()
            + b"\r\nContent-Type: application/json\r\nContent-Length: "
            + str(len(article)).encode()
            + b"\r\n\r\n"
            + article
        )
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        length = int(head.partition("content-length: ")[2].split("\r\n")[0])
        body = await reader.readexactly(length)
        self._idle.append(connection)
        return int(head.split(" ", 2)[1]), "retry-after: " in head, body

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection("127.0.0.1", self._port)

    def close(self) -> None:
        for _, writer in self._idle:
            writer.close()
        self._idle.clear()


async def closed_loop(publisher: Publisher, seconds: float, at_once: int) -> Answers:
    """As many as are answered, by so many senders that each wait for their answer."""
    answers, articles = Answers(), publisher.articles()
    start = time.perf_counter()

    async def send() -> None:
        while time.perf_counter() < start + seconds:
            await publisher.post(next(articles), answers, time.perf_counter())

    await asyncio.gather(*(send() for _ in range(at_once)))
    answers.seconds = time.perf_counter() - start
    return answers


async def open_loop(publisher: Publisher, seconds: float, per_second: float) -> Answers:
    """Arrivals at a fixed rate, whatever becomes of those before; times count from when due."""
    answers, articles = Answers(), publisher.articles()
    start = time.perf_counter()
    sent: set[asyncio.Task[None]] = set()
    for number in range(int(seconds * per_second)):
        due = start + number / per_second
        article = next(articles)
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        if publisher.open >= CONNECTIONS:
            answers.statuses[0] += 1
            continue
        task = asyncio.create_task(publisher.post(article, answers, due))
        sent.add(task)
        task.add_done_callback(sent.discard)
    answers.seconds = time.perf_counter() - start
    await asyncio.gather(*sent)
    return answers
