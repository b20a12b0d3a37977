"""The words and names of the index in memory, read again when it has changed."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from typing import Final

from tantivy import Query

from services.search.adapters.tantivy_index import facets
from services.search.adapters.tantivy_index.analysis import Token, tokens
from services.search.adapters.tantivy_index.folder import View, in_thread
from services.search.adapters.tantivy_index.names import NameIndex
from services.search.adapters.tantivy_index.speller import Speller
from services.search.domain.articles import Correction, Name
from services.search.domain.question import Facet, Question

NAMED: Final = (Facet.TAG, Facet.CATEGORY, Facet.AUTHOR)
WORDS_S: Final = 30.0
NAMES_S: Final = 1.0
_EVERY_VALUE: Final = 65_000

OpenView = Callable[[], View]


class Lexicon:
    """Who asks while it is read waits for that; new words are known after half a minute."""

    def __init__(self) -> None:
        self._reading = asyncio.Lock()
        self._speller: tuple[float, Speller] = (0.0, Speller({}))
        self._names: tuple[float, NameIndex] = (0.0, NameIndex(()))

    async def speller(self, open_view: OpenView) -> Speller:
        async with self._reading:
            if self._speller[0] <= time.monotonic():
                made = await in_thread(_read_words, open_view())
                self._speller = time.monotonic() + WORDS_S, made
            return self._speller[1]

    async def names(self, open_view: OpenView, now: int) -> NameIndex:
        async with self._reading:
            if self._names[0] <= time.monotonic():
                made = await in_thread(_read_names, open_view(), now)
                self._names = time.monotonic() + NAMES_S, made
            return self._names[1]


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


def _read_words(view: View) -> Speller:
    return Speller(dict(view.searcher.terms_with_prefix("words", "")))


def _read_names(view: View, now: int) -> NameIndex:
    query = Query.boolean_query(view.queries.visible(now))
    counts = facets.count_values(view.searcher, query, NAMED, _EVERY_VALUE)
    return NameIndex(
        Name(text, kind, count) for kind in NAMED for text, count in counts[kind].items()
    )
