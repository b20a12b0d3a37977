"""Opaque cursors: where a list goes on, signed so that nobody can make one up."""

from __future__ import annotations

import binascii
import hashlib
import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import astuple, dataclass, field
from typing import Any, ClassVar, Final

from services.search.domain.question import SortKey

_SIGNATURE_BYTES: Final = 16
LONGEST_CURSOR: Final = 8_192


class CursorError(ValueError):
    """A cursor that cannot be followed; `code` is what the problem document calls it."""

    code: ClassVar[str]


class CursorInvalidError(CursorError):
    """No cursor of ours: altered, cut, or signed with another key."""

    code = "cursor_invalid"


class CursorExpiredError(CursorError):
    """The view of a relevance list was held for five minutes, and they are over."""

    code = "cursor_expired"


class CursorMismatchError(CursorError):
    """A cursor of another question, other filters or another order."""

    code = "cursor_mismatch"


@dataclass(frozen=True, slots=True)
class Resolution:
    """How a question was understood on its first page, so that all pages understand it alike.

    Attributes:
        now: seconds since 1970: what is visible, and how old articles are.
        languages: primary subtags that the words were inflected in.
        corrections: by word as typed, what it may have been meant to be.
        any_word: one of the words is enough.
    """

    now: int
    languages: tuple[str, ...]
    corrections: Mapping[str, str] = field(default_factory=dict)
    any_word: bool = False


@dataclass(frozen=True, slots=True)
class Cursor:
    """The place after one hit of a list.

    Attributes:
        digest: of the request, see `digest`.
        after: the sort key of the last hit seen; None begins at the top, or at `offset`.
        offset: hits to skip, where a list collapsed by story is read in the order of relevance.
        view: for relevance, the held view; value sorts go on over live data.
        expires: seconds since 1970, when the view is let go.
        seen: marks of what is not to be shown again: the ids shown before the view was held; in a
            list collapsed by story, the stories.
    """

    digest: str
    resolution: Resolution
    after: SortKey | None = None
    offset: int = 0
    view: str | None = None
    expires: int | None = None
    seen: tuple[str, ...] = ()


def mark(shown: str) -> str:
    """What a cursor remembers of an article or a story that was shown."""
    return hashlib.sha256(shown.encode()).hexdigest()[:8]


def digest(parameters: Mapping[str, object]) -> str:
    """A short digest of what was asked, whatever the order of the parameters.

    Of the request as it came (q, filters); how it was understood is the cursor's `resolution`.
    """
    canonical = json.dumps(parameters, sort_keys=True, default=str).encode()
    return hashlib.sha256(canonical).hexdigest()[:16]


def encode_cursor(cursor: Cursor, key: bytes) -> str:
    """The cursor as URL-safe text."""
    payload = json.dumps(astuple(cursor), separators=(",", ":")).encode()
    return urlsafe_b64encode(_signature(payload, key) + payload).rstrip(b"=").decode()


def decode_cursor(text: str, key: bytes, *, digest: str, now: int) -> Cursor:
    """Read a cursor back for the same request.

    Raises:
        CursorInvalidError: it is none of ours.
        CursorMismatchError: it belongs to another request.
        CursorExpiredError: its view has gone.
    """
    cursor = _verified(text, key)
    if cursor.digest != digest:
        raise CursorMismatchError("the cursor belongs to another question, filter or order")
    if cursor.expires is not None and cursor.expires <= now:
        raise CursorExpiredError("the cursor has expired; start again at the first page")
    return cursor


def _verified(text: str, key: bytes) -> Cursor:
    try:
        signed = urlsafe_b64decode(text[:LONGEST_CURSOR].encode("ascii") + b"==")
    except (binascii.Error, UnicodeEncodeError):
        raise CursorInvalidError("the cursor is not readable") from None
    signature, payload = signed[:_SIGNATURE_BYTES], signed[_SIGNATURE_BYTES:]
    if not hmac.compare_digest(signature, _signature(payload, key)):
        raise CursorInvalidError("the cursor is none of ours")
    # Whatever is signed was written by `encode_cursor`.
    fields: list[Any] = json.loads(payload)
    digest, (now, languages, corrections, any_word), after, offset, view, expires, seen = fields
    return Cursor(
        digest,
        Resolution(now, tuple(languages), corrections, any_word),
        None if after is None else tuple(after),
        offset,
        view,
        expires,
        tuple(seen),
    )


def _signature(payload: bytes, key: bytes) -> bytes:
    return hmac.digest(key, payload, "sha256")[:_SIGNATURE_BYTES]
