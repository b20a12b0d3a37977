"""Articles for the index, and questions about them, both small and by the hundred."""

import random
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from services.search.domain.articles import Edge, IndexedArticle, Links, Tombstone
from services.search.domain.indexing import build_indexed_article
from services.search.domain.question import (
    Condition,
    Conditions,
    Facet,
    Number,
    NumberIn,
    Question,
    Range,
    Sort,
    ValueIs,
    Word,
)

NOW = 1_750_000_000
"""15 June 2025; articles are published an hour earlier where a test does not say otherwise."""
HOUR, DAY = 3_600, 86_400
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def tag(
    name: str, *, slug: str | None = None, aliases: Sequence[str] = (), kind: str = "topic"
) -> dict[str, Any]:
    """A tag as enrich found it."""
    return {
        "slug": slug or name.lower().replace(" ", "-"),
        "name": name,
        "kind": kind,
        "score": 0.9,
        "reason": "in the title",
        "aliases": list(aliases),
        "renamed": False,
        "id": None,
        "parents": [],
    }


def article(  # noqa: PLR0913 - each has a default.
    id_: str,
    body: str = "",
    *,
    title: str = "",
    summary: str | None = None,
    language: str | None = "en",
    version: int = 1,
    published: int = NOW - HOUR,
    read_minutes: int = 3,
    tags: Sequence[str | Mapping[str, Any]] = (),
    authors: Sequence[str] = (),
    categories: Sequence[str] = (),
    publisher: str = "demo",
    url: str | None = None,
    links: Links | None = None,
) -> IndexedArticle:
    """An article as the index is given it, with the words of title, summary and body."""
    found = [tag(one) if isinstance(one, str) else dict(one) for one in tags]
    address = url or f"https://example.org/{id_}"
    card = {
        "id": id_,
        "title": title,
        "summary": summary,
        "url": address,
        "published_at": moment(published),
        "updated_at": None,
        "revision": version,
        "authors": list(authors),
        "publisher": publisher,
        "language": language,
        "categories": list(categories),
        "tags": list(dict.fromkeys(one["name"] for one in found)),
        "read_minutes": read_minutes,
        "image": {"url": f"{address}.jpg", "width": 640},
    }
    return build_indexed_article(
        card,
        _content(body, found, card),
        links or Links(story_id=id_),
        id=id_,
        version=version,
        url=address,
    )


def _content(
    body: str, tags: Sequence[Mapping[str, Any]], card: Mapping[str, Any]
) -> dict[str, Any]:
    minutes, categories = card["read_minutes"], card["categories"]
    return {
        "body": body,
        "body_html": f"<p>{body}</p>",
        "word_count": len(body.split()),
        "time_required": f"PT{minutes}M",
        "breadcrumb": categories[0].split(" > ") if categories else [],
        "source_name": None,
        "license": "CC BY 4.0",
        "place": "Port Merel",
        "media": [{"url": "https://example.org/pier.mp4", "caption": "The pier"}],
        "enrichment": {
            "tags": list(tags),
            "language": card["language"],
            "read_time": {"seconds": minutes * 60, "method": "test"},
            "algorithm": "test",
        },
        "keywords": ["pier"],
        "record": {"publisher": card["publisher"], "revision": card["revision"], "number": 0},
    }


def tombstone(id_: str, version: int, *, url: str | None = None) -> Tombstone:
    return Tombstone(
        id=id_,
        version=version,
        url=url or f"https://example.org/{id_}",
        content={"record": {"publisher": "demo", "revision": version}},
    )


def linked(story: str, *, at: int = 0, copy_of: str | None = None, **scores: float) -> Links:
    """Links with the articles named, each with its score."""
    edges = tuple(
        Edge(id=id_, score=score, reason=f"like {id_}")
        for id_, score in sorted(scores.items(), key=lambda item: -item[1])
    )
    return Links(story_id=story, copy_of=copy_of, edges=edges, linked_at=at)


def moment(seconds: int) -> str:
    """RFC 3339, as cards have it."""
    text = (_EPOCH + timedelta(seconds=seconds)).isoformat(timespec="seconds")
    return text.replace("+00:00", "Z")


def words(text: str) -> tuple[Word, ...]:
    """Words as a question has them."""
    return tuple(map(Word, text.split()))


def asking(text: str, *languages: str) -> Question:
    """All these words, the best first; inflected as in English where no language is named."""
    return Question(now=NOW, words=words(text), languages=languages or ("en",), sort=Sort.RELEVANCE)


