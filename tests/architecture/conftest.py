import gc
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def without_collections() -> Iterator[None]:
    """CPython 3.11 fails to parse where its collector runs finalisers meanwhile."""
    gc.disable()
    yield
    gc.enable()
