"""What the memory of related articles costs, and what is lost by storing each link once.

`python -m tests.relevance.memory [--stories N] [--orders NAME ...]` loads the event sets among N
stories of reuters21578 through the real memory on a Redis of its own, once for each order, and
prints for each: the share of the top five of all pairs that a reader is shown, links read from both
ends, before and after all were linked anew; B-cubed F1 of the stories; CPU of client and Redis;
bytes by kind of key. `--scale N` loads N articles of all sets instead, and prints cost and memory
as they grow, then what more of them cost among N / 10 and among N, in turn; `--burst N` N near
copies of one article. An hour and more for all 17,000 stories and 100,000 articles.
"""

import argparse
import asyncio
import gzip
import json
import random
import statistics
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

from redis.asyncio import Redis

from services.enrich.adapters.redis_related import RedisRelatedMemory
from services.enrich.domain.related import Record, Records, score_pairs, vector_of
from services.enrich.domain.version import version_of
from services.enrich.ports import KnownArticle, Linked
from shared.embedded_redis import RedisServer
from shared.messaging import connect
from shared.server import look_for_cycles_less_often
from tests.news import changed, known_article, story_text
from tests.relevance.figures import DATA, json_lines
from tests.relevance.stories import b_cubed

EVENTS = {"fnc_stories": "story", "wikinews_clusters": "event"}
SCALE = ("news_urls", "reuters21578", "bbc", "ag_news", "masakhanews")
_START = datetime(1987, 2, 26, tzinfo=UTC)
_DAYS = 235
_BATCH, _TOP, _SAMPLE = 10, 5, 1000
_SIBLINGS = 10
_MORE, _IN_TURN = 2_000, 100
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Loaded:
    """What one load ended in, by article, and what it cost for each."""

    linked: Mapping[str, Linked]
    settled: Mapping[str, Linked]
    client_ms: float
    redis_ms: float


News = tuple[str, Mapping[str, Any], datetime]
"""The set it is of, the article, and when it is published."""


