"""How much of what was made is still there."""

import gc
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def grown_memory() -> Iterator[Callable[[], int]]:
    """Give a function that tells how many bytes the block left behind."""
    tracemalloc.start()
    try:
        gc.collect()
        before, _ = tracemalloc.get_traced_memory()
        after = before
        yield lambda: after - before
        gc.collect()
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
