"""The ports of the search service. Their docstrings are the contract.

`SearchIndex` has two adapters, OpenSearch and tantivy, and one behaviour suite for both:
`tests/contract/ports/search_index`.
"""

from services.search.ports.errors import (
    HubUnavailableError,
    IndexUnavailableError,
    RebuildFailedError,
    StoreUnavailableError,
    ViewExpiredError,
)
from services.search.ports.index import (
    LONGEST_STORY,
    MOST_AT_ONE_URL,
    ArticleStore,
    IndexBuild,
    SearchIndex,
    SharedViews,
    View,
)
from services.search.ports.stores import (
    Announcements,
    AuditRequest,
    AuditRequests,
    EmbargoSchedule,
    GenerationStore,
    IndexedLog,
    LoggedArticle,
    LogReader,
    NewsHub,
    QueryCounter,
    ReadKeys,
    RebuildOrders,
    RebuildProgress,
    SynonymSet,
    SynonymStore,
    Turns,
    ViewCounter,
    WriteLog,
)

__all__ = [
    "LONGEST_STORY",
    "MOST_AT_ONE_URL",
    "Announcements",
    "ArticleStore",
    "AuditRequest",
    "AuditRequests",
    "EmbargoSchedule",
    "GenerationStore",
    "HubUnavailableError",
    "IndexBuild",
    "IndexUnavailableError",
    "IndexedLog",
    "LogReader",
    "LoggedArticle",
    "NewsHub",
    "QueryCounter",
    "ReadKeys",
    "RebuildFailedError",
    "RebuildOrders",
    "RebuildProgress",
    "SearchIndex",
    "SharedViews",
    "StoreUnavailableError",
    "SynonymSet",
    "SynonymStore",
    "Turns",
    "View",
    "ViewCounter",
    "ViewExpiredError",
    "WriteLog",
]
