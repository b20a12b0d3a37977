"""The budget of sizes: small functions, small modules, no tail."""

import ast
import statistics
from pathlib import Path

ROOT = Path(__file__).parents[2]
SHIPPED = [path for folder in ("services", "shared") for path in (ROOT / folder).rglob("*.py")]


def function_lines() -> dict[str, int]:
    lines = {}
    for path in SHIPPED:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno:
                name = f"{path.relative_to(ROOT)}:{node.name}"
                lines[name] = node.end_lineno - node.lineno + 1
    return lines


def module_lines() -> dict[str, int]:
    counted = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in SHIPPED}
    return {name: count for name, count in counted.items() if count}


def ninth_decile(counts: list[int]) -> float:
    return statistics.quantiles(counts, n=10)[8]


def test_functions_keep_to_their_budget() -> None:
    lines = function_lines()
    assert {name: count for name, count in lines.items() if count > 60} == {}
    assert statistics.median(lines.values()) <= 10
    assert ninth_decile(list(lines.values())) <= 30


def test_modules_keep_to_their_budget() -> None:
    lines = module_lines()
    assert {name: count for name, count in lines.items() if count > 400} == {}
    assert ninth_decile(list(lines.values())) <= 250
