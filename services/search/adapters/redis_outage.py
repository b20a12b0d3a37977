"""What a failing Redis is to the use cases."""

from contextlib import AbstractContextManager

from services.search.ports import StoreUnavailableError
from shared.messaging.outages import outages_as


def reported_outage() -> AbstractContextManager[None]:
    """Redis out of reach, loading, read-only or full is `StoreUnavailableError`."""
    return outages_as(StoreUnavailableError)
