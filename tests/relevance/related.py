"""How well related links match stories and events of news that people grouped.

MAP, R-precision and recall@5 of the ranking of all pairs, before threshold and copies are judged;
then, of the links as a reader would get them (at most ten), how many are right.
"""

import statistics
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np

from services.enrich.domain.related import ArticleVector, Record, score_pairs, vector_of
from services.enrich.domain.related.scoring import similarities
from tests.relevance.figures import Figure, json_lines

#: TF-IDF cosine over whole texts, the method every other one is measured against: MAP.
FLOORS = {"fnc_stories": 0.982, "wikinews_clusters": 0.856}
_DEPTH, _SHOWN, _FIRST = 20, 10, 5


@dataclass(frozen=True, slots=True)
class Ranked:
    average_precision: float
    r_precision: float
    recall_at_5: float


@dataclass(frozen=True, slots=True)
class Grouped:
    """An article as scored, and the group it belongs to."""

    record: Record
    group: str


def articles(data: Path, name: str) -> Iterator[Grouped]:
    for article in json_lines(data / name / "articles.jsonl"):
        vector, _ = vector_of(article.get("title") or "", article["text"], article["lang"])
        yield Grouped(
            Record(_seconds(article.get("date")), vector), article.get("story") or article["event"]
        )


def _seconds(date: str | None) -> int:
    return int(datetime.fromisoformat(date).timestamp()) if date else 0


def ranking(own: ArticleVector, others: Sequence[ArticleVector]) -> list[int]:
    """Places of the others, most similar first; time is left out, few articles have one."""
    return list(np.argsort(-similarities(own, others), kind="stable"))


def rank_all(collection: Sequence[Grouped]) -> Ranked:
    per_article = []
    for at, article in enumerate(collection):
        others = [*collection[:at], *collection[at + 1 :]]
        wanted = sum(other.group == article.group for other in others)
        if wanted:
            order = ranking(article.record.vector, [other.record.vector for other in others])
            hits = [others[place].group == article.group for place in order]
            per_article.append(_figures(hits, wanted))
    columns = zip(*per_article, strict=True)
    return Ranked(*(statistics.fmean(column) for column in columns))


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


def measure(data: Path) -> Iterator[Figure]:
    for name, floor in FLOORS.items():
        start = time.process_time()
        collection = list(articles(data, name))
        each_ms = (time.process_time() - start) * 1000 / len(collection)
        ranked = rank_all(collection)
        count, precision = links(collection)
        of = f"related, {name}"
        yield Figure(of, "MAP@20", ranked.average_precision, floor)
        yield Figure(of, "R-precision", ranked.r_precision)
        yield Figure(of, "recall@5", ranked.recall_at_5)
        yield Figure(of, "links shown", count)
        yield Figure(of, "right of these", precision)
        yield Figure(of, "ms a vector", each_ms)
