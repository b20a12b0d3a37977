"""How often the top Media Topic of a news story fits the section it stood in, and how often given.

Without examples of the publisher, and after learning from a thousand of its own sections.
"""

import random
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from services.enrich.domain.tags import TaggedText, choose_tags, subject_words
from services.enrich.domain.tags.sections import learn, subject_of_section
from services.enrich.domain.tags.subjects import Weights
from tests.relevance.figures import Figure, json_lines

#: The topics that fit a section: of several, any.
FITTING: Mapping[str, frozenset[str]] = {
    "business": frozenset({"04", "09"}),
    "entertainment": frozenset({"01"}),
    "politics": frozenset({"11"}),
    "sport": frozenset({"15"}),
    "tech": frozenset({"13", "04"}),
}
COVERAGE, ACCURACY, ACCURACY_LEARNED = 0.60, 0.90, 0.95
_EXAMPLES = 1000


@dataclass(frozen=True, slots=True)
class Story:
    text: TaggedText
    section: str


def measure(data: Path) -> Iterator[Figure]:
    stories = [
        Story(TaggedText(each["title"], "", each["text"], "en"), each["category"])
        for each in json_lines(data / "bbc" / "articles.jsonl")
    ]
    yield from _figures("subjects, bbc", stories, None, ACCURACY)
    random.Random(1).shuffle(stories)
    learned = learn(
        (subject, subject_words(story.text))
        for story in stories[:_EXAMPLES]
        if (subject := subject_of_section([story.section], "en"))
    )
    rest = stories[_EXAMPLES:]
    yield from _figures("subjects, bbc, learnt", rest, learned, ACCURACY_LEARNED)


def _figures(
    of: str, stories: Iterable[Story], learned: Weights | None, accuracy: float
) -> Iterator[Figure]:
    given = [_fits(story, learned) for story in stories]
    told = [fits for fits in given if fits is not None]
    yield Figure(of, "right", sum(told) / len(told), accuracy)
    yield Figure(of, "coverage", len(told) / len(given), COVERAGE)


def _fits(story: Story, learned: Weights | None) -> bool | None:
    """Whether the first subject fits; None where there is none."""
    tags = choose_tags(story.text, learned=learned)
    codes = [tag.slug[-8:-6] for tag in tags if tag.kind == "subject"]
    return codes[0] in FITTING[story.section] if codes else None
