"""The words and names of the index in memory, read again when it has changed."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Final, Generic, TypeVar

from tantivy import Query

from services.search.adapters.tantivy_index import facets
from services.search.adapters.tantivy_index.analysis import Token, exact_terms, tokens
from services.search.adapters.tantivy_index.folder import View, in_thread
from services.search.adapters.tantivy_index.names import NameIndex
from services.search.adapters.tantivy_index.speller import Speller
from services.search.domain.articles import Correction, Name
from services.search.domain.question import Facet, Question

NAMED: Final = (Facet.TAG, Facet.CATEGORY, Facet.AUTHOR)
_SHARE: Final = 20
_EVERY_VALUE: Final = 65_000

T = TypeVar("T")
OpenView = Callable[[], View]


class Lexicon:
    """Who asks while it is read waits for that.

    It is read again after a change, but for no more than a twentieth of the time.
    """

    def __init__(self) -> None:
        self._words = _Kept(Speller({}))
        self._names = _Kept(NameIndex(()))

    def changed(self) -> None:
        """The index was written to."""
        self._words.stale = self._names.stale = True

    async def speller(self, open_view: OpenView, now: int) -> Speller:
        return await self._words.read(lambda: _read_words(open_view(), now), now)

    async def names(self, open_view: OpenView, now: int) -> NameIndex:
        return await self._names.read(lambda: _read_names(open_view(), now), now)


class _Kept(Generic[T]):
    def __init__(self, value: T) -> None:
        self.stale = True
        self._value = value
        self._reading = asyncio.Lock()
        self._not_before = 0.0
        self._as_of = 0

    async def read(self, read: Callable[[], T], now: int) -> T:
        """The value as of `now`: with time embargoes end."""
        async with self._reading:
            started = time.monotonic()
            if (self.stale or now != self._as_of) and started >= self._not_before:
                self.stale, self._as_of = False, now
                self._value = await in_thread(read)
                took = time.monotonic() - started
                self._not_before = started + _SHARE * took
            return self._value


def corrections_of(
    speller: Speller, view: View, question: Question
) -> Mapping[str, tuple[Correction, ...]]:
    """What the words that no article has may have been meant to be, by word as typed."""
    found = {}
    for word in question.words:
        for token in tokens(word.text):
            begun = word.begun and speller.is_beginning(token.exact)
            if begun or _has(view, token):
                continue
            if likely := speller.correct(token.exact):
                found[word.text[token.start : token.end]] = likely
    return found


def correct_typed(speller: Speller, typed: str) -> str | None:
    """The words corrected, the last one by its beginning; None if nothing is to be corrected."""
    found = list(tokens(typed))
    pieces: list[str] = []
    seen = 0
    for token in found:
        meant = _meant(speller, token, is_last=token is found[-1])
        if meant:
            pieces += typed[seen : token.start], meant
            seen = token.end
    return "".join([*pieces, typed[seen:]]) if pieces else None


def _meant(speller: Speller, token: Token, *, is_last: bool) -> str | None:
    if is_last:
        return speller.correct_beginning(token.exact)
    likely = speller.correct(token.exact)
    return likely[0].text if likely else None


def _has(view: View, token: Token) -> bool:
    return bool(view.searcher.doc_freq("exact", token.exact))


def _read_words(view: View, now: int) -> Speller:
    visible = Query.boolean_query(view.queries.visible(now))
    found = view.searcher.terms_with_prefix("exact", "", filter_query=visible)
    words = Counter({word: count for word, count in found if count})
    categories = facets.count_values(view.searcher, visible, [Facet.CATEGORY], _EVERY_VALUE)
    for path, count in categories[Facet.CATEGORY].items():
        words.update(dict.fromkeys(exact_terms(path), count))
    return Speller(words)


def _read_names(view: View, now: int) -> NameIndex:
    query = Query.boolean_query(view.queries.visible(now))
    counts = facets.count_values(view.searcher, query, NAMED, _EVERY_VALUE)
    return NameIndex(
        Name(text, kind, count) for kind in NAMED for text, count in counts[kind].items()
    )
