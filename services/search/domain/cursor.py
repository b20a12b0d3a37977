"""Opaque cursors: where a list goes on, signed so that nobody can make one up."""

from __future__ import annotations

import binascii
import hashlib
import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from services.search.domain.question import Sort, SortKey

SNAPSHOT_SECONDS: Final = 300
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
class Cursor:
    """The place after one hit of a list.

    Attributes:
        digest: of the request, see `digest`.
        after: the sort key of the last hit seen.
        snapshot: for relevance, the held view; value sorts go on over live data.
        expires: seconds since 1970, when the snapshot is let go.
        seen: marks of what is not to be shown again: the ids shown before the snapshot was opened;
            in a list collapsed by story, the stories.
    """

    sort: Sort
    digest: str
    after: SortKey
    snapshot: str | None = None
    expires: int | None = None
    seen: tuple[str, ...] = ()


def digest(parameters: Mapping[str, object]) -> str:
    """A short digest of what was asked, whatever the order of the parameters.

    Of the request as it came (q, filters), not of the terms it became: cursors of a value sort
    survive a rebuild, and a change of the index's languages.
    """
    canonical = json.dumps(parameters, sort_keys=True, default=str).encode()
    return hashlib.sha256(canonical).hexdigest()[:16]


def encode_cursor(cursor: Cursor, key: bytes) -> str:
    """The cursor as URL-safe text."""
    fields = [cursor.sort, cursor.digest, cursor.after, cursor.snapshot, cursor.expires]
    payload = json.dumps([*fields, cursor.seen], separators=(",", ":")).encode()
    return urlsafe_b64encode(_signature(payload, key) + payload).rstrip(b"=").decode()


def decode_cursor(text: str, key: bytes, *, sort: Sort, digest: str, now: int) -> Cursor:
    """Read a cursor back for the same request.

    Raises:
        CursorInvalidError: it is none of ours.
        CursorMismatchError: it belongs to another request.
        CursorExpiredError: its snapshot has gone.
    """
    cursor = _verified(text, key)
    if (cursor.sort, cursor.digest) != (sort, digest):
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
    sort, digest, after, snapshot, expires, seen = fields
    return Cursor(Sort(sort), digest, tuple(after), snapshot, expires, tuple(seen))


def _signature(payload: bytes, key: bytes) -> bytes:
    return hmac.digest(key, payload, "sha256")[:_SIGNATURE_BYTES]
