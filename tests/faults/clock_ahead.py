"""Runs a module with a clock that is ahead: python -m tests.faults.clock_ahead SECONDS MODULE.

`time.time` and `datetime.now` are moved; clocks that only measure stay, as on a real machine.
"""

import datetime as dt
import runpy
import sys
import time
from datetime import datetime, timedelta, tzinfo
from typing import Self


def move(seconds: float) -> None:
    """Move the clock of this process; modules that are imported later tell the moved time."""
    true_time, true_now = time.time, datetime.now

    class Ahead(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Self:
            moved = true_now(tz) + timedelta(seconds=seconds)
            return cls.combine(moved.date(), moved.timetz())

    time.time = lambda: true_time() + seconds
    dt.datetime = Ahead  # type: ignore[misc]


def main() -> None:
    seconds, module = float(sys.argv[1]), sys.argv[2]
    del sys.argv[1:]
    move(seconds)
    runpy.run_module(module, run_name="__main__")


if __name__ == "__main__":
    main()
