"""The terms of a text for comparing articles: stems of words, pairs of characters in some scripts.

A term, its number and its weight are functions of text and language alone, never of the articles
seen before: otherwise lists would depend on the order in which articles arrive.
"""

import string
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from typing import Final

import numpy as np
import numpy.typing as npt
import regex
import stopwordsiso

from services.enrich.domain.chunks import Remembered
from services.enrich.domain.related.word_shares import Shares, shares_of
from services.enrich.domain.snowball import snowball
from shared.normalising import normalised

_UNSPACED: Final = (
    r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Bopomofo}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}\u30fc]"
)
_LETTER: Final = rf"[[\p{{L}}\p{{N}}]--{_UNSPACED}]"
_INSIDE: Final = rf"[[\p{{L}}\p{{M}}\p{{N}}]--{_UNSPACED}]"
_TOKEN: Final = regex.compile(rf"(?V1){_LETTER}{_INSIDE}*+|{_UNSPACED}[{_UNSPACED}\p{{M}}]*+")
_IS_UNSPACED: Final = regex.compile(rf"(?V1){_UNSPACED}")
# Xhosa "kuRamaphosa" and "URamaphosa" are Ramaphosa; McDonald stays: prefixes end in a vowel.
_PREFIX_OF_NAME: Final = regex.compile(
    r"^(?:\p{L}\p{Ll}{0,4}[aeiou]|[AEIOUaeiou])(?=\p{Lu}\p{Ll}{2})"
)
_LONGEST_TOKEN: Final = 64
_REMEMBERED: Final = 40_000
# A publisher may name any language: the memories of some are dropped rather than all kept.
_LANGUAGES: Final = 32
UNKNOWN: Final = "und"
_ROW: Final = np.dtype(
    [("importance", "<f8"), ("hashed", "<u8"), ("number", "<u4"), ("case", "<u4")]
)
_PACKED: Final = struct.Struct("<dQII")
_NO_TERM: Final = 0.0, 0
CASELESS, SMALL, CAPITAL = range(3)
_STOPS: Final = frozenset(".!?:…")
_CLOSING: Final = "\"'”’»)]"
# Written so much alike that one list of words, and one collection of articles, serves them all.
_ALIKE: Final = {"no": "nb", "nn": "nb", "hr": "sh", "bs": "sh", "tl": "fil"}


def primary(language: str | None) -> str:
    """What articles must share to be compared: "en-GB" and "en" do, "nn" and "nb" too."""
    code = (language or UNKNOWN).partition("-")[0].lower()
    return _ALIKE.get(code, code)


@dataclass(frozen=True, slots=True, eq=False)
class Words:
    """The words of a text in their order: columns of one shape, a row for each word.

    Attributes:
        numbers: of their terms, 24-bit hashes of language and term.
        importance: grows with the rarity of a term; 0 for a stop word, which is no term.
        hashed: 64 bits, the same whatever the case of the letters.
        case: of their first letters: CASELESS, SMALL or CAPITAL; without a table that of names
            behind their prefixes.
        _chunks: what stands between two spaces.
        _ends: for each of these, how many words there are up to its end.
    """

    numbers: npt.NDArray[np.uint32]
    importance: npt.NDArray[np.float64]
    hashed: npt.NDArray[np.uint64]
    case: npt.NDArray[np.uint32]
    _chunks: Sequence[str]
    _ends: npt.NDArray[np.intp]

    def count_in(self, chunks: int) -> int:
        """How many of the words stand in the first chunks."""
        return int(self._ends[chunks - 1]) if chunks else 0

    def inside_sentences(self) -> npt.NDArray[np.bool_]:
        """Whether what stands before a word, other than at the beginning, ends no sentence."""
        begins = np.concatenate(([0], self._ends[:-1]))
        stops = [chunk.rstrip(_CLOSING)[-1:] in _STOPS for chunk in self._chunks[:-1]]
        inside = np.ones(len(self.numbers) + 1, np.bool_)
        inside[begins[np.array([True, *stops], np.bool_)]] = False
        return inside[:-1]

    def texts(self, places: npt.NDArray[np.intp]) -> list[str]:
        """The words at these places, as they are written."""
        chunks = np.searchsorted(self._ends, places, side="right").tolist()
        # Counted from the end of its chunk, which is known.
        behind = (places - self._ends[chunks]).tolist()
        texts = [self._chunks[chunk] for chunk in chunks]
        written = {text: _tokens_of(text) for text in set(texts)}
        return [written[text][at] for text, at in zip(texts, behind, strict=True)]


