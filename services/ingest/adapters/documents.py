"""Documents, read by libraries that only the process that reads them loads."""

from services.ingest.domain.imports import Document, ImportedItem


def read_document(document: Document, format_name: str | None = None) -> list[ImportedItem]:
    """The articles of a document. Raises `UnreadableDocumentError`."""
    from services.ingest.adapters.formats import registry  # noqa: PLC0415  (80 MB in each process)

    return registry.read(document, format_name)
