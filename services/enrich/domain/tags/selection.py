"""Which candidates become tags: the best, none within another, and no more than evidence allows."""

from collections.abc import Iterable

from services.enrich.domain.tags.candidates import Candidate, Candidates
from services.enrich.domain.tags.grammar import HEADLINE_LABELS
from services.enrich.domain.tags.reading import Reading
from services.enrich.domain.tags.scoring import probability

_LABEL_ENDS = frozenset(":|–—")
_CONSIDERED = 15
_FEWEST = 3
# How many tags an article's editor would have given, about: the more, the later the list is cut.
_EXPECTED_TAGS = 12
_CASELESS_MOST = 5
_WITHOUT_STOP_WORDS_MOST = 3


def eligible(reading: Reading, candidates: Candidates) -> Candidates:
    """Leaves out what the language's means cannot judge: rather no tag than a fragment.

    And what only heads the title, as in "Opinion: A railway is a promise".
    """
    if reading.tokens.lower[1] in HEADLINE_LABELS and reading.tokens.surface[2] in _LABEL_ENDS:
        label = reading.tokens.stem[1]
        candidates = {key: one for key, one in candidates.items() if key != label or one.count > 1}
    language = reading.language
    if reading.has_case and language.stop_words:
        if language.word_classes is not None or language.nouns_are_capitalised:
            return candidates
        return {key: one for key, one in candidates.items() if not _is_a_sentence(reading, one)}
    return {
        key: candidate
        for key, candidate in candidates.items()
        if candidate.country or (candidate.proper if reading.has_case else candidate.count > 1)
    }


def _is_a_sentence(reading: Reading, candidate: Candidate) -> bool:
    """A name with its verb, which no word list tells: "Bruselas sondea", in a headline alone."""
    first, last = candidate.span
    once = candidate.count == 1 and candidate.in_title
    return once and reading.is_proper[first] and not reading.is_proper[last]


def lift(scores: dict[str, float], aliases: dict[str, str]) -> dict[str, float]:
    """Scores without the aliases, whose score goes to the form that stays if it is better."""
    lifted = dict(scores)
    for alias, key in aliases.items():
        score = lifted.pop(alias, None)
        if score is not None and key in lifted:
            lifted[key] = max(lifted[key], score)
    return lifted


def select(
    reading: Reading,
    candidates: Candidates,
    scores: dict[str, float],
    given: Iterable[str],
    most: int,
) -> list[str]:
    """Keys of the chosen, best first; nothing that stands within a given one or repeats it."""
    chosen: list[str] = []
    taken = [f" {key} " for key in given]
    most = min(most, _CONSIDERED, _most(reading))
    for _, key in sorted((-score, key) for key, score in scores.items()):
        if len(chosen) >= most:
            break
        if not _repeats(f" {key} ", taken, candidates[key]):
            taken.append(f" {key} ")
            chosen.append(key)
    return chosen[: _cut([probability(scores[key]) for key in chosen])]


def _most(reading: Reading) -> int:
    if reading.has_case:
        return _CONSIDERED
    return _CASELESS_MOST if reading.language.stop_words else _WITHOUT_STOP_WORDS_MOST


def _repeats(padded: str, taken: list[str], candidate: Candidate) -> bool:
    stands_alone = candidate.is_person or candidate.free + candidate.borrowed > 1
    return any(padded in other or (other in padded and not stands_alone) for other in taken)


def _cut(probabilities: list[float]) -> int:
    """The length with the best expected F-measure, at least three."""
    total, best, length = 0.0, 0.0, 0
    for position, score in enumerate(probabilities, 1):
        total += score
        expected = total / (position + _EXPECTED_TAGS)
        if expected >= best:
            best, length = expected, position
    return max(length, _FEWEST)
