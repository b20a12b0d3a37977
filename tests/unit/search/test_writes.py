"""What events ask to be written."""

import pytest

from services.search.domain.articles import Marker, Tombstone
from services.search.domain.records import stored
from services.search.domain.writes import copy_of, write_of
from shared.events import wrap
from tests.builders import identified, withdrawn

FIRST = Marker("pair", 1)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("HTTP://Publisher.example:80/a?utm_source=x", "https://publisher.example/a"),
        ("no address", ""),
        ("https://publisher.example/" + "a" * 70_000, "https://publisher.example/" + "a" * 7_974),
    ],
)
def test_a_withdrawal_is_kept_whatever_the_address(given: str, kept: str) -> None:
    event = withdrawn("a").model_copy(update={"url": given})
    write = write_of(wrap(event, subject=identified("a"), source="/wire"), FIRST)
    assert isinstance(write, Tombstone)
    assert write.url == kept
    again = copy_of(stored(write), raised=0)
    assert isinstance(again, Tombstone)
    assert again.url == kept
