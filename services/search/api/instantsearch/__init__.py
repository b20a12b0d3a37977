"""The InstantSearch dialect: what Algolia's clients ask, put to the same `FindArticles`.

https://www.algolia.com/doc/rest-api/search/ describes the protocol. Filters of any field apply to
the facets of that field too; these clients ask once more without it, where they want that.
"""

from services.search.api.instantsearch.router import create_router

__all__ = ["create_router"]
