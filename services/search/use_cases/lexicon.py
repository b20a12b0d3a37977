"""Lexicon: the words, languages and names of the index, in the memory of this process."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

from services.search.domain.analysis import UNSTEMMED, terms
from services.search.domain.articles import IndexedArticle
from services.search.domain.names import Name, NameIndex
from services.search.domain.question import Facet
from services.search.domain.reading import languages_asked
from services.search.domain.speller import Speller
from services.search.ports import IndexUnavailableError, SearchIndex

log = logging.getLogger(__name__)

REFRESH_S = 60.0
REFRESH_ARTICLES = 1_000
VALUES_S = 1.0
NAMES_S = 2.0
NAMED = (Facet.TAG, Facet.CATEGORY, Facet.AUTHOR)


class Lexicon:
    """Read anew in the background; just-indexed articles are learnt at once.

    Other replicas know the words of an article only after their own next reading.
    """

    def __init__(self, index: SearchIndex, *, clock: Callable[[], float] = time.time) -> None:
        self._index = index
        self._clock = clock
        self._values: dict[Facet, tuple[float, Mapping[str, int]]] = {}
        self._names = NameIndex(())
        self._names_until = float("-inf")
        self._learnt: list[tuple[str, ...]] = []
        self.speller = Speller({})
        self.languages: Counter[str] = Counter()

    def learn(self, articles: Sequence[IndexedArticle]) -> None:
        """Know the words of these articles from now on."""
        for article in articles:
            words = (*article.words, *_category_words(article.facets.get(Facet.CATEGORY, ())))
            self.speller.add(words)
            self.languages.update(article.facets.get(Facet.LANGUAGE, ()))
            self._learnt.append(words)
        if articles:
            self._values.clear()
            self._names_until = min(self._names_until, time.monotonic() + NAMES_S)

    async def values(self, facet: Facet) -> Mapping[str, int]:
        """Every value of a facet with its count, at most a second old."""
        now = time.monotonic()
        read_at, values = self._values.get(facet, (float("-inf"), {}))
        if now - read_at >= VALUES_S:
            values = await self._index.values(facet, now=int(self._clock()))
            self._values[facet] = now, values
        return values

    async def names(self) -> NameIndex:
        """Tags, categories and authors: new ones show up after two seconds at most."""
        if time.monotonic() >= self._names_until:
            self._names_until = time.monotonic() + REFRESH_S
            named = [
                Name(text, facet.value, count)
                for facet in NAMED
                for text, count in (await self.values(facet)).items()
            ]
            self._names = await asyncio.to_thread(NameIndex, named)
        return self._names

    async def refresh(self) -> None:
        """Read words and languages anew."""
        self._learnt = []
        # Categories are no words to search by, but names that one may mistype.
        categories = _category_words(await self.values(Facet.CATEGORY))
        vocabulary = {**dict.fromkeys(categories, 1), **await self._index.vocabulary()}
        languages = Counter(await self.values(Facet.LANGUAGE))
        # Tens of thousands of stems: not on the event loop.
        speller = await asyncio.to_thread(Speller, vocabulary, languages_asked((), languages))
        for words in self._learnt:  # Indexed meanwhile; a word too many does no harm.
            speller.add(words)
        self.speller, self.languages = speller, languages

    async def run(self, *, every_s: float = REFRESH_S) -> None:
        """Refresh at the start, then every minute or 1,000 articles, until cancelled."""
        due = float("-inf")
        while True:
            if time.monotonic() >= due or len(self._learnt) >= REFRESH_ARTICLES:
                try:
                    await self.refresh()
                    due = time.monotonic() + every_s
                except IndexUnavailableError as error:
                    log.warning("the vocabulary waits: %s", error)
            await asyncio.sleep(1)


def _category_words(paths: Iterable[str]) -> list[str]:
    return [word for path in paths for word in terms(path, UNSTEMMED)]
