"""What the sections of a publisher teach about the words of its subjects."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from services.enrich.domain.tags.languages import language_of
from services.enrich.domain.tags.subjects import Weights, subject_named

_SMOOTHING = 8
_FEWEST_ARTICLES = 2


def subject_of_section(sections: Iterable[str], language: str | None) -> str | None:
    """The subject that an article's sections are called like; None where they name none or two.

    A path counts for all its parts: "News > Economy" is about the economy.
    """
    known = language_of(language)
    parts = {part.strip().lower() for path in sections for part in path.split(">")}
    found = {
        subject
        for part in parts
        if (subject := subject_named(part, known.key_of(part), known.code))
    }
    return found.pop() if len(found) == 1 else None


def learn(examples: Iterable[tuple[str, Mapping[str, int]]]) -> Weights:
    """Weights from articles of known subject, each with the stems of its words.

    ln(((c + 8 p) / (n + 8)) / p) for a word in c of the n articles of a subject and in the share p
    of all; words of a single article teach nothing.
    """
    of_subject: Counter[str] = Counter()
    words: dict[str, Counter[str]] = defaultdict(Counter)
    for subject, counts in examples:
        of_subject[subject] += 1
        words[subject].update(counts.keys())
    every = sum(words.values(), Counter[str]())
    total = of_subject.total()
    learned: dict[str, dict[str, float]] = defaultdict(dict)
    for subject, size in of_subject.items():
        for word, in_all in every.items():
            share = in_all / total
            if in_all >= _FEWEST_ARTICLES:
                part = (words[subject][word] + _SMOOTHING * share) / (size + _SMOOTHING)
                learned[word][subject] = round(math.log(part / share), 2)
    return learned
