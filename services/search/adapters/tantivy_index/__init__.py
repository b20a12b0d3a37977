"""The embedded engine: articles in a folder, searched inside this process by tantivy."""

from services.search.adapters.tantivy_index.index import TantivyIndex

__all__ = ["TantivyIndex"]
