"""Each import rule catches what it forbids: a violation is planted into a copy of the tree."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

PLANTED = {
    "a service imports another service": (
        "services/ingest/use_cases.py",
        "import services.search.ports",
    ),
    "a service imports the command line": ("services/enrich/app.py", "import services.cli.app"),
    "shared imports a service": ("shared/identity.py", "import services.ingest.ports"),
    "the domain imports a use case": (
        "services/search/domain/question.py",
        "import services.search.use_cases",
    ),
    "a use case imports an adapter": (
        "services/enrich/use_cases.py",
        "import services.enrich.adapters",
    ),
    "the domain imports a driver": ("services/search/domain/question.py", "import redis"),
    "the events import a framework": ("shared/events.py", "import fastapi"),
    "the API names an engine": ("services/search/api.py", "import tantivy"),
    "a new file without a place": ("services/ingest/extra.py", ""),
}


def lint_imports(tree: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=tree,
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": str(tree), "PATH": "/usr/bin:/bin"},
    )


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for folder in ("services", "shared"):
        shutil.copytree(
            ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__", "static")
        )
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_the_tree_as_it_is_keeps_every_rule(tree: Path) -> None:
    done = lint_imports(tree)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("what", PLANTED)
def test_a_planted_violation_is_caught(tree: Path, what: str) -> None:
    file, line = PLANTED[what]
    path = tree / file
    if not path.exists() and (folder := path.with_suffix("")).is_dir():
        path = folder / "__init__.py"
    text = path.read_text() if path.exists() else ""
    path.write_text(f"{text}\n{line}\n")
    assert lint_imports(tree).returncode == 1
