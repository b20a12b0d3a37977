"""How a service runs as a process."""

import gc

from shared.server import look_for_cycles_less_often


def test_what_was_there_at_the_start_is_not_looked_through_again() -> None:
    before, frozen = gc.get_threshold(), gc.get_freeze_count()
    try:
        look_for_cycles_less_often()
        assert gc.get_threshold()[0] > before[0]
        assert gc.get_freeze_count() > frozen
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()