def _case(letter: str) -> int:
    if letter.isupper() or letter.istitle():
        return CAPITAL
    return SMALL if letter.islower() else CASELESS


def tokens(text: str) -> list[str]:
    """Words as they stand in the text, and character pairs of runs without spaces.

    Read without being remembered: for tools that read each text once.
    """
    return [token for chunk in text.split() for token in _tokens_of(chunk)]


def _tokens_of(chunk: str) -> Sequence[str]:
    if chunk.isascii() and (word := chunk.strip(string.punctuation)).isalnum():
        return (word[:_LONGEST_TOKEN],)
    found: list[str] = []
    for token in _TOKEN.findall(normalised("NFC", chunk)):
        if not token.isascii() and _IS_UNSPACED.match(token):
            found += [token[at : at + 2] for at in range(max(1, len(token) - 1))]
        else:
            found.append(token[:_LONGEST_TOKEN])
    return found


class Lexicon:
    """Reads texts of one language; `knows_shares` where a table tells how common words are."""

    def __init__(self, language: str) -> None:
        self._language = language
        self._shares: Shares = shares_of(language)
        self.knows_shares = self._shares.known
        # The full stems: here words meet, they are never shown.
        self._stem = snowball(language) or str
        known = stopwordsiso.has_lang(language)
        self._stop_words = frozenset(stopwordsiso.stopwords(language)) if known else frozenset()
        self._words = Remembered(self._read_word, _REMEMBERED)
        self._rows = Remembered(self._read_chunk, _REMEMBERED)

    def read(self, text: str) -> Words:
        chunks = text.split()
        # Bytes, because they lie in one place: a look at one of thousands of objects that were
        # not looked at for a while is what reading costs.
        read = [self._rows[chunk] for chunk in chunks]
        rows = np.frombuffer(b"".join(read), _ROW)
        ends = np.cumsum([len(each) for each in read], dtype=np.intp) // _ROW.itemsize
        return Words(
            numbers=rows["number"],
            importance=rows["importance"],
            hashed=rows["hashed"],
            case=rows["case"],
            _chunks=chunks,
            _ends=ends,
        )

    def _read_chunk(self, chunk: str) -> bytes:
        return b"".join([self._words[token] for token in _tokens_of(chunk)])

    def _read_word(self, token: str) -> bytes:
        digest = blake2b(token.casefold().encode("utf-8", "replace"), digest_size=8).digest()
        name = token if self.knows_shares else _PREFIX_OF_NAME.sub("", token)
        importance, number = self._term(name.casefold())
        hashed = int.from_bytes(digest, "little")
        return _PACKED.pack(importance, hashed, number, _case(name[0]))

    def _term(self, word: str) -> tuple[float, int]:
        if word in self._stop_words or (len(word) == 1 and not _IS_UNSPACED.match(word)):
            return _NO_TERM
        stem = self._stem(word)
        # Three bytes: a hundred of them are kept of each article.
        digest = blake2b(f"{self._language}:{stem}".encode("utf-8", "replace"), digest_size=3)
        return self._shares.importance(stem), int.from_bytes(digest.digest(), "little")


@lru_cache(_LANGUAGES)
def lexicon(language: str) -> Lexicon:
    return Lexicon(language)
