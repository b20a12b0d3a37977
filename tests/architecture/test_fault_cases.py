"""Every fault case and every race of `docs/faults.md` is held by tests that exist."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "faults.md").read_text()
CASES = dict(re.findall(r"^\| (\d+) \|.*\| ([^|]+) \|$", TEXT, re.MULTILINE))
TEST = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")


def test_all_43_cases_are_there() -> None:
    assert sorted(map(int, CASES)) == list(range(1, 44))


@pytest.mark.parametrize("number", CASES)
def test_a_case_names_what_holds_it(number: str) -> None:
    assert TEST.search(CASES[number])


@pytest.mark.parametrize("file", sorted({file for file, _ in TEST.findall(TEXT)}))
def test_what_holds_a_case_or_a_race_exists(file: str) -> None:
    tree = ast.parse((ROOT / file).read_text())
    functions = ast.FunctionDef | ast.AsyncFunctionDef
    defined = {node.name for node in ast.walk(tree) if isinstance(node, functions)}
    named = {name for other, name in TEST.findall(TEXT) if other == file}
    assert named <= defined
