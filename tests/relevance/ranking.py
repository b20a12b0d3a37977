"""Ways to rank a collection by likeness to one of its articles, and the figures of a ranking."""

import math
import statistics
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import httpx
import numpy as np
import numpy.typing as npt
import stopwordsiso

from services.enrich.domain.related import vector_of
from services.enrich.domain.related.terms import primary, tokens
from services.enrich.domain.snowball import snowball

_DEPTH, _FIRST = 20, 5

Sparse = Mapping[int, float]
Ranking = Callable[[int], Sequence[int]]
"""Places of the others by place, the most alike first."""


@dataclass(frozen=True, slots=True)
class Text:
    """An article and the group people put it into; None for what only stands around."""

    title: str
    body: str
    language: str
    group: str | None


@dataclass(frozen=True, slots=True)
class Ranked:
    average_precision: float
    r_precision: float
    recall_at_5: float


def rank_all(texts: Sequence[Text], ranking: Ranking) -> Ranked:
    """MAP@20, R-precision and recall@5 over the articles whose group has others."""
    sizes = Counter(text.group for text in texts)
    figures = []
    for at, text in enumerate(texts):
        wanted = sizes[text.group] - 1
        if text.group and wanted:
            order = [place for place in ranking(at) if place != at]
            figures.append(_figures([texts[o].group == text.group for o in order], wanted))
    return Ranked(*(statistics.fmean(column) for column in zip(*figures, strict=True)))


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


def by_cosine(vectors: Sequence[Sparse]) -> Ranking:
    """Of all pairs, without a threshold and without looking at time."""
    places: defaultdict[int, list[int]] = defaultdict(list)
    weights: defaultdict[int, list[float]] = defaultdict(list)
    unit = [_unit(vector) for vector in vectors]
    for at, vector in enumerate(unit):
        for term, weight in vector.items():
            places[term].append(at)
            weights[term].append(weight)
    postings = {term: (np.array(places[term]), np.array(weights[term])) for term in places}

    def ranking(at: int) -> Sequence[int]:
        scores: npt.NDArray[np.float64] = np.zeros(len(unit))
        for term, weight in unit[at].items():
            members, theirs = postings[term]
            scores[members] += weight * theirs
        best: list[int] = np.argsort(-scores, kind="stable").tolist()
        return best

    return ranking


def _unit(vector: Sparse) -> Sparse:
    length = math.sqrt(sum(weight * weight for weight in vector.values())) or 1
    return {term: weight / length for term, weight in vector.items()}


def our_vectors(texts: Iterable[Text]) -> list[Sparse]:
    vectors = [vector_of(text.title, text.body, text.language)[0] for text in texts]
    return [dict(zip(v.numbers.tolist(), v.weights.tolist(), strict=True)) for v in vectors]


def tfidf_vectors(texts: Sequence[Text]) -> list[Sparse]:
    """Whole texts: stems without stop words, 1 + ln tf, ln((1 + n) / (1 + df)) + 1."""
    counted = [_stems(text) for text in texts]
    frequency = Counter(stem for counts in counted for stem in counts)
    number = {stem: at for at, stem in enumerate(frequency)}
    importance = {stem: math.log((1 + len(texts)) / (1 + df)) + 1 for stem, df in frequency.items()}
    return [
        {number[s]: (1 + math.log(tf)) * importance[s] for s, tf in counts.items()}
        for counts in counted
    ]


def _stems(text: Text) -> Counter[str]:
    language = primary(text.language)
    known = stopwordsiso.has_lang(language)
    stop_words = stopwordsiso.stopwords(language) if known else frozenset()
    words = [word.casefold() for word in tokens(f"{text.title}\n{text.body}")]
    kept = [word for word in words if len(word) > 1 and word not in stop_words]
    return Counter(map(snowball(language) or str, kept))


def by_more_like_this(url: str, index: str, most_terms: int) -> Ranking:
    """As OpenSearch's `more_like_this` has it, of an index that `fill` made."""

    def ranking(at: int) -> Sequence[int]:
        like = {"fields": ["text"], "like": [{"_id": str(at)}], "max_query_terms": most_terms}
        body = {"query": {"more_like_this": like}, "size": 500, "_source": False}
        answer = httpx.post(f"{url}/{index}/_search", json=body, timeout=60).raise_for_status()
        return [int(hit["_id"]) for hit in answer.json()["hits"]["hits"]]

    return ranking


def fill(url: str, index: str, texts: Sequence[Text]) -> None:
    """Texts as an OpenSearch index with the analyser of English, as most installations have it."""
    httpx.delete(f"{url}/{index}", timeout=60)
    field = {"type": "text", "analyzer": "english", "term_vector": "yes"}
    mappings = {"properties": {"text": field}}
    httpx.put(f"{url}/{index}", json={"mappings": mappings}, timeout=60).raise_for_status()
    for start in range(0, len(texts), 500):
        lines = []
        for at, text in enumerate(texts[start : start + 500], start):
            lines += [{"index": {"_id": str(at)}}, {"text": f"{text.title}\n{text.body}"}]
        content = b"".join(httpx.Request("POST", url, json=line).content + b"\n" for line in lines)
        headers = {"Content-Type": "application/x-ndjson"}
        path = f"{url}/{index}/_bulk"
        httpx.post(path, content=content, headers=headers, timeout=120).raise_for_status()
    httpx.post(f"{url}/{index}/_refresh", timeout=60).raise_for_status()
