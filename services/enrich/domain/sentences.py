"""The sentences of a text, so that those which a publisher repeats can be left out."""

import re
from collections.abc import Collection, Sequence
from hashlib import blake2b
from typing import Final, NamedTuple

# Each with the space behind it, so that all of them joined are the text again.
_SENTENCE: Final = re.compile(r"[^.!?。！？\n]*(?:[.!?。！？\n]+[\"'”’»)\]」』]*\s*|$)")
_SHORTEST: Final = 12
# Of a long text its beginning and its end are counted: there is what is repeated.
_COUNTED: Final = 32


class Sentence(NamedTuple):
    """`number` is a 32-bit hash, whatever the case and the spaces; None where it is not counted."""

    text: str
    number: int | None


def sentences_of(text: str) -> list[Sentence]:
    found = [sentence for sentence in _SENTENCE.findall(text) if sentence]
    last = len(found) - _COUNTED
    return [
        Sentence(each, _number(each) if at < _COUNTED or at >= last else None)
        for at, each in enumerate(found)
    ]


def without(sentences: Sequence[Sentence], repeated: Collection[int]) -> str:
    """The text without repeated sentences.

    Where most are repeated the article itself is: it is a copy, and stays whole.
    """
    counted = [each.number in repeated for each in sentences if each.number is not None]
    if sum(counted) * 2 > len(counted):
        repeated = ()
    return "".join(each.text for each in sentences if each.number not in repeated)


def _number(sentence: str) -> int | None:
    words = " ".join(sentence.casefold().split())
    if len(words) < _SHORTEST:
        return None
    digest = blake2b(words.encode("utf-8", "replace"), digest_size=4).digest()
    return int.from_bytes(digest)
