"""What is kept of an article, as bytes. The scripts know this layout."""

import struct
from collections.abc import Sequence
from hashlib import blake2b
from typing import Final

import numpy as np

from services.enrich.domain.related import Record, Records
from services.enrich.domain.related.vectors import SKETCH_BYTES, Numbers
from services.enrich.ports import KnownArticle

PREFIX: Final = b"{rel}"
MEMBER_BYTES: Final = 8
NUMBER_BYTES: Final = 3
NO_MEMBER: Final = bytes(MEMBER_BYTES)
# Version, time and number of terms; then the numbers of the terms, the heaviest first, their
# weights, half-life, sketch, length of the id, id, the original of a copy, when it was posted, and
# the story.
_HEAD: Final = struct.Struct(">QqB")
_HALF_LIFE: Final = struct.Struct(">H")
_HEADS: Final = np.dtype([("version", ">u8"), ("published", ">i8"), ("terms", "u1")])
_TAILS: Final = np.dtype([("half_life", ">u2"), ("sketch", "u1", SKETCH_BYTES)])
_ID_LENGTH: Final = struct.Struct(">H")


def member_of(article_id: str) -> bytes:
    """64 bits of the id: short, because each stands in some thirty lists."""
    digest = blake2b(article_id.encode("utf-8", "replace"), digest_size=MEMBER_BYTES)
    return digest.digest()


def key(kind: bytes, member: bytes) -> bytes:
    return PREFIX + kind + member


def pack(article: KnownArticle) -> bytes:
    """The record up to and with the id; the scripts add the rest."""
    vector = article.vector
    id_ = article.id.encode("utf-8", "replace")
    heaviest = np.lexsort((vector.numbers, -vector.weights.astype(np.int16)))
    return b"".join(
        (
            _HEAD.pack(article.version, _seconds(article), len(heaviest)),
            _short(vector.numbers[heaviest]),
            vector.weights[heaviest].tobytes(),
            _HALF_LIFE.pack(article.half_life_days),
            vector.sketch,
            _ID_LENGTH.pack(len(id_)),
            id_,
        )
    )


def _seconds(article: KnownArticle) -> int:
    return int(article.published_at.timestamp())


def record_of(article: KnownArticle) -> Record:
    return Record(_seconds(article), article.vector, article.half_life_days)


def pack_tombstone(version: int, now: int) -> bytes:
    """`now` is for an article that is not known: it is forgotten as if published then."""
    return _HEAD.pack(version, now, 0)


def pack_version(version: int) -> bytes:
    return version.to_bytes(8)


def is_tombstone(raw: bytes) -> bool:
    return len(raw) <= _HEAD.size


def published_of(raw: bytes) -> int:
    return int.from_bytes(raw[8:16], signed=True)


def id_of(raw: bytes) -> str:
    at = _vector_end(raw)
    (length,) = _ID_LENGTH.unpack_from(raw, at)
    return raw[at + _ID_LENGTH.size : at + _ID_LENGTH.size + length].decode()


def _short(numbers: Numbers) -> bytes:
    return numbers.astype("<u4").view(np.uint8).reshape(-1, 4)[:, :NUMBER_BYTES].tobytes()


def _long(raw: bytes) -> Numbers:
    columns = np.frombuffer(raw, np.uint8).reshape(-1, NUMBER_BYTES)
    padded = np.zeros((len(columns), 4), np.uint8)
    padded[:, :NUMBER_BYTES] = columns
    return padded.view("<u4").ravel()


def _vector_end(raw: bytes) -> int:
    return _HEAD.size + (NUMBER_BYTES + 1) * raw[_HEAD.size - 1] + _TAILS.itemsize


def unpack_columns(raws: Sequence[bytes]) -> Records:
    """Many at once, none of them a tombstone, at a tenth of what each costs by itself."""
    at, tail = _HEAD.size, _TAILS.itemsize
    heads = np.frombuffer(b"".join([raw[:at] for raw in raws]), _HEADS)
    counts = [raw[at - 1] for raw in raws]
    weights_at = [at + NUMBER_BYTES * count for count in counts]
    ends = [first + count for first, count in zip(weights_at, counts, strict=True)]
    parts = list(zip(raws, weights_at, ends, strict=True))
    numbers = b"".join([raw[at:first] for raw, first, _ in parts])
    weights = b"".join([raw[first:end] for raw, first, end in parts])
    tails = b"".join([raw[end : end + tail] for raw, _, end in parts])
    rows = np.frombuffer(tails, _TAILS)
    return Records(
        heads["published"].astype(np.int64),
        rows["half_life"].astype(np.int64),
        heads["terms"].astype(np.int64),
        _long(numbers),
        np.frombuffer(weights, np.uint8),
        rows["sketch"],
    )
