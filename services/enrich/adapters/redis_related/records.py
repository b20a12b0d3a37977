"""What is kept of an article, as bytes."""

import base64
import struct
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from typing import Any, Final, TypeVar

import numpy as np
import orjson

from services.enrich.domain.curation import Choices
from services.enrich.domain.related import ArticleVector, Record, Records
from services.enrich.domain.related.vectors import SKETCH_BYTES
from services.enrich.ports import KnownArticle

# The scripts know this layout: version, time, number of terms, then the terms.
_HEAD: Final = struct.Struct(">QqB")
_HALF_LIFE: Final = struct.Struct(">H")
_HEADS: Final = np.dtype([("version", ">u8"), ("published", ">i8"), ("terms", "u1")])
_TAILS: Final = np.dtype([("half_life", ">u2"), ("sketch", "u1", SKETCH_BYTES)])
_LONGEST_TITLE: Final = 200
MEMBER_BYTES: Final = 11
_SLOTS: Final = 8
_REMEMBERED: Final = 20_000
T = TypeVar("T")


def member_of(article_id: str) -> bytes:
    """64 bits of the id in 11 characters: short, because each stands in some fifty sorted sets."""
    digest = blake2b(article_id.encode("utf-8", "replace"), digest_size=8).digest()
    return base64.urlsafe_b64encode(digest)[:MEMBER_BYTES]


def key(kind: str, member: bytes) -> bytes:
    """A key of one article; all of them share a slot."""
    return b"rel:%b:{%d}%b" % (kind.encode(), article_slot(member), member)


def article_slot(member: bytes) -> int:
    """Articles are spread over eight slots: more would be more calls for each batch."""
    return member[0] % _SLOTS


def by_slot(items: Iterable[T], slot_of: Callable[[T], int], at_once: int) -> list[Sequence[T]]:
    """What may go into one call: of one slot, and at most so many."""
    slots: defaultdict[int, list[T]] = defaultdict(list)
    for item in items:
        slots[slot_of(item)].append(item)
    return [
        found[at : at + at_once] for found in slots.values() for at in range(0, len(found), at_once)
    ]


def posting(number: int) -> bytes:
    return b"rel:p:{%d}%08x" % (posting_slot(number), number)


def posting_slot(number: int) -> int:
    """Postings are spread over eight slots, too, by term."""
    return number % _SLOTS


@dataclass(frozen=True, slots=True)
class Stored:
    """A record as read; `record` is None of a withdrawn article."""

    version: bytes
    record: Record | None

    def live(self, now: float) -> Record | None:
        return self.record if self.record and self.record.published <= now else None


def pack(article: KnownArticle) -> bytes:
    vector = article.vector
    head = _HEAD.pack(article.version, int(article.published_at.timestamp()), len(vector.numbers))
    numbers = vector.numbers.astype("<u4").tobytes()
    half_life = _HALF_LIFE.pack(article.half_life_days)
    return head + numbers + vector.weights.tobytes() + half_life + vector.sketch


def pack_tombstone(version: int) -> bytes:
    return _HEAD.pack(version, 0, 0)


@lru_cache(_REMEMBERED)
def unpack(raw: bytes) -> Stored:
    """What is in a list, or near, is so for many articles: records come again and again."""
    _, published, count = _HEAD.unpack_from(raw)
    if is_tombstone(raw):
        return Stored(raw[:8], None)
    at = _HEAD.size
    numbers = np.frombuffer(raw, "<u4", count, at)
    weights = np.frombuffer(raw, np.uint8, count, at + 4 * count)
    (half_life,) = _HALF_LIFE.unpack_from(raw, at + 5 * count)
    vector = ArticleVector(numbers, weights, raw[-SKETCH_BYTES:])
    return Stored(raw[:8], Record(published, vector, half_life))


def is_tombstone(raw: bytes) -> bool:
    return len(raw) == _HEAD.size


def unpack_columns(raws: Sequence[bytes]) -> Records:
    """Many at once, none of them a tombstone, at a tenth of what each costs by itself."""
    at = _HEAD.size
    heads = np.frombuffer(b"".join([raw[:at] for raw in raws]), _HEADS)
    tails = np.frombuffer(b"".join([raw[-_TAILS.itemsize :] for raw in raws]), _TAILS)
    numbers = b"".join([raw[at : at + 4 * raw[at - 1]] for raw in raws])
    weights = b"".join([raw[at + 4 * raw[at - 1] : -_TAILS.itemsize] for raw in raws])
    return Records(
        heads["published"].astype(np.int64),
        tails["half_life"].astype(np.int64),
        heads["terms"].astype(np.int64),
        np.frombuffer(numbers, "<u4"),
        np.frombuffer(weights, np.uint8),
        tails["sketch"],
    )


def unpack_numbers(raw: bytes) -> list[int]:
    return [int(number) for number in np.frombuffer(raw, "<u4")]


def pack_card(article: KnownArticle) -> bytes:
    return orjson.dumps(
        {
            "id": article.id,
            "generation": article.generation,
            "title": article.title[:_LONGEST_TITLE],
            "url": article.url,
            "published_at": article.published_at,
            "read_minutes": article.read_minutes,
            # In the order of the posted terms, whose numbers the record has.
            "written": [article.written.get(n, "") for n in article.vector.posted],
        }
    )


def unpack_card(raw: bytes) -> dict[str, Any]:
    card: dict[str, Any] = orjson.loads(raw)
    return card


def pack_choices(choices: Choices) -> bytes:
    return orjson.dumps([choices.pin, choices.ban])


def unpack_choices(raw: bytes) -> Choices:
    pin, ban = orjson.loads(raw) if raw else ((), ())
    return Choices(tuple(pin), tuple(ban))
