"""Documents are read in a process of their own: one that never ends is left out, not waited for."""

import multiprocessing
from concurrent.futures import Future
from typing import Self

from pebble import ProcessExpired, ProcessPool

from services.ingest.adapters.formats import registry
from services.ingest.domain.imports import Document, ImportedItem, unreadable

PATIENCE_S = 120


class DocumentReader:
    def __init__(self, patience_s: float = PATIENCE_S) -> None:
        self._patience_s = patience_s
        context = multiprocessing.get_context("forkserver")
        multiprocessing.set_forkserver_preload([registry.__name__])
        self._pool = ProcessPool(1, context=context)

    def read(self, document: Document, format_name: str | None = None) -> list[ImportedItem]:
        """Raises `UnreadableDocumentError`."""
        future: Future[list[ImportedItem]] = self._pool.schedule(
            registry.read, args=(document, format_name), timeout=self._patience_s
        )
        try:
            return future.result()
        except TimeoutError as error:
            raise unreadable("document", f"takes over {self._patience_s} s to read") from error
        except (ProcessExpired, MemoryError) as error:
            raise unreadable("document", "takes too much memory to read") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.stop()  # type: ignore[no-untyped-call]  # pebble leaves it without types.
        self._pool.join()
