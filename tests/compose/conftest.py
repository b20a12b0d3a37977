from collections.abc import Iterator

import pytest

from tests.compose.stack import Stack
from tests.compose.standins import provide_images


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Built, up and healthy; what a run before may have left is removed first."""
    stack = Stack(tmp_path_factory.mktemp("compose"), provide_images())
    stack.down("--volumes")
    stack.compose("build", "ingest")  # The others are of the same image.
    try:
        try:
            stack.up()
        except AssertionError as error:
            raise AssertionError(stack.compose("logs", "--no-color", "--tail", "60")) from error
        yield stack
    finally:
        stack.down("--volumes")
