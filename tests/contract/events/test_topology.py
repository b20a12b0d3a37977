"""The table of streams agrees with itself and with the events."""

from shared.events import Event
from shared.streams import DEAD_LETTERS, STREAMS

SERVICES = {"ingest", "enrich", "search"}


def test_every_event_is_on_a_stream() -> None:
    on_streams = {event.__name__ for stream in STREAMS for event in stream.events}
    assert on_streams == set(Event.TYPES)


def test_producers_and_groups_are_services() -> None:
    for stream in (*STREAMS, *DEAD_LETTERS):
        assert set(stream.producers) <= SERVICES
        assert set(stream.groups) <= SERVICES
        assert set(stream.burying) <= set(stream.groups)


def test_a_group_acts_only_on_events_of_its_stream() -> None:
    for stream in (*STREAMS, *DEAD_LETTERS):
        for events in stream.groups.values():
            assert set(events) <= set(stream.events)


def test_every_event_has_a_group_that_acts_on_it() -> None:
    for stream in STREAMS:
        acted_on = {event for events in stream.groups.values() for event in events}
        assert acted_on == set(stream.events)


def test_a_dead_letter_stream_belongs_to_each_stream_that_is_given_up_on() -> None:
    assert {stream.name for stream in DEAD_LETTERS} == {
        stream.dead for stream in STREAMS if stream.burying
    }
