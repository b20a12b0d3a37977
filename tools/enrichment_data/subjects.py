"""Which words speak for which of the 17 top Media Topics, in each language; and their names.

`{"names": {language: {subject: name}}, "weights": {language: {stem: {subject: weight}}}}`, where a
subject is the first two digits of its code. Weight of a word for a subject, from the names and
definitions of the concepts under it: half of ln((c/n) / (C/N)) ln(1 + c), where positive; then the
seeds. Whole, the words of definitions outvoted the seeds in German and French.
"""

import json
import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from services.enrich.domain.tags.languages import Language, language_of
from tools.enrichment_data.subject_seeds import seeds

PACKAGES = ()
LICENCE = """\
  IPTC Media Topics, Copyright International Press Telecommunications Council (https://iptc.org),
  licensed CC BY 4.0 (https://creativecommons.org/licenses/by/4.0/).
  Changed: counted word by word into weights; words that speak for a subject by themselves are ours.
"""
SOURCE = Path(__file__).parents[3] / "shared" / "data" / "mediatopics" / "cptall-x-all.json"
# As the IPTC writes them. Chinese is left out: its names have no spaces between words.
_LANGUAGES = {
    "ar": "ar",
    "da": "dk",
    "de": "de",
    "en": "en-GB",
    "es": "es",
    "fr": "fr",
    "pt": "pt-BR",
    "sv": "se",
}
_BY_LEVEL = {0: 3, 1: 2}
_DEFINED = 0.5
_SEED = 6.0

# Definitions of sports are full of them, and so are reports of a tunnel or a harvest.
_MEASURES = frozenset(
    """meter metre metres metern metro metros mètre mètres kilometer kilometre kilometres
    kilometern kilomètre kilomètres kilómetro kilómetros quilômetro quilômetros km kilogram
    kilograms kilo kilos kilogramm kg gram grams gramm gramme grammes gramo gramos grama
    gramas pound pounds feet foot inch inches mile miles yard yards tonne tonnes tonnen ton
    tons liter litre litres litern litro litros second seconds sekunde sekunden seconde
    secondes segundo segundos minuten minute minutes minuto minutos minuter stunde stunden
    hour hours heure heures hora horas timme timmar time timer""".split()
)

Weights = Mapping[str, Mapping[str, float]]


def make() -> str:
    concepts = {each["uri"]: each for each in _concepts()}
    given = seeds()
    weights = {
        language: _with_seeds(_weights(concepts, language), given.get(language, {}), language)
        for language in sorted({*_LANGUAGES, *given})
    }
    names = {
        language: {
            _subject(uri): concept["prefLabel"][label]
            for uri, concept in sorted(concepts.items())
            if "broader" not in concept and label in concept["prefLabel"]
        }
        for language, label in _LANGUAGES.items()
    }
    found = {"names": names, "weights": weights}
    return json.dumps(found, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def _concepts() -> Iterator[dict[str, Any]]:
    for concept in json.loads(SOURCE.read_text("utf-8"))["conceptSet"]:
        if not concept.get("retired"):
            yield concept


def _weights(
    concepts: Mapping[str, Mapping[str, Any]], language: str
) -> dict[str, dict[str, float]]:
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    label = _LANGUAGES.get(language, "")
    for uri, concept in concepts.items():
        top, depth = _top(uri, concepts)
        times = _BY_LEVEL.get(depth, 1)
        for word in _stems(concept["prefLabel"].get(label, ""), language):
            counts[top][word] += times
        for word in _stems(concept.get("definition", {}).get(label, ""), language):
            counts[top][word] += 1
    total = sum(counts.values(), Counter[str]())
    all_words = sum(total.values())
    found: dict[str, dict[str, float]] = defaultdict(dict)
    for top, of_top in counts.items():
        size = sum(of_top.values())
        for word, count in of_top.items():
            ratio = (count / size) / (total[word] / all_words)
            weight = _DEFINED * math.log(ratio) * math.log1p(count)
            if weight > 0:
                found[word][top] = round(weight, 2)
    return found


def _top(uri: str, concepts: Mapping[str, Mapping[str, Any]]) -> tuple[str, int]:
    """The subject above a concept, and how far above."""
    depth = 0
    while broader := concepts[uri].get("broader"):
        uri, depth = broader[0], depth + 1
    return _subject(uri), depth


def _subject(uri: str) -> str:
    return uri.rpartition("/")[2][:2]


def _with_seeds(
    weights: dict[str, dict[str, float]], given: Mapping[str, list[str]], language: str
) -> dict[str, dict[str, float]]:
    subjects: dict[str, set[str]] = defaultdict(set)
    for subject, words in given.items():
        for word in words:
            subjects[_language(language).key_of(word)].add(subject)
    for word, tops in subjects.items():
        others = {top: round(weight / 2, 2) for top, weight in weights.get(word, {}).items()}
        weights[word] = others | dict.fromkeys(sorted(tops), round(_SEED / len(tops) ** 0.5, 2))
    return weights


def _stems(text: str, language: str) -> Iterator[str]:
    known = _language(language)
    for word in known.tokeniser.words_of(text):
        telling = word.lower not in known.stop_words and word.lower not in _MEASURES
        if telling and not word.lower.isdigit():
            yield word.stem


@cache
def _language(code: str) -> Language:
    return language_of(code)
