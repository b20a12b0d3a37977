"""HTML of publishers read as a browser shows it: as text, and cut down to what is safe."""

from services.ingest.adapters.html.reader import SelectolaxHtmlReader

__all__ = ["SelectolaxHtmlReader"]
