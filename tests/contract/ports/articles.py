"""Articles for the index, and questions about them, both small and by the hundred."""

import random
from collections.abc import Mapping, Sequence
from typing import Any

from services.search.domain.analysis import GAP
from services.search.domain.articles import IndexedArticle, Tombstone
from services.search.domain.question import (
    Alternatives,
    Condition,
    Conditions,
    Facet,
    Number,
    NumberIn,
    Phrase,
    Question,
    Range,
    Sort,
    ValueIs,
)

NOW = 1_750_000_000
"""15 June 2025; articles are published an hour earlier where a test does not say otherwise."""
HOUR, DAY = 3_600, 86_400


def article(  # noqa: PLR0913 - each has a default.
    id_: str,
    text: str = "",
    *,
    title: str = "",
    version: int = 1,
    published: int = NOW - HOUR,
    read_minutes: int = 3,
    slugs: Sequence[str] = (),
    facets: Mapping[Facet, Sequence[str]] | None = None,
    card: Mapping[str, Any] | None = None,
) -> IndexedArticle:
    """An article whose terms are the words of title and text as they stand."""
    return IndexedArticle(
        id=id_,
        version=version,
        url=f"https://example.org/{id_}",
        published=published,
        read_minutes=read_minutes,
        card={"id": id_, "title": title} if card is None else card,
        content={"body": text, "version": version},
        title_terms=f"{GAP} {title} {GAP}" if title else GAP,
        lead_terms=" ".join(text.split()[:30]),
        all_terms=f"{title} {GAP} {text}".strip(),
        title_words=title,
        words=tuple(dict.fromkeys(title.split())),
        facets={facet: tuple(values) for facet, values in (facets or {}).items()},
        tag_slugs=tuple(slugs),
    )


def tombstone(id_: str, version: int) -> Tombstone:
    return Tombstone(
        id=id_,
        version=version,
        url=f"https://example.org/{id_}",
        content={"publisher": "demo"},
    )


def words(text: str) -> tuple[Alternatives, ...]:
    """Words as a question has them; `a|b` is one word that may stand as either."""
    return tuple(tuple(word.split("|")) for word in text.split())


def phrase(text: str) -> Phrase:
    return words(text)


def exactly(title: str) -> Phrase:
    return ((GAP,), *words(title), (GAP,))


# What a language looks like to an engine: few frequent words, many rare ones.
VOCABULARY = [f"{a}{b}{c}" for a in "bdfgklmnprst" for b in "aeiou" for c in ("n", "r", "ş", "ñ")]
CATEGORIES = ["News", "News > Economy", "News > Politics", "Sport", "Culture > Film"]
AUTHORS = [f"Author {number}" for number in range(15)]
TAGS = [f"Tag {number}" for number in range(60)]
PUBLISHERS = ["demo", "wire", "gazette"]
LANGUAGES = ["en", "az", "ru"]


class Newsroom:
    """Random articles and questions, the same ones for a seed."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def articles(self, count: int) -> list[IndexedArticle]:
        return [self._article() for _ in range(count)]

    def question(self) -> Question:
        """Any mixture of what a question may ask."""
        choose = self._random
        asked = self._words(choose.choice([0, 1, 1, 2, 2, 3, 5]))
        return Question(
            now=NOW + choose.choice([0, 0, -3 * DAY]),
            words=asked,
            any_word=choose.random() < 0.4,
            title=choose.choice([(), ((GAP,), *asked, (GAP,))]) if asked else (),
            phrases=self._phrases(0.2),
            not_words=self._words(choose.choice([0, 0, 0, 1, 2])),
            not_phrases=self._phrases(0.1),
            include=self._values(0.2),
            exclude=self._values(0.07),
            conditions=self._conditions(0.15),
            published=self._range(0.2, NOW - 40 * DAY, NOW),
            read_minutes=self._range(0.2, 1, 12),
            sort=choose.choice([*Sort, Sort.RELEVANCE, Sort.RELEVANCE]),
            limit=choose.choice([1, 5, 20, 100]),
            offset=choose.choice([0, 0, 3, 40]),
            facets=tuple(facet for facet in Facet if choose.random() < 0.4),
            facet_size=choose.choice([1, 3, 20]),
            extents=tuple(number for number in Number if choose.random() < 0.2),
            spans=tuple((NOW - n * DAY, NOW - n * DAY + choose.randint(1, DAY)) for n in (40, 9, 1))
            if choose.random() < 0.2
            else (),
        )

    def _article(self) -> IndexedArticle:
        choose = self._random
        category = choose.choice(CATEGORIES)
        parents = category.split(" > ")[:1] if " > " in category else []
        title = self._text(choose.randint(1, 6))
        # Whole hours: many articles share their second, as imported ones do.
        published = NOW - HOUR * choose.randint(-24, 24 * 45)
        return article(
            f"{choose.getrandbits(128):032x}",
            self._text(choose.randint(3, 120)),
            title=title,
            published=published,
            read_minutes=choose.randint(1, 12),
            facets={
                Facet.CATEGORY: [category, *parents],
                Facet.TAG: choose.sample(TAGS, choose.randint(0, 6)),
                Facet.AUTHOR: choose.sample(AUTHORS, choose.randint(0, 2)),
                Facet.PUBLISHER: [choose.choice(PUBLISHERS)],
                Facet.LANGUAGE: [choose.choice(LANGUAGES)],
                Facet.YEAR: ["2025"],
            },
        )

    def _text(self, length: int) -> str:
        return " ".join(self._word() for _ in range(length))

    def _word(self) -> str:
        return VOCABULARY[int(len(VOCABULARY) * self._random.random() ** 2.5)]

    def _words(self, count: int) -> tuple[Alternatives, ...]:
        found = (
            tuple({self._word() for _ in range(self._random.choice([1, 1, 1, 2]))})
            for _ in range(count)
        )
        return tuple(tuple(sorted(alternatives)) for alternatives in found)

    def _phrases(self, share: float) -> tuple[Phrase, ...]:
        if self._random.random() >= share:
            return ()
        return (self._words(self._random.choice([1, 2, 2, 3])),)

    def _values(self, share: float) -> dict[Facet, tuple[str, ...]]:
        known = {
            Facet.CATEGORY: [*CATEGORIES, "Culture"],
            Facet.TAG: TAGS,
            Facet.AUTHOR: AUTHORS,
            Facet.PUBLISHER: PUBLISHERS,
            Facet.LANGUAGE: [*LANGUAGES, "tlh"],
        }
        return {
            facet: tuple(self._random.sample(values, self._random.randint(1, 2)))
            for facet, values in known.items()
            if self._random.random() < share
        }

    def _conditions(self, share: float) -> Conditions:
        """Groups of one to three, across fields, some turned round."""
        choose = self._random
        groups: list[tuple[Condition, ...]] = []
        while choose.random() < share:
            tags: list[Condition] = [
                ValueIs(Facet.TAG, tag, negated=choose.random() < 0.3)
                for tag in choose.sample(TAGS, choose.randint(1, 2))
            ]
            low = choose.randint(1, 12)
            minutes = NumberIn(
                Number.READ_MINUTES, Range(low, low + 4), negated=choose.random() < 0.3
            )
            groups.append((*tags, *choose.choice([(), (minutes,)])))
        return tuple(groups)

    def _range(self, share: float, lowest: int, highest: int) -> Range:
        if self._random.random() >= share:
            return Range()
        start, end = sorted(self._random.randint(lowest, highest) for _ in range(2))
        return Range(self._random.choice([None, start]), self._random.choice([None, end + 1]))
