"""How well the tags of articles match those of editors, readers and experts.

`python -m tests.relevance.tags [DATA]` prints a table and fails where a floor is not reached.
Porter-stemmed exact match, macro average; precision divides by min(k, tags given), so that fewer
than k tags are no fault.
"""

import json
import re
import statistics
import sys
import time
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import Stemmer

from services.enrich.adapters.py3langid_recogniser import Py3langidRecogniser
from services.enrich.domain.language import language_of
from services.enrich.domain.tags import TaggedText, choose_tags

DATA = Path(__file__).parents[3] / "shared" / "data"
_GIVEN = 10
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Document:
    text: TaggedText
    keys: frozenset[str]


@dataclass(frozen=True, slots=True)
class Measured:
    f1_at_5: float
    f1_at_10: float
    p_at_5: float
    median_ms: float
    p95_ms: float


#: The figures each set must reach; times are a matter of the machine and only shown.
FLOORS: Mapping[str, Mapping[str, float]] = {
    "fundus": {"f1_at_5": 0.20, "f1_at_10": 0.195},
    "wikinews_fr": {"f1_at_10": 0.42},
    "kpcrowd": {"p_at_5": 0.36},  # A guard: its crowd takes any word.
}
_FIGURES = ("f1_at_5", "f1_at_10", "p_at_5")


def documents(data: Path, name: str) -> Iterator[Document]:
    """The documents of a set that have tags, their body, title and language only."""
    file = "articles.jsonl" if name == "fundus" else "docs.jsonl"
    for line in (data / name / file).read_text("utf-8").splitlines():
        document = json.loads(line)
        keys = document.get("topics") or document.get("keys")
        if keys:
            text = TaggedText(document["title"], "", document["text"], _language(document))
            yield Document(text, _normalised(keys))


def measure(set_of: Iterable[Document], tag: Callable[[TaggedText], list[str]]) -> Measured:
    f5, f10, p5, times = [], [], [], []
    for document in set_of:
        started = time.process_time()
        names = tag(document.text)
        times.append((time.process_time() - started) * 1000)
        given = list(dict.fromkeys(filter(None, map(_normal_form, names))))
        f5.append(_f1(document.keys, given[:5]))
        f10.append(_f1(document.keys, given[:10]))
        p5.append(_precision(document.keys, given[:5]))
    mean = statistics.fmean
    p95 = statistics.quantiles(times, n=20)[-1]
    return Measured(mean(f5), mean(f10), mean(p5), statistics.median(times), p95)


def names_of(text: TaggedText) -> list[str]:
    return [tag.name for tag in choose_tags(text, max_tags=_GIVEN)]


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


def _row(name: str, measured: Measured) -> tuple[str, bool]:
    reached, cells = True, []
    for figure in _FIGURES:
        value, floor = getattr(measured, figure), FLOORS[name].get(figure)
        reached = reached and (floor is None or value >= floor)
        cells.append(f"{value:.3f}" + (f" (>= {floor:.3f})" if floor is not None else " " * 11))
    times = f"{measured.median_ms:.2f} ms  {measured.p95_ms:.2f} ms"
    return f"{name:<12} {'  '.join(cells)}  {times}{'' if reached else '  BELOW'}", reached


def main() -> int:
    data = Path(sys.argv[1]) if len(sys.argv) > 1 else DATA
    sys.stdout.write(f"{'set':<12} {'F1@5':<18}{'F1@10':<18}{'P@5':<18}median   p95\n")
    all_reached = True
    for name in FLOORS:
        set_of = list(documents(data, name))
        for document in set_of:  # Word lists are read for the first of a language.
            names_of(document.text)
        row, reached = _row(name, measure(set_of, names_of))
        sys.stdout.write(row + "\n")
        all_reached = all_reached and reached
    return 0 if all_reached else 1


if __name__ == "__main__":
    sys.exit(main())
