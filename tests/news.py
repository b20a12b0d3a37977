"""Made-up news: stories of their own words, articles that tell them in sentences of their own."""

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from services.enrich.domain.related import vector_of
from services.enrich.domain.version import version_of
from services.enrich.ports import KnownArticle

SYLLABLES = (
    "ba",
    "ce",
    "di",
    "fo",
    "gu",
    "ha",
    "ki",
    "lo",
    "mu",
    "ne",
    "po",
    "ra",
    "si",
    "te",
    "vu",
)
START = datetime(2025, 1, 1, tzinfo=UTC)


def word(random_: random.Random) -> str:
    return "".join(random_.choices(SYLLABLES, k=4))


def story_text(story: int, telling: int, *, length: int = 160) -> str:
    """Half of the words are of the story, half of a language that all stories share."""
    common = _words("language", 3000)
    own = _words(f"story {story}", 40)
    order = random.Random(f"{story} {telling}")
    return " ".join(order.choice(own if order.random() < 0.5 else common) for _ in range(length))


def changed(text: str, share: float, seed: int = 0) -> str:
    """The same text with this share of its words replaced."""
    order = random.Random(seed)
    return " ".join(word(order) if order.random() < share else each for each in text.split())


def known_article(
    article_id: str,
    text: str,
    *,
    title: str = "",
    revision: int = 1,
    after: timedelta = timedelta(),
) -> KnownArticle:
    vector, written = vector_of(title, text, "en")
    return KnownArticle(
        id=article_id,
        version=version_of(0, revision, withdrawn=False),
        published_at=START + after,
        vector=vector,
        written=written,
    )


def _words(seed: str, count: int) -> Sequence[str]:
    order = random.Random(seed)
    return [word(order) for _ in range(count)]
