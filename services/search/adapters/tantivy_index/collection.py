"""One folder of documents that have an id and a version; the highest version of an id wins."""

import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from tantivy import (
    DocAddress,
    Document,
    Index,
    IndexWriter,
    Order,
    Query,
    Schema,
    Searcher,
)

from services.search.domain.articles import Indexed, Older, Rejected, WriteVerdict
from services.search.ports import IndexUnavailableError

_HEAP_BYTES = 64_000_000  # tantivy refuses less than 15 MB.
_THREADS = 1


class Versioned(Protocol):
    """What every document is made of."""

    @property
    def id(self) -> str: ...
    @property
    def version(self) -> int: ...


W = TypeVar("W", bound=Versioned)


@contextmanager
def engine_errors() -> Iterator[None]:
    """Turn what tantivy raises into the one error of the port.

    Raises:
        IndexUnavailableError: disk, lock or engine do not obey.
    """
    try:
        yield
    except (ValueError, RuntimeError, OSError) as error:
        raise IndexUnavailableError(str(error)) from error
    except BaseException as error:
        # A Rust panic arrives as a BaseException that cannot be imported.
        if type(error).__name__ != "PanicException":
            raise
        raise IndexUnavailableError(f"The index engine panicked: {error}") from error


class DocumentCollection(Generic[W]):
    """Everything here blocks: call it in a thread.

    A folder of another schema is opened as it is, to be read; `schema` is then the folder's own.
    """

    def __init__(self, folder: Path, schema: Schema, to_document: Callable[[W], Document]) -> None:
        self._folder = folder
        self.schema = schema
        self.outdated = False
        self._to_document = to_document
        self._lock = threading.Lock()  # tantivy's writer raises when two threads use it.
        self._index: Index | None = None
        self._writer: IndexWriter | None = None
        self._closed = False

    def open(self) -> None:
        with self._lock, engine_errors():
            if self._index is None:
                self._folder.mkdir(parents=True, exist_ok=True)
                index = self._open_or_make()
                # The default policy shows a commit only after some 100 ms.
                index.config_reader(reload_policy="manual")
                self._writer = self._new_writer(index)
                index.reload()
                self._index = index

    def _open_or_make(self) -> Index:
        if not Index.exists(str(self._folder)):
            return Index(self.schema, str(self._folder))
        index = Index.open(str(self._folder))
        self.outdated = index.schema != self.schema
        self.schema = index.schema
        return index

    def close(self) -> None:
        """Release the folder. Who reads may go on until the collection itself is gone."""
        with self._lock, engine_errors():
            self._closed = True
            writer, self._writer = self._writer, None
            if writer is not None:
                writer.wait_merging_threads()  # Releases the folder's lock, too.

    def searcher(self) -> Searcher:
        """A view of the last commit that stays as it is while it is held."""
        if self._index is None:
            raise IndexUnavailableError("The index is not open.")
        return self._index.searcher()

    def write(self, writes: Sequence[W]) -> list[WriteVerdict]:
        """Write a batch in order and return when it is on disk and visible."""
        with self._lock, engine_errors():
            self._refuse_if_unwritable()
            stored = self.versions({write.id for write in writes})
            documents: dict[str, Document] = {}
            verdicts = [self._judge(write, stored, documents) for write in writes]
            if documents:
                self._commit(documents)
            return verdicts

    def versions(self, ids: Collection[str]) -> dict[str, int]:
        searcher = self.searcher()
        # Sorted by id, a hit brings its id along; reading it from the stored document is dear.
        hits = searcher.search(
            Query.term_set_query(self.schema, "id", list(ids)),
            limit=max(len(ids), 1),
            count=False,
            order_by_field="id",
        ).hits
        return dict(self.with_versions(searcher, hits))

    def identities(self, searcher: Searcher) -> list[tuple[str, DocAddress]]:
        """Every id in order, with where its document is."""
        return searcher.search(
            Query.all_query(),
            limit=max(searcher.num_docs, 1),
            count=False,
            order_by_field="id",
            order=Order.Asc,
        ).hits

    @staticmethod
    def with_versions(
        searcher: Searcher, identities: Sequence[tuple[str, DocAddress]]
    ) -> list[tuple[str, int]]:
        numbers = searcher.fast_field_values("version", [address for _, address in identities])
        return [
            (id_, int(number or 0)) for (id_, _), number in zip(identities, numbers, strict=True)
        ]

    def _refuse_if_unwritable(self) -> None:
        if self._closed:
            raise IndexUnavailableError("The index is closed.")
        if self.outdated:
            raise IndexUnavailableError("The index has another schema: it must be rebuilt.")

    def _judge(
        self, write: W, stored: dict[str, int], documents: dict[str, Document]
    ) -> WriteVerdict:
        version = stored.get(write.id)
        if version is not None and version >= write.version:
            return Older(version)
        try:
            documents[write.id] = self._to_document(write)
        except (ValueError, TypeError, OverflowError) as error:
            return Rejected(str(error))
        stored[write.id] = write.version
        return Indexed()

    def _commit(self, documents: dict[str, Document]) -> None:
        if self._index is None:
            raise IndexUnavailableError("The index is not open.")
        writer = self._writer or self._new_writer(self._index)
        # After an error the writer is in doubt. Without it nothing of the batch is kept, and the
        # next batch opens another.
        self._writer = None
        for id_, document in documents.items():
            writer.delete_documents_by_term("id", id_)
            writer.add_document(document)
        writer.commit()
        self._index.reload()
        self._writer = writer

    def _new_writer(self, index: Index) -> IndexWriter:
        try:
            return index.writer(heap_size=_HEAP_BYTES, num_threads=_THREADS)
        except ValueError as error:
            if "LockBusy" not in str(error):
                raise
            raise IndexUnavailableError(
                f"Another process writes to {self._folder}: an embedded index belongs to one "
                "process. Stop the other one, or give this one a folder of its own."
            ) from error
