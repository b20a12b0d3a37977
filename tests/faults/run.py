"""One run: load, faults by a seeded schedule, then calm, and every promise is looked at."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from redis.exceptions import RedisError

from services.cli.ledger import Ledger, read_ledger
from services.cli.status import read_status
from services.cli.verifying import BROKEN, Verification, verify_at
from shared.embedded_opensearch import OpenSearchCluster
from tests.faults import schedule, toxiproxy
from tests.faults.estate import Estate, Layout, running
from tests.faults.faults import client
from tests.faults.load import Article, Load

WATCH_S = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What to run. `drain_s` is how long the estate has to come to rest after the last fault."""

    seed: int
    layout: Layout
    articles: int
    faults: int
    seconds: float
    drain_s: float = 300


@dataclass(slots=True)
class Result:
    """What became of a run; `problems` is empty where all is as promised."""

    verification: Verification
    accepted: Counter[str]
    answers: Counter[int]
    faults: Counter[str]
    ended: Counter[str]
    drained_s: float
    problems: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        answers = ", ".join(f"{count}x {status}" for status, count in sorted(self.answers.items()))
        return "\n".join(
            [
                f"faults: {self.faults.total()} of {len(self.faults)} kinds",
                f"answers: {answers}; drained in {self.drained_s:.1f} s",
                f"202: {self.accepted.total()} {dict(self.accepted)}",
                f"ended by themselves: {dict(self.ended)}",
                str(self.verification),
                *(f"PROBLEM: {problem}" for problem in self.problems),
            ]
        )


def run(
    plan: Plan,
    directory: Path,
    say: Callable[[str], None],
    cluster: OpenSearchCluster | None = None,
) -> Result:
    """Run it on an estate of its own, on `cluster` if that is given."""
    if plan.layout.network and (why := toxiproxy.missing()):
        say(f"LEFT OUT: {why}")
    with running(directory, plan.layout, cluster) as estate:
        return asyncio.run(_run(plan, estate, directory / "ledger.jsonl", say))


async def _run(plan: Plan, estate: Estate, path: Path, say: Callable[[str], None]) -> Result:
    segments = schedule.draw(plan.seed, estate, plan.faults, plan.seconds)
    _print_schedule(plan, segments, say)
    nemesis = schedule.Nemesis(estate, say)
    with Ledger(path) as ledger:
        urls = [replica.url for replica in estate.of("ingest")]
        load = Load(urls, ledger, plan.seed, plan.articles, plan.seconds)
        ended: Counter[str] = Counter()
        watching = asyncio.create_task(_restart_what_ends(estate, ended, nemesis.note))
        publishing = asyncio.create_task(load.run())
        for number, segment in enumerate(segments):
            if number:
                await _empty_redis(plan, estate, load, nemesis)
            await nemesis.carry_out(segment)
        nemesis.note("no more faults")
        await publishing
        nemesis.note("everything is published")
        watching.cancel()
        with suppress(asyncio.CancelledError):
            await watching
    drained_s = await drain(estate, plan.drain_s)
    nemesis.note(f"drained in {drained_s:.1f} s")
    search_url = estate.of("search")[0].url
    found = await verify_at(read_ledger(path), search_url, estate.redis.url, within_s=60)
    result = Result(found, load.accepted, load.answers, Counter(nemesis.struck), ended, drained_s)
    result.problems += [str(one) for one in found.broken]
    result.problems += [f"dead letter: {reason}" for reason in found.dead_letters]
    result.problems += [f"{found.ahead} newer than the ledger"] * bool(found.ahead)
    result.problems += load.unexpected + nemesis.failed
    result.problems += await _wrong_text(load.known.values(), search_url)
    result.problems += [
        f"{one.label} ended with {code} when deployed"
        for one in estate.replicas
        for code in one.exits
        if code
    ]
    return result


def _print_schedule(
    plan: Plan, segments: Sequence[Sequence[schedule.Lane]], say: Callable[[str], None]
) -> None:
    say(
        f"seed {plan.seed}, {plan.layout.engine}: {plan.articles} articles and {plan.faults} "
        f"faults in {plan.seconds:g} s"
    )
    for number, segment in enumerate(segments):
        if number:
            say("  then calm, and FLUSHALL")
        for lane, strikes in enumerate(segment):
            say(f"  lane {number + 1}.{lane + 1}: " + "; ".join(map(str, strikes)))


async def _restart_what_ends(
    estate: Estate, ended: Counter[str], note: Callable[[str], None]
) -> None:
    """As a restart policy does."""
    while True:
        await asyncio.sleep(WATCH_S)
        for replica in estate.replicas:
            log = replica.log
            if await asyncio.to_thread(replica.start_again):
                ended[replica.name] += 1
                note(f"{replica.label} ended by itself: see {log.name}")


async def _empty_redis(plan: Plan, estate: Estate, load: Load, nemesis: schedule.Nemesis) -> None:
    """FLUSHALL loses what only Redis has; what is searchable must come through it."""
    await load.pause()
    await drain(estate, plan.drain_s)
    with client(estate) as connection:
        connection.flushall()
    nemesis.note("FLUSHALL")
    nemesis.struck.append("FLUSHALL")
    await asyncio.to_thread(estate.await_ready)
    load.resume()


async def drain(estate: Estate, within_s: float) -> float:
    """Until every group has read and acknowledged everything; the seconds it took."""
    begun = time.monotonic()
    while unread := await _unread(estate):
        assert time.monotonic() - begun < within_s, f"not drained in {within_s:g} s: {unread}"
        await asyncio.sleep(0.2)
    return time.monotonic() - begun


async def _unread(estate: Estate) -> list[str]:
    try:
        rows = [row.backlog for row in (await read_status(estate.redis.url)).groups]
    except (RedisError, OSError) as error:
        return [str(error)]
    return [str(row) for row in rows if row.pending != 0 or row.lag_seconds != 0]


async def _wrong_text(articles: Iterable[Article], search_url: str) -> list[str]:
    """The revision that is shown must have the words that were accepted under it."""
    wrong = []
    limits = httpx.Limits(max_connections=16)
    async with httpx.AsyncClient(base_url=search_url, limits=limits, timeout=60) as http:
        for article in articles:
            answer = await http.get(f"/v1/articles/{article.id}")
            if answer.is_success and answer.json()["title"] != article.title:
                wrong.append(f"{article.id} shows {answer.json()['title']}, not {article.title}")
    return wrong


def table(results: Sequence[tuple[str, Result]]) -> str:
    """A line a run, for documents."""
    head = ("run", "202", "articles", "faults", *BROKEN, "dead letters", "drain (s)")
    rows = [
        (
            name,
            str(one.accepted.total()),
            str(one.verification.articles),
            str(one.faults.total()),
            *(str(one.verification.count(kind)) for kind in BROKEN),
            str(one.verification.dead_letters.total()),
            f"{one.drained_s:.0f}",
        )
        for name, one in results
    ]
    lines = [" | ".join(row) for row in (head, tuple("---" for _ in head), *rows)]
    return "\n".join(f"| {line} |" for line in lines)
