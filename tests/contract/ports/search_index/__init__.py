"""What every `SearchIndex` does. An adapter's test is `SearchIndexBehaviour` and one fixture.

`new_index` makes an adapter on the storage of the test; called again, another one on the same.
"""

from tests.contract.ports.search_index.collapsing import CollapsingBehaviour
from tests.contract.ports.search_index.conditions import ConditionBehaviour
from tests.contract.ports.search_index.facets import FacetBehaviour
from tests.contract.ports.search_index.filtering import FilterBehaviour
from tests.contract.ports.search_index.linking import LinkBehaviour
from tests.contract.ports.search_index.marking import MarkingBehaviour
from tests.contract.ports.search_index.matching import MatchingBehaviour
from tests.contract.ports.search_index.naming import NamingBehaviour
from tests.contract.ports.search_index.ordering import OrderBehaviour
from tests.contract.ports.search_index.paging import PagingBehaviour
from tests.contract.ports.search_index.rebuilding import RebuildingBehaviour
from tests.contract.ports.search_index.spelling import SpellingBehaviour
from tests.contract.ports.search_index.suite import NewIndex
from tests.contract.ports.search_index.writing import WritingBehaviour

__all__ = ["NewIndex", "SearchIndexBehaviour"]


class SearchIndexBehaviour(
    MatchingBehaviour,
    SpellingBehaviour,
    FilterBehaviour,
    OrderBehaviour,
    FacetBehaviour,
    ConditionBehaviour,
    WritingBehaviour,
    PagingBehaviour,
    CollapsingBehaviour,
    MarkingBehaviour,
    LinkBehaviour,
    NamingBehaviour,
    RebuildingBehaviour,
):
    """All of it."""