# What a language looks like to an engine: few frequent words, many rare ones. No two of a language
# share a stem: engines cut stems differently.
_WORDS = {
    "en": """
        bridge harbour council storm train ticket budget farmer museum river strike orchestra
        glacier airport vaccine satellite lighthouse referendum bakery drought violin tunnel
        pension earthquake parliament ferry robot wheat volcano sculpture bicycle quarry
        lawsuit dolphin chess telegraph windmill inflation penguin cathedral
    """,
    "de": """
        Brücke Hafen Rathaus Sturm Fahrkarte Haushalt Bauer Bahnhof Streik Gletscher Flughafen
        Impfstoff Leuchtturm Bäckerei Dürre Geige Erdbeben Fähre Weizen Fahrrad
    """,
    "ru": """
        мост гавань буря поезд билет бюджет фермер музей река оркестр ледник аэропорт вакцина
        спутник маяк пекарня засуха скрипка тоннель пенсия
    """,
}
VOCABULARY = {language: words.split() for language, words in _WORDS.items()}
CATEGORIES = ["News", "News > Economy", "News > Politics", "Sport", "Culture > Film"]
AUTHORS = [f"Author {number}" for number in range(15)]
TAGS = [f"Tag {number}" for number in range(60)]
PUBLISHERS = ["demo", "wire", "gazette"]


class Newsroom:
    """Random articles and questions, the same ones for a seed."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def articles(self, count: int) -> list[IndexedArticle]:
        return [self._article() for _ in range(count)]

    def question(self) -> Question:
        """Any mixture of what a question may ask."""
        choose = self._random
        language = self._language()
        asked = self._text(language, choose.choice([0, 1, 1, 2, 2, 3, 5]))
        return Question(
            now=NOW + choose.choice([0, 0, -3 * DAY]),
            words=words(asked),
            any_word=choose.random() < 0.4,
            title=asked if choose.random() < 0.5 else "",
            phrases=self._phrases(0.2),
            excluded=tuple(self._text(language, choose.choice([0, 0, 0, 1, 2])).split()),
            languages=(language, *(other for other in VOCABULARY if other != language)),
            include=self._values(0.2),
            exclude=self._values(0.07),
            conditions=self._conditions(0.15),
            published=self._range(0.2, NOW - 40 * DAY, NOW),
            read_minutes=self._range(0.2, 1, 12),
            sort=choose.choice([*Sort, Sort.RELEVANCE, Sort.RELEVANCE]),
            limit=choose.choice([1, 5, 20, 500]),
            offset=choose.choice([0, 0, 3, 40]),
            collapse=choose.random() < 0.2,
            facets=tuple(facet for facet in Facet if choose.random() < 0.4),
            facet_size=choose.choice([1, 3, 20]),
            extents=tuple(number for number in Number if choose.random() < 0.2),
            spans=tuple((NOW - n * DAY, NOW - n * DAY + choose.randint(1, DAY)) for n in (40, 9, 1))
            if choose.random() < 0.2
            else (),
        )

    def _article(self) -> IndexedArticle:
        choose = self._random
        language = self._language()
        id_ = f"{choose.getrandbits(128):032x}"
        story = f"story-{choose.randint(1, 40)}" if choose.random() < 0.5 else id_
        return article(
            id_,
            self._text(language, choose.randint(3, 60)),
            title=self._text(language, choose.randint(1, 6)),
            summary=self._text(language, choose.randint(1, 9)) if choose.random() < 0.5 else None,
            language=language,
            # Whole hours: many articles share their second, as imported ones do.
            published=NOW - HOUR * choose.randint(-24, 24 * 45),
            read_minutes=choose.randint(1, 12),
            categories=[choose.choice(CATEGORIES)],
            tags=choose.sample(TAGS, choose.randint(0, 6)),
            authors=choose.sample(AUTHORS, choose.randint(0, 2)),
            publisher=choose.choice(PUBLISHERS),
            links=Links(story_id=story),
        )

    def _language(self) -> str:
        return self._random.choice(["en", "en", "en", "de", "ru"])

    def _text(self, language: str, length: int) -> str:
        vocabulary = VOCABULARY[language]
        places = (int(len(vocabulary) * self._random.random() ** 2.5) for _ in range(length))
        return " ".join(vocabulary[place] for place in places)

    def _phrases(self, share: float) -> tuple[str, ...]:
        if self._random.random() >= share:
            return ()
        return (self._text("en", self._random.choice([1, 2, 2, 3])),)

    def _values(self, share: float) -> dict[Facet, tuple[str, ...]]:
        known = {
            Facet.CATEGORY: [*CATEGORIES, "Culture"],
            Facet.TAG: TAGS,
            Facet.AUTHOR: AUTHORS,
            Facet.PUBLISHER: PUBLISHERS,
            Facet.LANGUAGE: [*VOCABULARY, "tlh"],
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
