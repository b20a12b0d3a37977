"""`python -m services.cli`: the `dateline` command line where it is not installed."""

from services.cli.app import main

if __name__ == "__main__":
    main()
