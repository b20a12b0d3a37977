"""The engine of production: articles in an OpenSearch cluster (3.x or 2.19)."""

from services.search.adapters.opensearch_index.index import OpenSearchIndex

__all__ = ["OpenSearchIndex"]
