"""How fast search catches up after an outage of OpenSearch: `python -m tests.faults.outage`.

Measured in one run, on one search and one node that is killed: the most it indexes of a standing
backlog, before and after; and between the two a backlog as large that came in while OpenSearch was
down for `--minutes`. The time counts from when OpenSearch answers again to the last announcement,
so what search waits before it tries again is part of it. Each of the three begins on a node that
has just started: a Java that has compiled nothing yet indexes half as fast, whoever asks it.
"""

import argparse
import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from itertools import count, islice
from pathlib import Path

from redis.asyncio import Redis

from shared.embedded_opensearch import OpenSearchCluster
from shared.messaging import connect
from shared.streams import ENRICHED, INDEXED
from tests import servers
from tests.benchmarks.load import TEXTS
from tests.builders import enriched, entry
from tests.faults.estate import Estate, Layout, running
from tests.waiting import eventually

GOAL = 0.9
BACKLOG_S = 60
"""How long search needs for a backlog at its most."""
TRIAL = 2_000
DRAIN_S = 900
TOLD = 100


class Outage:
    """One estate, whose search is measured by what it announces as indexed."""

    def __init__(self, estate: Estate, redis: Redis) -> None:
        assert estate.cluster
        self._estate = estate
        (self._node,) = estate.cluster.nodes
        self._redis = redis
        self._entries = _articles()

    def _next(self, wanted: int) -> list[bytes]:
        return list(islice(self._entries, wanted))

    async def steady(self, wanted: int) -> float:
        """Articles a second of a backlog that is there at once, when search is ready again."""
        backlog = self._next(wanted)
        self._node.kill()
        await asyncio.to_thread(self._node.start)
        await asyncio.to_thread(self._estate.await_ready)
        expected = await self._indexed() + wanted
        begun = time.monotonic()
        for at in range(0, wanted, TOLD):
            await self._add(backlog[at : at + TOLD])
        await self._until_indexed(expected)
        return wanted / (time.monotonic() - begun)

    async def after_outage(self, wanted: int, minutes: float) -> tuple[float, float]:
        """Articles a second, and after how many seconds search went on, since it could."""
        backlog = self._next(wanted)
        before = await self._indexed()
        self._node.kill()
        begun = time.monotonic()
        for at in range(0, wanted, TOLD):
            await self._add(backlog[at : at + TOLD])
            due = begun + minutes * 60 * at / wanted
            await asyncio.sleep(max(0.0, due - time.monotonic()))
        assert await self._indexed() == before
        await asyncio.to_thread(self._node.start)
        back = time.monotonic()
        await eventually(lambda: self._went_on(before), expected=True, within_s=DRAIN_S)
        resumed_s = time.monotonic() - back
        await self._until_indexed(before + wanted)
        return wanted / (time.monotonic() - back), resumed_s

    async def dead_letters(self) -> int:
        return int(await self._redis.xlen(ENRICHED.dead))

    async def _add(self, events: Sequence[bytes]) -> None:
        async with self._redis.pipeline(transaction=False) as pipe:
            for event in events:
                pipe.xadd(ENRICHED.name, {"__data__": event})
            await pipe.execute()

    async def _went_on(self, before: int) -> bool:
        return await self._indexed() > before

    async def _indexed(self) -> int:
        return int(await self._redis.xlen(INDEXED.name))

    async def _until_indexed(self, expected: int) -> None:
        await eventually(self._indexed, expected, within_s=DRAIN_S)


def _articles() -> Iterator[bytes]:
    for number in count():
        body = f"{TEXTS[number % len(TEXTS)]} {number}"
        yield entry(enriched(f"a{number}", title=body[:60], body=body), f"a{number}")


async def measure(estate: Estate, minutes: float) -> float:
    """Print the figures and answer the ratio."""
    async with connect(estate.redis.url) as redis:
        outage = Outage(estate, redis)
        backlog = int(await outage.steady(TRIAL) * BACKLOG_S) // TOLD * TOLD
        print(f"a backlog of {backlog:,} articles of 450 words, one search", flush=True)
        before = await outage.steady(backlog)
        print(f"  steady, before: {before:.0f}/s", flush=True)
        drained, resumed_s = await outage.after_outage(backlog, minutes)
        print(f"  after {minutes:g} min: {drained:.0f}/s, going on after {resumed_s:.1f} s")
        after = await outage.steady(backlog)
        print(f"  steady, after: {after:.0f}/s", flush=True)
        assert await outage.dead_letters() == 0
    return drained / statistics.mean([before, after])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=5, help="how long OpenSearch is down")
    options = parser.parse_args()
    layout = Layout(engine="opensearch", ingest=0, enrich=0, search=1, network=False)
    with (
        tempfile.TemporaryDirectory() as scratch,
        servers.open_directory() as directory,
        # Compiled in full: it is measured.
        OpenSearchCluster(directory, heap="1g") as cluster,
        running(Path(scratch), layout, cluster) as estate,
    ):
        ratio = asyncio.run(measure(estate, options.minutes))
    print(f"the backlog of the outage, to the steady maximum: {ratio:.2f} (goal {GOAL})")
    return 0 if ratio >= GOAL else 1


if __name__ == "__main__":
    sys.exit(main())
