"""How well related links match stories and events of news that people grouped.

MAP, R-precision and recall@5 of the ranking of all pairs, before threshold and copies are judged,
of the event sets alone and among the stories of bbc and reuters21578; in the same run the same of
the TF-IDF cosine of whole texts, and of OpenSearch's `more_like_this` where `OPENSEARCH_URL` names
a node. Then, of the links as a reader would get them (at most ten), how many are right.
"""

import os
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from services.enrich.domain.related import Record, Records, score_pairs, vector_of
from services.enrich.domain.version import version_of
from services.enrich.ports import KnownArticle
from tests.relevance import ranking
from tests.relevance.figures import Figure, json_lines
from tests.relevance.ranking import Ranking, Text

#: MAP@20 to be reached alone, and among the stories of AROUND.
FLOORS = {"fnc_stories": (0.982, 0.978), "wikinews_clusters": (0.856, 0.84)}
AROUND = ("bbc", "reuters21578")
TFIDF, MLT = "TF-IDF", "more_like_this"
_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Grouped:
    """An article as scored, and the group it belongs to."""

    record: Record
    group: str


def articles(data: Path, name: str) -> Iterator[Grouped]:
    for article in json_lines(data / name / "articles.jsonl"):
        vector, _ = vector_of(article.get("title") or "", article["text"], article["lang"])
        yield Grouped(Record(_seconds(article.get("date")), vector), _group(article) or "")


def known(data: Path, name: str) -> Iterator[tuple[KnownArticle, str]]:
    """Articles as the memory takes them, and the group each belongs to."""
    for article in json_lines(data / name / "articles.jsonl"):
        vector, written = vector_of(article.get("title") or "", article["text"], article["lang"])
        one = KnownArticle(
            id=f"{name}/{article['id']}",
            version=version_of(0, 1, withdrawn=False),
            published_at=datetime.fromtimestamp(_seconds(article.get("date")), UTC),
            vector=vector,
            written=written,
        )
        yield one, _group(article) or ""


def _seconds(date: str | None) -> int:
    return int(datetime.fromisoformat(date).timestamp()) if date else 0


def _group(article: Mapping[str, Any]) -> str | None:
    return article.get("story") or article.get("event")


def texts(data: Path, name: str) -> list[Text]:
    return [
        Text(article.get("title") or "", article["text"], article["lang"], _group(article))
        for article in json_lines(data / name / "articles.jsonl")
        if article.get("text")
    ]


def links(collection: Sequence[Grouped]) -> tuple[float, float]:
    """Mean number of links an article gets, and the share of them within its group."""
    shown = right = 0
    for article in collection:
        others = [other for other in collection if other is not article]
        pairs = score_pairs(article.record, Records.of([other.record for other in others]))
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
    around = [text for name in AROUND for text in texts(data, name)]
    for name, (alone, among) in FLOORS.items():
        own = texts(data, name)
        yield from _compare(f"related, {name}", own, alone)
        yield from _compare(f"  among {len(around)}", own + around, among)
        yield from _shown(f"  as shown, {name}", data, name)


def _compare(of: str, collection: Sequence[Text], floor: float) -> Iterator[Figure]:
    ours = ranking.rank_all(collection, ranking.by_cosine(ranking.our_vectors(collection)))
    others = {name: ranking.rank_all(collection, r) for name, r in _others(collection)}
    beside = {name: figures.average_precision for name, figures in others.items()}
    # At least what TF-IDF reaches in this very run, and more than the engine.
    yield Figure(of, "MAP@20", ours.average_precision, max(floor, *beside.values()), beside=beside)
    beside = {name: figures.r_precision for name, figures in others.items()}
    yield Figure(of, "R-precision", ours.r_precision, beside=beside)
    beside = {name: figures.recall_at_5 for name, figures in others.items()}
    yield Figure(of, "recall@5", ours.recall_at_5, beside=beside)


def _others(collection: Sequence[Text]) -> Iterator[tuple[str, Ranking]]:
    yield TFIDF, ranking.by_cosine(ranking.tfidf_vectors(collection))
    if url := os.environ.get("OPENSEARCH_URL"):
        ranking.fill(url, "measured-related", collection)
        for most_terms in (25, 100):
            named = f"{MLT} {most_terms}"
            yield named, ranking.by_more_like_this(url, "measured-related", most_terms)


def _shown(of: str, data: Path, name: str) -> Iterator[Figure]:
    start = time.process_time()
    collection = list(articles(data, name))
    each_ms = (time.process_time() - start) * 1000 / len(collection)
    count, precision = links(collection)
    yield Figure(of, "links", count)
    yield Figure(of, "right of these", precision)
    yield Figure(of, "ms a vector", each_ms)
