from collections.abc import Iterator

import pytest

from shared.embedded_opensearch import OpenSearchCluster
from tests import servers
from tests.faults.estate import NODE_START_S


@pytest.fixture(scope="package")
def harmed_opensearch() -> Iterator[OpenSearchCluster]:
    """A node for those who kill, hang and fill it; the others of the run have another."""
    with servers.open_directory() as directory:
        cluster = OpenSearchCluster(directory, quick_start=True)
        for node in cluster.nodes:
            node.start_seconds = NODE_START_S
        with cluster:
            yield cluster
