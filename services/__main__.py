"""`python -m services`: the launcher of `make run`."""

import sys

from services.cli.app import main

if __name__ == "__main__":
    main(["run", *sys.argv[1:]])
