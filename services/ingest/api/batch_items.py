"""Cuts the body of a batch into its items while it comes in, without judging them."""

import re
from collections.abc import Iterator
from typing import Protocol

from services.ingest.api.requests import REQUEST_BYTES
from shared.http import ProblemError

_BLANK = b" \t\r\n"
_MARK = re.compile(rb'["{}\[\],]')
_LEVELS = 6


def _nested(levels: int) -> bytes:
    """A pattern of texts and whole lists and objects, which are nested up to so many levels."""
    flat = rb'[^"{}\[\]]++|"(?:[^"\\]++|\\.)*+"'
    if levels == 0:
        return rb"(?:%b)*+" % flat
    return rb"(?:%b|[\[{]%b[\]}])*+" % (flat, _nested(levels - 1))


# Told apart mark by mark, an item of many small values would take a minute.
_NESTED = re.compile(_nested(_LEVELS), re.DOTALL)
_STRING_REST = re.compile(rb'(?:[^"\\]++|\\.)*+', re.DOTALL)


class ItemReader(Protocol):
    def feed(self, piece: bytes) -> Iterator[bytes]:
        """The items that end in this piece; raises a problem where they cannot be told apart."""
        ...

    def finish(self) -> Iterator[bytes]:
        """What is left at the end of the body; raises a problem if it broke off."""
        ...


def item_reader(content_type: str, first: bytes) -> ItemReader:
    """NDJSON by its content type, or because the body starts with something else than `[`."""
    lines = "ndjson" in content_type or "jsonl" in content_type
    return NdjsonLines() if lines or not first.lstrip(_BLANK).startswith(b"[") else ArrayItems()


def _broken(detail: str) -> ProblemError:
    return ProblemError(400, "broken_off", detail)


def _held(buffer: bytearray) -> None:
    if len(buffer) > REQUEST_BYTES:
        raise ProblemError(413, "too_large", f"An item is over {REQUEST_BYTES} bytes.")


class NdjsonLines:
    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, piece: bytes) -> Iterator[bytes]:
        *ended, rest = piece.split(b"\n")
        for part in ended:
            line = bytes(self._buffer) + part
            self._buffer.clear()
            if line.strip(_BLANK):
                yield line
        self._buffer += rest
        _held(self._buffer)

    def finish(self) -> Iterator[bytes]:
        if line := bytes(self._buffer).strip(_BLANK):
            yield line


class ArrayItems:
    """A JSON array, by its quotes, brackets and commas alone: a bad item harms only itself."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._at = 0
        self._depth = 0
        self._in_string = False
        self._items = 0
        self._ended = False

    def feed(self, piece: bytes) -> Iterator[bytes]:
        self._buffer += piece
        while self._skip_string() and (mark := self._next_mark()):
            self._at = mark.end()
            match mark[0]:
                case b'"':
                    self._in_string = True
                case b"," if self._depth == 1:
                    yield self._item()
                case b"{" | b"[":
                    yield from self._enter()
                case b"}" | b"]":
                    self._depth -= 1
                    if self._depth == 0:
                        yield from self._last_item()
        if not self._in_string:
            self._at = len(self._buffer)
        _held(self._buffer)
        if self._ended and self._buffer.strip(_BLANK):
            raise _broken("Something follows the array.")

    def finish(self) -> Iterator[bytes]:
        if not self._ended:
            raise _broken("The array is not closed.")
        yield from ()

    def _skip_string(self) -> bool:
        """Go past the string we are in; False while its end has not come."""
        if not self._in_string:
            return not self._ended
        rest = _STRING_REST.match(self._buffer, self._at)
        self._at = rest.end() if rest else self._at
        # What stops before the end of the buffer is the quote, or half an escape that waits.
        if self._buffer[self._at : self._at + 1] != b'"':
            return False
        self._at += 1
        self._in_string = False
        return True

    def _next_mark(self) -> re.Match[bytes] | None:
        if self._depth > 1 and (inside := _NESTED.match(self._buffer, self._at)):
            self._at = inside.end()
        return _MARK.search(self._buffer, self._at)

    def _enter(self) -> Iterator[bytes]:
        self._depth += 1
        if self._depth == 1:
            self._cut()
        yield from ()

    def _item(self) -> bytes:
        item = self._cut()[:-1].strip(_BLANK)
        if not item:
            raise _broken("An item is missing between two commas.")
        self._items += 1
        return item

    def _last_item(self) -> Iterator[bytes]:
        self._ended = True
        item = self._cut()[:-1].strip(_BLANK)
        if item:
            yield item
        elif self._items:
            raise _broken("An item is missing before the end.")

    def _cut(self) -> bytes:
        """Take what was read so far out of the buffer."""
        taken = bytes(self._buffer[: self._at])
        del self._buffer[: self._at]
        self._at = 0
        return taken
