"""How soon others take over from a killed enrich worker: `python -m tests.faults.takeover`.

One of three workers is stopped in the middle of a batch and killed. Measured is the time from the
moment Redis handed it the entries to the first one that another worker has; the promise is the
claim time and one scan, and what the kill itself took is part of it.
"""

import asyncio
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from redis.asyncio import Redis

from shared.events import ArticlePublished, encode, wrap
from shared.messaging import ConsumerOptions, connect
from shared.streams import PUBLISHED
from tests import streams
from tests.faults.estate import CLAIM_IDLE_MS, Estate, Layout, Replica, running
from tests.news import story_text
from tests.waiting import eventually

ROUNDS = 5
ARTICLES = 120
SCAN_MS = ConsumerOptions().scan_ms * 1.2
"""The longest pause between two scans."""


async def measure(estate: Estate, victim: Replica) -> float:
    """Milliseconds that its entries rested before the first of them changed hands."""
    async with connect(estate.redis.url) as redis:
        await redis.flushall()
        await eventually(lambda: _waiting(estate), [], within_s=120)
        await streams.add(redis, PUBLISHED, *map(_published, range(ARTICLES)))
        while not await _held_by(redis, victim):
            pass
        victim.pause()
        held = await _held_by(redis, victim)
        if not held:
            victim.resume()
            return await measure(estate, victim)
        idle = max(held.values())
        at = time.monotonic()
        victim.kill()
        while held.keys() <= (await _held_by(redis, victim)).keys():
            pass
        rested = idle + (time.monotonic() - at) * 1000
        victim.start()
        return rested


def _waiting(estate: Estate) -> list[str]:
    return [replica.label for replica in estate.replicas if not replica.ready()]


async def _held_by(redis: Redis, replica: Replica) -> dict[object, int]:
    """Entries in its hands, with how many milliseconds they rest there."""
    pid = PIDS.setdefault(replica.label, replica.pid) if replica.running else PIDS[replica.label]
    rows = await redis.xpending_range(PUBLISHED.name, "enrich", "-", "+", 1000)
    return {
        row["message_id"]: int(row["time_since_delivered"])
        for row in rows
        if _text(row["consumer"]).rsplit("-", 2)[1] == str(pid)
    }


def _text(value: object) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


PIDS: dict[str, int] = {}


def _published(number: int) -> bytes:
    event = ArticlePublished(
        publisher="demo",
        url=f"https://publisher.example/{number}",
        revision=1,
        title=f"Article {number}",
        body=story_text(number, 1, length=200),
        language="en",
        published_at=datetime(2026, 1, 1, tzinfo=UTC),
    )
    return encode(wrap(event, source="test", subject=f"a{number}"))


def main() -> int:
    layout = Layout(ingest=0, enrich=3, search=0, network=False)
    promised = CLAIM_IDLE_MS + SCAN_MS
    with (
        tempfile.TemporaryDirectory() as scratch,
        running(Path(scratch), layout) as estate,
    ):
        taken = []
        for number in range(ROUNDS):
            PIDS.clear()
            taken.append(asyncio.run(measure(estate, estate.replicas[number % 3])))
    print("taken over after (ms): " + ", ".join(f"{one:.0f}" for one in taken))
    print(f"promised: {promised:.0f} (claim time {CLAIM_IDLE_MS} and one scan of {SCAN_MS:.0f})")
    return 0 if max(taken) <= promised else 1


if __name__ == "__main__":
    sys.exit(main())
