"""How well search ranks, asked over its own HTTP API on both engines with the settings it ships.

nDCG@10 of judged questions (SciFact, Cranfield), and the reciprocal rank of articles that are
looked for by their titles, which the index does not know: each is posted under its id. These are
Reuters stories, and articles in many languages mixed. One random edit in a word of a question
must not lose the article that the clean question finds first.
"""

import math
import random
import statistics
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from langcodes import standardize_tag

from shared.events import ArticleEnriched
from tests.builders import LONG_AGO, enriched, identified
from tests.left_out import without_opensearch
from tests.relevance.figures import Figure, json_lines
from tests.search_process import SearchProcess, search_process
from tests.servers import opensearch_cluster

#: Published BM25 reaches .679 to .690 on SciFact.
NDCG_FLOORS = {"scifact": 0.70, "cranfield": 0.372}
RECIPROCAL_RANK_FLOORS = {"reuters known item": 0.79, "many languages": 0.86}
RECOVERED_FLOOR = 0.95
MOST_LOST = 0.002
"""What correcting typos may cost clean questions."""
DEPTH, KNOWN_ITEM_DEPTH = 10, 100
GERMAN_ARTICLES = 80
LETTERS = "abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class Questions:
    """Articles by name; questions, the grade of each right article, and the set it belongs to."""

    name: str
    articles: Mapping[str, ArticleEnriched]
    asked: Mapping[str, str]
    grades: Mapping[str, Mapping[str, int]]
    sets: Mapping[str, str] = field(default_factory=dict)

    def mean(self, values: Mapping[str, float]) -> float:
        """Of all questions, or first of those of each set: small languages count as large ones."""
        by_set: dict[str, list[float]] = defaultdict(list)
        for one, value in values.items():
            by_set[self.sets.get(one, "")].append(value)
        return statistics.fmean(map(statistics.fmean, by_set.values()))


def measure(data: Path) -> Iterator[Figure]:
    with ExitStack() as stack:
        urls: dict[str, str | None] = {"tantivy": None}
        if missing := without_opensearch():
            sys.stderr.write(f"LEFT OUT: {missing}\n")
        else:
            urls["opensearch"] = stack.enter_context(opensearch_cluster(heap="1g")).url
        for name in NDCG_FLOORS:
            yield from _of_both(judged(data, name), urls)
        yield from _of_both(known_items(data), urls)
        yield from _of_both(in_many_languages(data), urls)


def _of_both(questions: Questions, urls: Mapping[str, str | None]) -> Iterator[Figure]:
    for engine, url in urls.items():
        with (
            tempfile.TemporaryDirectory() as folder,
            search_process(Path(folder), questions.articles, opensearch_url=url) as search,
        ):
            yield from _figures(f"{questions.name}, {engine}", search, questions)


def _figures(of: str, search: SearchProcess, questions: Questions) -> Iterator[Figure]:
    if questions.name in NDCG_FLOORS:
        name, floor, figure = f"nDCG@{DEPTH}", NDCG_FLOORS[questions.name], ndcg
    else:
        name, floor, figure = "MRR", RECIPROCAL_RANK_FLOORS[questions.name], reciprocal_rank
    values = {
        typos: questions.mean(
            {
                one: figure(ranked(search, q, typos=typos), questions.grades[one])
                for one, q in questions.asked.items()
            }
        )
        for typos in ("auto", "off")
    }
    yield Figure(of, name, values["auto"], floor=floor, beside={"typos off": values["off"]})
    lost = values["off"] - values["auto"]
    yield Figure(of, "lost by typos", lost, ceiling=MOST_LOST)
    if not questions.sets:  # Edits are of Latin letters.
        yield recovered(of, search, questions)


def ranked(search: SearchProcess, q: str, *, typos: str = "auto") -> list[str]:
    """Article ids, the first hundred."""
    answer = search.get(
        "/v1/search", q=q[:512], page_size=KNOWN_ITEM_DEPTH, fields="id", highlight=0, typos=typos
    )
    return [hit["article"]["id"] for hit in answer["hits"]]


