"""Runs of `make faults`, as `python -m tests.faults --engine tantivy --seed 1 --seed 2` has them.

The exit code says whether every promise holds.
"""

import argparse
import sys
import tempfile
from pathlib import Path

from tests.faults.estate import ENGINES, Layout
from tests.faults.run import Plan, Result, run, table


def main() -> int:
    parser = argparse.ArgumentParser(prog="make faults", description=__doc__)
    parser.add_argument("--engine", action="append", choices=ENGINES)
    parser.add_argument("--seed", action="append", type=int)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--articles", type=int, default=5600)
    parser.add_argument("--faults", type=int, default=66)
    parser.add_argument("--without-network", action="store_true")
    parser.add_argument("--mutant", help="a safeguard to turn off: the run must fail")
    parser.add_argument("--keep", type=Path, help="keep logs and state in this folder")
    options = parser.parse_args()
    results: list[tuple[str, Result]] = []
    for engine in options.engine or ENGINES:
        for seed in options.seed or (1, 2, 3):
            plan = Plan(
                seed=seed,
                layout=Layout(
                    engine=engine, network=not options.without_network, mutant=options.mutant
                ),
                articles=options.articles,
                faults=options.faults,
                seconds=options.minutes * 60,
            )
            results.append((f"{engine}, seed {seed}", _run_in(options.keep, plan)))
            print(results[-1][1], flush=True)
    print(table(results))
    return 1 if any(result.problems for _, result in results) else 0


def _run_in(keep: Path | None, plan: Plan) -> Result:
    def say(line: str) -> None:
        print(line, flush=True)

    if keep:
        folder = keep / f"{plan.layout.engine}-{plan.seed}"
        folder.mkdir(parents=True)
        return run(plan, folder, say)
    with tempfile.TemporaryDirectory(prefix="dateline-faults-") as scratch:
        return run(plan, Path(scratch), say)


if __name__ == "__main__":
    sys.exit(main())
