"""Search as a process on either engine, for tests that ask it for long."""

import pytest

ENGINES = ["tantivy", pytest.param("opensearch", marks=pytest.mark.opensearch)]


@pytest.fixture(params=ENGINES)
def cluster_url(request: pytest.FixtureRequest) -> str | None:
    """A cluster for the engine that needs one."""
    if request.param == "tantivy":
        return None
    url: str = request.getfixturevalue("opensearch_url")
    return url