def ndcg(ids: Sequence[str], grades: Mapping[str, int]) -> float:
    gains = [grades.get(one, 0) for one in ids[:DEPTH]]
    best = sorted(grades.values(), reverse=True)[:DEPTH]
    return _discounted(gains) / _discounted(best)


def _discounted(gains: Sequence[int]) -> float:
    return sum(gain / math.log2(place + 2) for place, gain in enumerate(gains))


def reciprocal_rank(ids: Sequence[str], grades: Mapping[str, int]) -> float:
    return next((1 / place for place, one in enumerate(ids, 1) if one in grades), 0.0)


def recovered(of: str, search: SearchProcess, questions: Questions) -> Figure:
    """The share of questions whose first hit stays the first with one edit in a word."""
    chance = random.Random(17)
    kept = [
        ranked(search, with_an_edit(q, chance))[:1] == first
        for q in questions.asked.values()
        if len(q.split()) > 1 and (first := ranked(search, q)[:1])
    ]
    return Figure(of, "found with an edit", statistics.fmean(kept), floor=RECOVERED_FLOOR)


def with_an_edit(q: str, chance: random.Random) -> str:
    """One word of at least four letters with a letter dropped, added, replaced or swapped."""
    words = q.split()
    long = [at for at, word in enumerate(words) if len(word) >= 4 and word.isalpha()]
    where = chance.choice(long or range(len(words)))
    word = words[where]
    at = chance.randrange(len(word))
    letter = chance.choice(LETTERS)
    words[where] = chance.choice(
        [
            word[:at] + word[at + 1 :],
            word[:at] + letter + word[at:],
            word[:at] + letter + word[at + 1 :],
            word[:at] + word[at : at + 2][::-1] + word[at + 2 :],
        ]
    )
    return " ".join(words)


def judged(data: Path, name: str) -> Questions:
    grades: dict[str, dict[str, int]] = defaultdict(dict)
    for line in (data / name / "qrels.tsv").read_text("utf-8").splitlines():
        query, _, document, grade = line.split("\t")
        if int(grade) > 0:
            grades[query][identified(document)] = int(grade)
    asked = {one["id"]: one["text"] for one in json_lines(data / name / "queries.jsonl")}
    articles = {
        one["id"]: enriched(one["id"], title=one["title"] or one["id"], body=one["text"])
        for one in json_lines(data / name / "corpus.jsonl")
    }
    return Questions(name, articles, {q: asked[q] for q in asked if q in grades}, grades)


def known_items(data: Path) -> Questions:
    folder = data / "reuters21578"
    articles = {
        one["id"]: enriched(
            one["id"],
            title=one["id"],
            body=one["text"] or one["id"],
            published_at=_moment(one["date"]),
        )
        for one in json_lines(folder / "articles.jsonl")
    }
    queries = list(json_lines(folder / "known_item_queries.jsonl"))
    return Questions(
        "reuters known item",
        articles,
        {one["id"]: one["text"] for one in queries},
        {one["id"]: {identified(one["target"]): 1} for one in queries},
    )


def in_many_languages(data: Path) -> Questions:
    """Articles looked for by their titles; of German ones, which have none, by a first sentence."""
    written = [
        *json_lines(data / "masakhanews" / "articles.jsonl"),
        *json_lines(data / "wikinews_fr" / "docs.jsonl"),
        *islice(json_lines(data / "gnad10k" / "articles.jsonl"), GERMAN_ARTICLES),
    ]
    articles: dict[str, ArticleEnriched] = {}
    asked: dict[str, str] = {}
    for one in written:
        title, text = one.get("title"), one["text"]
        if title is None:
            title, _, text = text.partition(". ")
        language = standardize_tag(one["lang"])
        articles[one["id"]] = enriched(one["id"], title=one["id"], body=text, language=language)
        asked[one["id"]] = title
    return Questions(
        "many languages",
        articles,
        asked,
        {one: {identified(one): 1} for one in asked},
        sets={one: articles[one].language or "" for one in asked},
    )


def _moment(date: str | None) -> datetime:
    return datetime.fromisoformat(date).replace(tzinfo=UTC) if date else LONG_AGO
