"""Which tests turn red when a safeguard is off, as `python -m tests.faults.killing` prints it.

The exit code says whether every mutant was killed.
"""

import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from tests.faults.mutants import MUTANTS

LONGEST_S = 300
RED = re.compile(r"^(?:FAILED|ERROR) \S+::(\w+)", re.MULTILINE)
TESTS_FAILED = 1


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a mutant; `red` is empty where it survived."""

    name: str
    red: Sequence[str]
    said: str


def hunt(name: str) -> Verdict:
    """Run the tests that must turn red, with the safeguard off."""
    tests = MUTANTS[name].killed_by
    # The patched modules were imported before pytest could look at them: no harm is in that.
    quiet = ["-W", "ignore::pytest.PytestAssertRewriteWarning", "-p", "no:cacheprovider"]
    pytest = ["pytest", "-q", "-x", *quiet, "--timeout", "120", *tests]
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.mutants", name, *pytest],
        capture_output=True,
        text=True,
        check=False,
        timeout=LONGEST_S,
    )
    # Anything but a failed test, such as a test that is not there any more, kills nothing.
    red = RED.findall(done.stdout) if done.returncode == TESTS_FAILED else []
    return Verdict(name, red, done.stdout[-2000:] + done.stderr[-2000:])


def table(verdicts: Sequence[Verdict]) -> str:
    rows = [("safeguard turned off", "what turned red"), ("---", "---")]
    rows += [
        (MUTANTS[verdict.name].safeguard, ", ".join(verdict.red) or "NOTHING: it survived")
        for verdict in verdicts
    ]
    return "\n".join(f"| {safeguard} | {red} |" for safeguard, red in rows)


def main(names: Sequence[str]) -> int:
    verdicts = [hunt(name) for name in names or MUTANTS]
    print(table(verdicts))
    survivors = [verdict for verdict in verdicts if not verdict.red]
    for verdict in survivors:
        print(f"\n{verdict.name} survived:\n{verdict.said}", file=sys.stderr)
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
