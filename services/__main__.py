"""`python -m services`: the launcher of `make run`."""

import signal
import sys

if __name__ == "__main__":
    # The imports take seconds on a cold machine: who ends it meanwhile ends it in order.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: sys.exit(0))
    from services.cli.app import main

    main(["run", *sys.argv[1:]])
