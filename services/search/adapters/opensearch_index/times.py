"""Seconds since 1970 as OpenSearch takes dates, and back."""

from datetime import UTC, datetime, timedelta
from typing import Final

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# The ends of the calendar: what lies beyond is as far away.
_FIRST: Final = int((datetime(1, 1, 1, tzinfo=UTC) - _EPOCH).total_seconds())
_LAST: Final = int((datetime(9999, 12, 31, tzinfo=UTC) - _EPOCH).total_seconds())
MILLISECONDS: Final = 1_000


def iso(seconds: int) -> str:
    """Never a number: four digits would be a year."""
    within = min(max(seconds, _FIRST), _LAST)
    return (_EPOCH + timedelta(seconds=within)).isoformat()
