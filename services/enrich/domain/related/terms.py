"""The terms of a text for comparing articles: stems of words, pairs of characters in some scripts.

A term, its number and its weight are functions of text and language alone, never of the articles
seen before: otherwise lists would depend on the order in which articles arrive.
"""

import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from hashlib import blake2b
from typing import Final, NamedTuple

import regex
import stopwordsiso

from services.enrich.domain.chunks import Remembered
from services.enrich.domain.related.word_shares import Shares, shares_of
from services.enrich.domain.snowball import snowball

_UNSPACED: Final = (
    r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Bopomofo}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}\u30fc]"
)
_LETTER: Final = rf"[[\p{{L}}\p{{N}}]--{_UNSPACED}]"
_INSIDE: Final = rf"[[\p{{L}}\p{{M}}\p{{N}}]--{_UNSPACED}]"
_TOKEN: Final = regex.compile(rf"(?V1){_LETTER}{_INSIDE}*+|{_UNSPACED}[{_UNSPACED}\p{{M}}]*+")
_IS_UNSPACED: Final = regex.compile(rf"(?V1){_UNSPACED}")
_LONGEST_TOKEN: Final = 64
_REMEMBERED: Final = 40_000
# A publisher may name any language: the memories of some are dropped rather than all kept.
_LANGUAGES: Final = 32
UNKNOWN: Final = "und"
# Written so much alike that one list of words, and one collection of articles, serves them all.
_ALIKE: Final = {"no": "nb", "nn": "nb", "hr": "sh", "bs": "sh", "tl": "fil"}


class Term(NamedTuple):
    """`number` is a 32-bit hash of language and term; `importance` grows with its rarity."""

    number: int
    importance: float


def primary(language: str | None) -> str:
    """What articles must share to be compared: "en-GB" and "en" do, "nn" and "nb" too."""
    code = (language or UNKNOWN).partition("-")[0].lower()
    return _ALIKE.get(code, code)


class Word(NamedTuple):
    """A word of a text; `term` is None for a stop word.

    `hashed` are 64 bits, the same whatever the case of the letters.
    """

    text: str
    term: Term | None
    hashed: int


def tokens(text: str) -> list[str]:
    """Words as they stand in the text, and character pairs of runs without spaces.

    Read without being remembered: for tools that read each text once.
    """
    return [token for chunk in text.split() for token in _tokens_of(chunk)]


def _tokens_of(chunk: str) -> Sequence[str]:
    found: list[str] = []
    for token in _TOKEN.findall(unicodedata.normalize("NFC", chunk)):
        if not token.isascii() and _IS_UNSPACED.match(token):
            found += [token[at : at + 2] for at in range(max(1, len(token) - 1))]
        else:
            found.append(token[:_LONGEST_TOKEN])
    return found


class Lexicon:
    """Reads texts of one language."""

    def __init__(self, language: str) -> None:
        self._language = language
        self._shares: Shares = shares_of(language)
        # The full stems: here words meet, they are never shown.
        self._stem = snowball(language) or str
        known = stopwordsiso.has_lang(language)
        self._stop_words = frozenset(stopwordsiso.stopwords(language)) if known else frozenset()
        self._words = Remembered(self._word, _REMEMBERED)
        self._chunks = Remembered(self._chunk, _REMEMBERED)

    def read(self, text: str) -> list[Word]:
        return [word for chunk in text.split() for word in self._chunks[chunk]]

    def _chunk(self, chunk: str) -> tuple[Word, ...]:
        return tuple(self._words[token] for token in _tokens_of(chunk))

    def _word(self, token: str) -> Word:
        word = token.casefold()
        digest = blake2b(word.encode("utf-8", "replace"), digest_size=8).digest()
        return Word(token, self._term(word), int.from_bytes(digest, "little"))

    def _term(self, word: str) -> Term | None:
        if word in self._stop_words or (len(word) == 1 and not _IS_UNSPACED.match(word)):
            return None
        stem = self._stem(word)
        digest = blake2b(f"{self._language}:{stem}".encode("utf-8", "replace"), digest_size=4)
        return Term(int.from_bytes(digest.digest(), "little"), self._shares.importance(stem))


@lru_cache(_LANGUAGES)
def lexicon(language: str) -> Lexicon:
    return Lexicon(language)
