"""When a consumer stops itself: from 20 dead letters in 5 minutes that are more than half."""

from shared.messaging import ConsumerOptions
from shared.messaging.processor import DeadLetterShare


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def share(clock: Clock, *, dead: int, done: int) -> DeadLetterShare:
    counted = DeadLetterShare(ConsumerOptions(), clock)
    for _ in range(done):
        counted.record(dead=False)
    for _ in range(dead):
        counted.record(dead=True)
    return counted


def test_one_poison_on_an_idle_system_stops_nothing() -> None:
    assert not share(Clock(), dead=1, done=0).tripped()
    assert not share(Clock(), dead=19, done=0).tripped()


def test_twenty_that_are_more_than_half_stop_it() -> None:
    assert share(Clock(), dead=20, done=19).tripped()
    assert not share(Clock(), dead=20, done=20).tripped()


def test_what_is_older_than_five_minutes_counts_no_more() -> None:
    clock = Clock()
    counted = share(clock, dead=20, done=0)
    clock.now += 299
    assert counted.tripped()
    clock.now += 2
    assert not counted.tripped()


def test_a_busy_consumer_remembers_no_more_than_the_window() -> None:
    clock = Clock()
    counted = share(clock, dead=0, done=0)
    for _ in range(10_000):
        clock.now += 0.5
        counted.record(dead=False)
    assert len(counted._seconds) <= 302  # noqa: SLF001 - its memory is what is tested
