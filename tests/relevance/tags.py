"""How well the tags of articles match those of editors, readers and experts, beside YAKE's.

Porter-stemmed exact match, macro average; precision divides by min(k, tags given), so that fewer
than k tags are no fault. Times are of the process, with every word list read, and with cycles
looked for as the services do.
"""

import re
import statistics
import time
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import Stemmer
import yake

from services.enrich.adapters.py3langid_recogniser import Py3langidRecogniser
from services.enrich.domain.language import language_of
from services.enrich.domain.tags import TaggedText, choose_tags
from shared.server import look_for_cycles_less_often
from tests.relevance.figures import Figure, json_lines

Namer = Callable[[TaggedText], list[str]]

#: What each set must reach; the crowd of kpcrowd takes any word, so it only guards.
FLOORS: Mapping[str, Mapping[str, float]] = {
    "fundus": {"F1@5": 0.20, "F1@10": 0.195},
    "wikinews_fr": {"F1@10": 0.42},
    "kpcrowd": {"P@5": 0.36},
}
#: Milliseconds that the median text of so many words may take.
MEDIAN_MS: Mapping[str, tuple[range, float]] = {
    "300 words": (range(250, 350), 2.0),
    "750 words": (range(650, 850), 4.0),
}
P95_MS, TIMES_FASTER = 8.0, 3.0
_GIVEN = 10
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Document:
    text: TaggedText
    keys: frozenset[str]


@dataclass(frozen=True, slots=True)
class Tagged:
    """What a method makes of a set: its figures by name, and milliseconds text by text."""

    figures: Mapping[str, float]
    times_ms: Sequence[float]


def measure(data: Path) -> Iterator[Figure]:
    sets = {name: list(documents(data, name)) for name in FLOORS}
    look_for_cycles_less_often()
    own_ms: list[tuple[int, float]] = []
    yake_ms: list[float] = []
    for name, set_of in sets.items():
        own, yakes = tag_all(set_of, names_of), {}
        for words in (1, 2, 3):
            yakes[f"YAKE n={words}"] = tag_all(set_of, yake_namer(words))
        for figure, value in own.figures.items():
            beside = {method: tagged.figures[figure] for method, tagged in yakes.items()}
            yield Figure(f"tags, {name}", figure, value, FLOORS[name].get(figure), beside=beside)
        lengths = [len(document.text.body.split()) for document in set_of]
        own_ms += zip(lengths, own.times_ms, strict=True)
        yake_ms += yakes["YAKE n=2"].times_ms
    yield from _speed(own_ms, yake_ms)


def _speed(own_ms: Sequence[tuple[int, float]], yake_ms: Sequence[float]) -> Iterator[Figure]:
    for name, (lengths, ceiling) in MEDIAN_MS.items():
        median = statistics.median(ms for words, ms in own_ms if words in lengths)
        yield Figure(f"tags, {name}", "median ms", median, ceiling=ceiling)
    times = [ms for _, ms in own_ms]
    yield Figure("tags, all sets", "p95 ms", statistics.quantiles(times, n=20)[-1], ceiling=P95_MS)
    ratio = statistics.median(yake_ms) / statistics.median(times)
    yield Figure("tags, all sets", "times as fast", ratio, TIMES_FASTER)


def documents(data: Path, name: str) -> Iterator[Document]:
    """The documents of a set that have tags, their body, title and language only."""
    file = "articles.jsonl" if name == "fundus" else "docs.jsonl"
    for document in json_lines(data / name / file):
        keys = document.get("topics") or document.get("keys")
        if keys:
            text = TaggedText(document["title"], "", document["text"], _language(document))
            yield Document(text, _normalised(keys))


def tag_all(set_of: Sequence[Document], namer: Namer) -> Tagged:
    # Word lists are read for the first text of a language.
    for text in {document.text.language: document.text for document in set_of}.values():
        namer(text)
    columns: dict[str, list[float]] = {"F1@5": [], "F1@10": [], "P@5": []}
    times = []
    for document in set_of:
        started = time.process_time()
        names = namer(document.text)
        times.append((time.process_time() - started) * 1000)
        given = list(dict.fromkeys(filter(None, map(_normal_form, names))))
        columns["F1@5"].append(_f1(document.keys, given[:5]))
        columns["F1@10"].append(_f1(document.keys, given[:10]))
        columns["P@5"].append(_precision(document.keys, given[:5]))
    return Tagged({name: statistics.fmean(values) for name, values in columns.items()}, times)


def names_of(text: TaggedText) -> list[str]:
    return [tag.name for tag in choose_tags(text, max_tags=_GIVEN)]


def yake_namer(words: int) -> Namer:
    @cache
    def extractor(language: str) -> Any:  # noqa: ANN401 - YAKE has no types.
        return yake.KeywordExtractor(lan=language, n=words, top=_GIVEN)

    def names(text: TaggedText) -> list[str]:
        language = (text.language or "en").partition("-")[0]
        found = extractor(language).extract_keywords(f"{text.title}\n{text.body}")
        return [name for name, _ in found]

    return names


def _language(document: Mapping[str, Any]) -> str | None:
    if "lang" in document:
        return str(document["lang"])
    return language_of(None, "", document["text"], _recogniser())


@cache
def _recogniser() -> Py3langidRecogniser:
    return Py3langidRecogniser()


def _normalised(keys: Iterable[str]) -> frozenset[str]:
    return frozenset(map(_normal_form, keys)) - {""}


def _normal_form(key: str) -> str:
    words = _WORD.findall(unicodedata.normalize("NFC", key).casefold())
    return " ".join(_porter().stemWords(words))


@cache
def _porter() -> Any:  # noqa: ANN401 - PyStemmer has no types.
    return Stemmer.Stemmer("porter")


def _precision(keys: frozenset[str], given: list[str]) -> float:
    return len(keys.intersection(given)) / len(given) if given else 0


def _f1(keys: frozenset[str], given: list[str]) -> float:
    return 2 * len(keys.intersection(given)) / (len(keys) + len(given)) if given else 0
