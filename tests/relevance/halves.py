"""Related links in languages without a table of common words: does half an article find the other?

No collection says which articles belong together there. So each is cut into its odd and its even
sentences: in how many halves the other half is the most alike of all, has a score above the
threshold, and has another article's half one.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from services.enrich.domain.language import shortest_tag
from services.enrich.domain.related import Record, Records, score_pairs, vector_of
from services.enrich.domain.related.terms import lexicon
from tests.relevance.figures import Figure, json_lines
from tests.relevance.ranking import Text, by_cosine, our_vectors, rank_all

_SENTENCE_END: Final = re.compile(r"(?<=[.!?።])\s+|\n+")
_FEWEST_WORDS: Final = 80
#: Guards; the languages with long words and those with many short ones differ most.
FLOORS: Final = {"xh": 0.85, "sn": 0.78, "ln": 0.64, "yo": 0.9, "ha": 0.87}


def measure(data: Path) -> Iterator[Figure]:
    halves: defaultdict[str, list[Text]] = defaultdict(list)
    for article in json_lines(data / "masakhanews" / "articles.jsonl"):
        language = shortest_tag(article["lang"]) or ""
        if len(article["text"].split()) > _FEWEST_WORDS and not lexicon(language).knows_shares:
            sentences = list(filter(str.strip, _SENTENCE_END.split(article["text"])))
            halves[language] += [
                Text("", " ".join(half), language, article["id"])
                for half in (sentences[::2], sentences[1::2])
            ]
    for language, texts in sorted(halves.items()):
        ranked = rank_all(texts, by_cosine(our_vectors(texts)))
        own, others = _above_threshold(texts)
        of = f"halves, {language}"
        yield Figure(of, "half first", ranked.r_precision, FLOORS.get(language))
        yield Figure(of, "half linked", own)
        yield Figure(of, "others linked", others)


def _above_threshold(texts: Sequence[Text]) -> tuple[float, float]:
    """The share of halves that are linked with the other half, and that with any of another."""
    records = [Record(0, vector_of("", text.body, text.language)[0]) for text in texts]
    columns, own, others = Records.of(records), 0, 0
    for at, record in enumerate(records):
        linked = {o for o, pair in enumerate(score_pairs(record, columns)) if pair.score} - {at}
        own += at ^ 1 in linked
        others += bool(linked - {at ^ 1})
    return own / len(texts), others / len(texts)
