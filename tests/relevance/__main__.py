"""`python -m tests.relevance [--data FOLDER] [NAME ...]`: the table of all measures, or of some."""

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.relevance import (
    formats,
    halves,
    language,
    read_time,
    related,
    search,
    stories,
    subjects,
    tags,
)
from tests.relevance.figures import DATA, Measure, row

MEASURES: Mapping[str, Measure] = {
    "tags": tags.measure,
    "subjects": subjects.measure,
    "language": language.measure,
    "read_time": read_time.measure,
    "related": related.measure,
    "stories": stories.measure,
    "halves": halves.measure,
    "search": search.measure,
    "formats": formats.measure,
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="make quality")
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(MEASURES))
    parser.add_argument("--data", type=Path, default=DATA)
    asked = parser.parse_args()
    if unknown := set(asked.names) - set(MEASURES):
        parser.error(f"no measure {', '.join(sorted(unknown))}; there are {', '.join(MEASURES)}")
    if not asked.data.is_dir():
        parser.error(f"{asked.data} is not there; name the folder of the data sets by --data")
    kept = True
    for name in asked.names or MEASURES:
        for figure in MEASURES[name](asked.data):
            sys.stdout.write(row(figure) + "\n")
            sys.stdout.flush()
            kept = kept and figure.kept
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
