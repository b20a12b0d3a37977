"""How well related links match stories and events of news that people grouped.

`python -m tests.relevance.related [DATA]` prints a table and fails where a floor is not reached.
MAP, R-precision and recall@5 of the ranking of all pairs, before threshold and copies are judged;
then, of the links as a reader would get them (at most ten), how many are right.
"""

import json
import statistics
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np

from services.enrich.domain.related import ArticleVector, Record, score_pairs, vector_of
from services.enrich.domain.related.scoring import similarities

DATA = Path(__file__).parents[3] / "shared" / "data"
#: TF-IDF cosine over whole texts, the method every other one is measured against: MAP.
FLOORS = {"fnc_stories": 0.982, "wikinews_clusters": 0.856}
_DEPTH, _SHOWN, _FIRST = 20, 10, 5


@dataclass(frozen=True, slots=True)
class Measured:
    average_precision: float
    r_precision: float
    recall_at_5: float


@dataclass(frozen=True, slots=True)
class Grouped:
    """An article as scored, and the group it belongs to."""

    record: Record
    group: str


def articles(data: Path, name: str) -> Iterator[Grouped]:
    for line in (data / name / "articles.jsonl").read_text("utf-8").splitlines():
        article = json.loads(line)
        vector, _ = vector_of(article.get("title") or "", article["text"], article["lang"])
        yield Grouped(
            Record(_seconds(article.get("date")), vector), article.get("story") or article["event"]
        )


def _seconds(date: str | None) -> int:
    return int(datetime.fromisoformat(date).timestamp()) if date else 0


def ranking(own: ArticleVector, others: Sequence[ArticleVector]) -> list[int]:
    """Places of the others, most similar first; time is left out, few articles have one."""
    return list(np.argsort(-similarities(own, others), kind="stable"))


def measure(collection: Sequence[Grouped]) -> Measured:
    per_article = []
    for at, article in enumerate(collection):
        others = [*collection[:at], *collection[at + 1 :]]
        wanted = sum(other.group == article.group for other in others)
        if wanted:
            order = ranking(article.record.vector, [other.record.vector for other in others])
            hits = [others[place].group == article.group for place in order]
            per_article.append(_figures(hits, wanted))
    columns = zip(*per_article, strict=True)
    return Measured(*(statistics.fmean(column) for column in columns))


def _figures(hits: Sequence[bool], wanted: int) -> tuple[float, float, float]:
    found, precisions = 0, 0.0
    for rank, hit in enumerate(hits[:_DEPTH], 1):
        if hit:
            found += 1
            precisions += found / rank
    return (
        precisions / min(wanted, _DEPTH),
        sum(hits[:wanted]) / wanted,
        sum(hits[:_FIRST]) / min(wanted, _FIRST),
    )


def links(collection: Sequence[Grouped]) -> tuple[float, float]:
    """Mean number of links an article gets, and the share of them within its group."""
    shown = right = 0
    for article in collection:
        others = [other for other in collection if other is not article]
        pairs = score_pairs(article.record, [other.record for other in others])
        scored = [
            (pair.score, other.group)
            for pair, other in zip(pairs, others, strict=True)
            if pair.score
        ]
        best = sorted(scored, reverse=True)[:_SHOWN]
        shown += len(best)
        right += sum(group == article.group for _, group in best)
    return shown / len(collection), right / max(1, shown)


def main(data: Path) -> int:
    failed = False
    for name, floor in FLOORS.items():
        start = time.process_time()
        collection = list(articles(data, name))
        each_ms = (time.process_time() - start) * 1000 / len(collection)
        measured = measure(collection)
        count, precision = links(collection)
        failed |= measured.average_precision < floor
        sys.stdout.write(
            f"{name:18} MAP {measured.average_precision:.3f} (floor {floor:.3f})  "
            f"R-precision {measured.r_precision:.3f}  recall@5 {measured.recall_at_5:.3f}  "
            f"links {count:.2f}, right {precision:.3f}  {each_ms:.2f} ms per vector\n"
        )
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else DATA))