def portions(articles: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    return (articles[at : at + size] for at in range(0, len(articles), size))


@contextmanager
def server() -> Iterator[str]:
    """A Redis of its own that keeps nothing on disk in time for an answer."""
    with TemporaryDirectory() as folder:
        redis = RedisServer(Path(folder), appendfsync="no").start()
        try:
            yield redis.url
        finally:
            redis.stop()


def known(name: str, article: Mapping[str, Any], published: datetime) -> KnownArticle:
    vector, written = vector_of(
        article.get("title") or "", article.get("text") or "", article["lang"]
    )
    id_ = f"{name}/{article['id']}"
    return KnownArticle(
        id=id_,
        version=version_of(0, 1, withdrawn=False),
        published_at=published,
        vector=vector,
        written=written,
    )


def events(data: Path) -> Iterator[tuple[KnownArticle, str]]:
    """Articles and their groups; each group lies within three days of the year of the others."""
    order = random.Random(1)
    days: defaultdict[str, float] = defaultdict(lambda: order.uniform(0, _DAYS))
    for name, field in EVENTS.items():
        for article in json_lines(data / name / "articles.jsonl"):
            group = f"{name}/{article[field]}"
            after = timedelta(days=days[group] + order.uniform(0, 3))
            yield known(name, article, _START + after), group


def others(data: Path, count: int) -> Iterator[KnownArticle]:
    stories = [
        article
        for article in json_lines(data / "reuters21578" / "articles.jsonl")
        if article.get("text") and article.get("date")
    ]
    for article in random.Random(2).sample(stories, min(count, len(stories))):
        published = datetime.fromisoformat(article["date"])
        yield known("reuters", article, published.replace(tzinfo=published.tzinfo or UTC))


Arrange = Callable[[list[KnownArticle]], list[KnownArticle]]
ORDERS: Mapping[str, tuple[int, Arrange]] = {
    "oldest": (1, lambda articles: sorted(articles, key=lambda a: (a.published_at, a.id))),
    "newest": (1, lambda articles: sorted(articles, key=lambda a: (a.published_at, a.id))[::-1]),
    "random": (1, lambda articles: random.Random(3).sample(articles, len(articles))),
    "random-3": (3, lambda articles: random.Random(4).sample(articles, len(articles))),
}


async def redis_seconds(redis: Redis) -> float:
    used = await redis.info("cpu")
    return float(used["used_cpu_sys"] + used["used_cpu_user"])


async def load(redis: Redis, articles: Sequence[KnownArticle], replicas: int) -> Loaded:
    workers = [RedisRelatedMemory(redis) for _ in range(replicas)]
    started, redis_started = time.process_time(), await redis_seconds(redis)
    linked = await link(workers, articles)
    client = (time.process_time() - started) * 1000 / len(articles)
    in_redis = (await redis_seconds(redis) - redis_started) * 1000 / len(articles)
    settled = await link(workers, articles, thorough=True)
    return Loaded(linked, settled, client, in_redis)


async def link(
    workers: Sequence[RedisRelatedMemory],
    articles: Sequence[KnownArticle],
    *,
    thorough: bool = False,
) -> dict[str, Linked]:
    found: dict[str, Linked] = {}
    for batch in portions(articles, _BATCH):
        shares = [batch[at :: len(workers)] for at in range(len(workers))]
        linked = await asyncio.gather(
            *(
                worker.link(share, thorough=thorough)
                for worker, share in zip(workers, shares, strict=True)
            )
        )
        for share, answers in zip(shares, linked, strict=True):
            found |= {article.id: each for article, each in zip(share, answers, strict=True)}
    return found


def shown(linked: Mapping[str, Linked], ids: Iterable[str]) -> Iterator[tuple[str, list[str]]]:
    """The best links of these articles as search reads them: from both ends, copies once."""
    towards: defaultdict[str, list[tuple[float, str]]] = defaultdict(list)
    for id_, each in linked.items():
        for link in each.links:
            if each.copy_of is None and each.linked_at > linked[link.id].linked_at:
                towards[link.id].append((link.score, id_))
    for id_ in ids:
        own = linked[id_]
        found = {link.id: link.score for link in own.links if not linked[link.id].copy_of}
        for end in {id_, own.copy_of or id_}:
            found |= {other: score for score, other in towards[end]}
        found = {other: score for other, score in found.items() if other not in {id_, own.copy_of}}
        yield id_, sorted(found, key=lambda other: (-found[other], other))[:_TOP]


def exact(
    linked: Mapping[str, Linked], articles: Sequence[KnownArticle], ids: Iterable[str]
) -> dict[str, list[str]]:
    """The best of all pairs, of articles that are no copies."""
    known = {article.id: _record(article) for article in articles}
    originals = [article.id for article in articles if linked[article.id].copy_of is None]
    columns = Records.of([known[id_] for id_ in originals])
    best = {}
    for id_ in ids:
        pairs = zip(originals, score_pairs(known[id_], columns), strict=True)
        left_out = {id_, linked[id_].copy_of}
        scored = [(-pair.score, other) for other, pair in pairs if pair.score]
        best[id_] = [other for _, other in sorted(scored) if other not in left_out][:_TOP]
    return best


def _record(article: KnownArticle) -> Record:
    return Record(int(article.published_at.timestamp()), article.vector, article.half_life_days)


def recall(linked: Mapping[str, Linked], best: Mapping[str, list[str]]) -> float:
    found = dict(shown(linked, best))
    kept = sum(len({*found[id_]} & {*wanted}) for id_, wanted in best.items())
    return kept / max(1, sum(map(len, best.values())))


async def memory_by_kind(redis: Redis, articles: int) -> Mapping[str, float]:
    """Bytes for each article, by the letter of the key; the rest is Redis' own."""
    kinds: Counter[str] = Counter()
    async for name in redis.scan_iter(b"{rel}*", count=1000):
        kinds[name[5:6].decode()] += await redis.memory_usage(name) or 0
    used = int((await redis.info("memory"))["used_memory"])
    each = {kind: total / articles for kind, total in kinds.most_common()}
    return each | {"all of Redis": used / articles}


async def compare_orders(data: Path, count: int, names: Sequence[str]) -> None:
    grouped = list(events(data))
    groups = {article.id: group for article, group in grouped}
    articles = [article for article, _ in grouped] + list(others(data, count))
    sample = [a.id for a in random.Random(6).sample(articles, min(_SAMPLE, len(articles)))]
    say(f"{len(articles)} articles, {len(groups)} of them in events")
    for name in names:
        replicas, arrange = ORDERS[name]
        with server() as url:
            redis = connect(url)
            empty = int((await redis.info("memory"))["used_memory"])
            loaded = await load(redis, arrange(articles), replicas)
            if name == names[0]:
                print_memory(await memory_by_kind(redis, len(articles)), empty / len(articles))
            await redis.aclose()
        say(f"{name:9} {describe(loaded, articles, groups, sample)}")


def describe(
    loaded: Loaded,
    articles: Sequence[KnownArticle],
    groups: Mapping[str, str],
    sample: Sequence[str],
) -> str:
    told = []
    for name in EVENTS:
        ids = [id_ for id_ in groups if id_.startswith(name)]
        f1 = b_cubed([loaded.linked[i].story_id for i in ids], [groups[i] for i in ids])
        told.append(f"{name} {f1:.3f}")
    recalls = []
    for linked in (loaded.linked, loaded.settled):
        recalls += [recall(linked, exact(linked, articles, ids)) for ids in (groups, sample)]
    return (
        "top five of all pairs: "
        f"events {recalls[0]:.3f}, all {recalls[1]:.3f}; "
        f"linked anew {recalls[2]:.3f}, {recalls[3]:.3f}; "
        f"stories {', '.join(told)}; "
        f"client {loaded.client_ms:.2f} ms, Redis {loaded.redis_ms:.2f} ms"
    )


def everything(data: Path) -> Iterator[News]:
    """Headlines and texts of all sets, over three years."""
    at = 0
    for name in SCALE:
        for path in sorted((data / name).glob("*.jsonl*")):
            raw = path.read_bytes()
            lines = gzip.decompress(raw) if path.suffix == ".gz" else raw
            for line in lines.splitlines():
                article = json.loads(line)
                if article.get("title") and "id" in article:
                    at += 1
                    after = timedelta(seconds=random.Random(at).uniform(0, 3 * 365 * 86_400))
                    yield name, {"lang": "en"} | article, _START + after


async def measure_scale(data: Path, count: int) -> None:
    """Cost and memory as `count` articles come; then that of more, among a tenth and among all."""
    articles = list(everything(data))
    look_for_cycles_less_often()  # As the services do; nor are these articles part of one.
    random.Random(5).shuffle(articles)
    more, articles = articles[:_MORE], articles[_MORE : _MORE + count]
    with server() as few_url, server() as all_url:
        few, redis = connect(few_url), connect(all_url)
        await take_in(few, articles[: len(articles) // 10])
        step = max(_BATCH, count // 20)
        for at, portion in enumerate(portions(articles, step), 1):
            client, in_redis = await take_in(redis, portion)
            loaded = min(at * step, len(articles))
            used = int((await redis.info("memory"))["used_memory"]) / loaded
            cost = f"client {client:.2f} ms, Redis {in_redis:.2f} ms, "
            cost += f"together {client + in_redis:.2f} ms, {used:.0f} bytes for each"
            say(f"{loaded:>7} articles: {cost}")
        print_memory(await memory_by_kind(redis, len(articles)))
        # In turn, so that both meet the machine as it is.
        costs = [
            (sum(await take_in(few, portion)), sum(await take_in(redis, portion)))
            for portion in portions(more, _IN_TURN)
        ]
        among_few, among_all = map(statistics.median, zip(*costs, strict=True))
        ratio = statistics.median(most / least for least, most in costs)
        say(
            f"{len(more)} more, {_IN_TURN} here and {_IN_TURN} there: {among_few:.2f} ms among "
            f"{len(articles) // 10}, {among_all:.2f} ms among {len(articles)}; ratio {ratio:.2f}"
        )
        await few.aclose()
        await redis.aclose()


async def take_in(redis: Redis, news: Sequence[News]) -> tuple[float, float]:
    """Milliseconds of client and Redis for each: its terms and its links."""
    memory = RedisRelatedMemory(redis)
    started, redis_started = time.process_time(), await redis_seconds(redis)
    for batch in portions(news, _BATCH):
        articles = [known(*each) for each in batch]
        await memory.link(articles)
    client = (time.process_time() - started) * 1000 / len(news)
    return client, (await redis_seconds(redis) - redis_started) * 1000 / len(news)


async def measure_burst(data: Path, count: int) -> None:
    """Near copies of one article, twenty a second, after ten others of its story and news."""
    siblings = [known_article(f"sibling-{at}", story_text(1, at)) for at in range(_SIBLINGS)]
    original = story_text(1, 50, length=400)
    copies = [
        known_article(f"copy-{at}", changed(original, 0.02, at), after=timedelta(seconds=at / 20))
        for at in range(count)
    ]
    with server() as url:
        redis = connect(url)
        memory = RedisRelatedMemory(redis)
        for batch in portions([*others(data, 300), *siblings], _BATCH):
            await memory.link(batch)
        found: list[int] = []
        started = time.monotonic()
        for batch in portions(copies, _BATCH):
            for each in await memory.link(batch):
                best = each.links[:_SIBLINGS]
                found.append(sum(link.id.startswith("sibling") for link in best))
        taken = time.monotonic() - started
        last, first = found[-100:], found[:10]
        say(
            f"{count} near copies in {taken:.0f} s: of {_SIBLINGS} true siblings the first ten "
            f"show {min(first)} and more, the last hundred {min(last)} and more"
        )
        await redis.aclose()


def print_memory(kinds: Mapping[str, float], empty: float = 0) -> None:
    told = ", ".join(f"{kind} {each:.0f}" for kind, each in kinds.items())
    say(f"bytes for each article: {told}" + (f"; of an empty Redis {empty:.0f}" if empty else ""))


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.relevance.memory")
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--stories", type=int, default=2_000)
    parser.add_argument("--orders", nargs="*", choices=ORDERS, default=list(ORDERS))
    parser.add_argument("--scale", type=int, default=0)
    parser.add_argument("--burst", type=int, default=0)
    asked = parser.parse_args()
    if asked.burst:
        asyncio.run(measure_burst(asked.data, asked.burst))
    elif asked.scale:
        asyncio.run(measure_scale(asked.data, asked.scale))
    else:
        asyncio.run(compare_orders(asked.data, asked.stories, asked.orders))


if __name__ == "__main__":
    main()
