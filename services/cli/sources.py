"""What `dateline import` is given: files, folders, addresses and standard input."""

import gzip
import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import httpx

from services.ingest.adapters.formats import registry
from services.ingest.domain.imports import Document, UnreadableDocumentError, unreadable

STANDARD_INPUT = "-"
LINES_FORMAT = "lines"
"""JSON lines, by our field names or those of usual archives."""

DOCUMENT_BYTES = 512 * 2**20
FETCH_S = 30.0
_LINES = {".jsonl", ".ndjson"}
_FIRST_LINE = 2**20
_AGENT = {"User-Agent": "dateline-import"}


@dataclass(frozen=True, slots=True)
class Source:
    """Something to import.

    Attributes:
        name: as shown to whoever started the import.
        path: of the file; None for an address and standard input.
    """

    name: str
    path: Path | None = None

    def key(self) -> str | None:
        """Equal for the same file in the same state; None where that is not known beforehand."""
        if self.path is None:
            return None
        state = self.path.stat()
        return f"{self.path.resolve()} {state.st_size} {state.st_mtime_ns}"


def find_sources(given: Sequence[str]) -> list[Source]:
    """The files of folders in order, without hidden ones. Raises `FileNotFoundError`."""
    return [source for one in given for source in _sources(one)]


def _sources(given: str) -> Iterator[Source]:
    path = Path(given)
    if given == STANDARD_INPUT or given.startswith(("http://", "https://")):
        yield Source(given)
    elif path.is_dir():
        for file in sorted(path.rglob("*")):
            below = file.relative_to(path).parts
            if file.is_file() and not any(part.startswith(".") for part in below):
                yield Source(str(file), file)
    elif path.is_file():
        yield Source(given, path)
    else:
        raise FileNotFoundError(f"{given} does not exist")


def has_lines(source: Source) -> bool:
    """Whether it holds an article in each line; such files may be far larger than memory."""
    if source.path is None:
        return False
    if source.path.suffix in _LINES:
        return True
    with source.path.open("rb") as file:
        return is_line(file.readline(_FIRST_LINE))


def is_line(first: bytes) -> bool:
    """Whether a first line is an object by itself, in none of the formats that are documents."""
    value = None
    with suppress(ValueError, RecursionError):
        value = json.loads(first)
    if not isinstance(value, dict):
        return False
    try:
        registry.format_of(Document(first))
    except UnreadableDocumentError:
        return True
    return False


def document_of(source: Source, base_url: str | None) -> Document:
    """Read or fetch it whole. Raises `UnreadableDocumentError`, OSError."""
    if source.name == STANDARD_INPUT and source.path is None:
        return Document(_bounded(sys.stdin.buffer.read(DOCUMENT_BYTES + 1)), url=base_url)
    if source.path is None:
        return _fetched(source.name)
    content = source.path.read_bytes()
    if content.startswith(b"\x1f\x8b"):
        content = _unpacked(source.path)
    return Document(_bounded(content), url=base_url)


def _unpacked(path: Path) -> bytes:
    try:
        with gzip.open(path) as file:
            return file.read(DOCUMENT_BYTES + 1)
    except (gzip.BadGzipFile, EOFError) as error:
        raise unreadable("document", f"cannot be unpacked: {error}") from error


def _bounded(content: bytes) -> bytes:
    if len(content) > DOCUMENT_BYTES:
        raise unreadable("document", f"is over {DOCUMENT_BYTES} bytes")
    return content


def _fetched(address: str) -> Document:
    try:
        with httpx.stream(
            "GET", address, follow_redirects=True, timeout=FETCH_S, headers=_AGENT
        ) as answer:
            answer.raise_for_status()
            content = bytearray()
            for piece in answer.iter_bytes():
                content += piece
                if len(content) > DOCUMENT_BYTES:
                    break
            kind = answer.headers.get("content-type", "")
            return Document(_bounded(bytes(content)), kind, str(answer.url))
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise unreadable("document", f"cannot be fetched: {error}") from error
