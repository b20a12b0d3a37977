"""`python -m tests.benchmarks.overload`: three times the load that can be sustained, for a minute.

A whole Dateline on tantivy, whose intake closes after 4 s of lag so that a minute shows both; with
`BENCH_MARKS=default` by the shipped marks, which a minute does not reach. First what it sustains is
found, then articles arrive at that rate and at three times that rate, open loop: whoever is refused
does not wait for anybody. Goodput is the articles that became searchable within the time, by the
second.
"""

import asyncio
import os
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

import psutil

from services.cli.ledger import Accepted, Ledger
from tests.benchmarks.load import Answers, Publisher, closed_loop, open_loop
from tests.newsroom import Newsroom, newsroom

SECONDS = float(os.environ.get("BENCH_SECONDS", "60"))
MARKS: dict[str, str] = {
    "INGEST_LAG_HIGH_S": "4",
    "INGEST_LAG_LOW_S": "2",
    "INGEST_RATE_PER_SECOND": "0",
}
if os.environ.get("BENCH_MARKS") == "default":
    MARKS = {"INGEST_RATE_PER_SECOND": "0"}
GOODPUT = 0.9
MEMORY_GROWTH = 1.5
P99_MS = 5000
DRAIN_S = 300


@dataclass
class Round:
    factor: float
    answers: Answers
    searchable: int
    memory_mb: Mapping[str, float]

    @property
    def goodput(self) -> float:
        return self.searchable / self.answers.seconds

    def __str__(self) -> str:
        said = ", ".join(f"{count} x {status}" for status, count in self.answers.statuses.items())
        memory = ", ".join(f"{name} {size:.0f}" for name, size in self.memory_mb.items())
        return (
            f"{self.factor:g}x: {said}; goodput {self.goodput:.1f}/s; "
            f"p99 of accepted {self.answers.p99_ms:.0f} ms; most memory (MiB): {memory}"
        )


class Bench:
    def __init__(self, room: Newsroom, ledger: Ledger) -> None:
        self._room = room
        self._ledger = ledger
        self.accepted = 0
        self._most: dict[str, float] = {}
        self._publisher = Publisher(urlsplit(str(room.ingest.base_url)).port or 0)

    async def capacity(self) -> float:
        """Articles a second, from the first POST until the last of many is searchable."""
        before, start = await self.searchable(), time.perf_counter()
        self._note(await closed_loop(self._publisher, SECONDS / 4, 8))
        await self.drain()
        return (await self.searchable() - before) / (time.perf_counter() - start)

    async def round(self, factor: float, rate: float) -> Round:
        before = await self.searchable()
        watching = asyncio.create_task(self._watch())
        answers = await open_loop(self._publisher, SECONDS, factor * rate)
        after = await self.searchable()
        watching.cancel()
        self._note(answers)
        done = Round(factor, answers, after - before, dict(self._most))
        print(done, flush=True)
        await self.drain()
        return done

    async def searchable(self) -> int:
        found = await asyncio.to_thread(self._room.find, page_size=1)
        return int(found["total"])

    async def drain(self) -> None:
        """Until everything that was accepted is searchable, or nothing more comes."""
        deadline = time.monotonic() + DRAIN_S
        while time.monotonic() < deadline:
            if await self.searchable() >= self.accepted:
                return
            await asyncio.sleep(0.5)

    def _note(self, answers: Answers) -> None:
        self.accepted += len(answers.accepted)
        self._ledger.add(
            *(
                Accepted(id=str(one["id"]), revision=1, receipt=str(one["receipt"]))
                for one in answers.accepted
            )
        )

    async def _watch(self) -> None:
        self._most = {}
        while True:
            for name, process in self._room.processes.items():
                size = psutil.Process(process).memory_info().rss / 2**20
                self._most[name] = max(size, self._most.get(name, 0))
            await asyncio.sleep(0.5)


async def rounds(room: Newsroom, ledger: Ledger) -> list[Round]:
    bench = Bench(room, ledger)
    rate = await bench.capacity()
    print(f"sustained: {rate:.1f} articles/s from POST to search", flush=True)
    return [await bench.round(factor, rate) for factor in (1, 3, 1, 3)]


def judge(done: list[Round]) -> list[str]:
    """What does not hold."""
    once, thrice = done[0::2], done[1::2]
    wrong = []
    share = sum(one.goodput for one in thrice) / sum(one.goodput for one in once)
    print(f"goodput at 3x / at 1x: {share:.2f}")
    if share < GOODPUT:
        wrong.append(f"goodput at 3x is {share:.2f} of that at 1x, not {GOODPUT}")
    for name, size in thrice[-1].memory_mb.items():
        before = once[-1].memory_mb[name]
        print(f"memory of {name}, at 3x / at 1x: {size / before:.2f}")
        if size > before * MEMORY_GROWTH:
            wrong.append(f"{name} grew from {before:.0f} to {size:.0f} MiB")
    slowest = max(one.answers.p99_ms for one in thrice)
    if slowest > P99_MS:
        wrong.append(f"p99 of accepted is {slowest:.0f} ms, over {P99_MS}")
    rude = sum(one.answers.without_retry_after for one in done)
    if rude:
        wrong.append(f"{rude} refusals or failures without Retry-After")
    return wrong


def main() -> None:
    with TemporaryDirectory() as scratch, newsroom(None, samples=False, **MARKS) as room:
        path = Path(scratch) / "ledger"
        ledger = Ledger(path)
        wrong = judge(asyncio.run(rounds(room, ledger)))
        ledger.close()
        verified = room.dateline("verify", str(path))
        print(verified.stdout, verified.stderr)
        if verified.returncode:
            wrong.append("not all that was accepted is searchable")
    for line in wrong:
        print(f"DOES NOT HOLD: {line}")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
