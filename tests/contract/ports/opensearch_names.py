"""Tests side by side in one cluster."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import httpx


@contextmanager
def names_of_its_own(url: str) -> Iterator[str]:
    """A prefix for all names of a test; what has it is deleted afterwards."""
    prefix = f"test-{uuid.uuid4().hex[:12]}-"
    yield prefix
    with httpx.Client(base_url=url, timeout=60) as client:
        for name in client.get(f"/_cat/indices/{prefix}*", params={"h": "index"}).text.split():
            client.delete(f"/{name}").raise_for_status()
        client.delete(f"/_index_template/{prefix}*")
