"""Every fault case of `docs/faults.md` is held by tests that exist."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROW = re.compile(r"^\| (\d+) \|.*\| ([^|]+) \|$", re.MULTILINE)
TEST = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")
CASES = dict(ROW.findall((ROOT / "docs" / "faults.md").read_text()))


def test_all_43_cases_are_there() -> None:
    assert sorted(map(int, CASES)) == list(range(1, 44))


@pytest.mark.parametrize("number", CASES)
def test_a_case_names_tests_that_exist(number: str) -> None:
    tests = TEST.findall(CASES[number])
    assert tests
    for file, name in tests:
        tree = ast.parse((ROOT / file).read_text())
        defined = {
            node.name
            for node in ast.walk(tree)
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        }
        assert name in defined, f"{file} has no {name}"
