from collections.abc import Iterator

import pytest

from shared.embedded_opensearch import OpenSearchCluster
from tests import servers


@pytest.fixture(scope="package")
def harmed_opensearch() -> Iterator[OpenSearchCluster]:
    """A node for those who kill, hang and fill it; the others of the run have another."""
    with servers.opensearch_cluster() as cluster:
        yield cluster
