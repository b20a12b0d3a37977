"""House rules that no tool knows: each is an AST check over the shipped code."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SHIPPED = sorted(
    path for folder in ("services", "shared") for path in (ROOT / folder).rglob("*.py")
)
BANNED_NAMES = {"utils", "helpers", "manager", "common", "base"}

HTTP_CLIENTS = {"aiohttp", "httpx", "requests", "urllib.request", "urllib3"}
ASK_OVER_HTTP = {
    "services/enrich/app.py",
    "services/enrich/commands.py",  # Search's own API, for the command line.
    "services/enrich/adapters/search_articles.py",  # Search's own API.
    "services/search/adapters/websub_hub.py",  # The hub of the settings.
    "services/search/web/api_client.py",  # The site asks the API beside it.
}


def names_called(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield node.func.attr


def acknowledges(source: str) -> bool:
    tree = ast.parse(source)
    strings = (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant))
    in_lua = any(isinstance(text, str) and "'XACK'" in text for text in strings)
    return in_lua or bool({"xack", "xackdel"} & set(names_called(tree)))


def reads_environment(source: str) -> bool:
    tree = ast.parse(source)
    return any(
        (isinstance(node, ast.Attribute) and node.attr in ("environ", "getenv"))
        or (isinstance(node, ast.ImportFrom) and node.module == "os" and _imports_environ(node))
        for node in ast.walk(tree)
    )


def _imports_environ(node: ast.ImportFrom) -> bool:
    return any(alias.name in ("environ", "getenv") for alias in node.names)


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", SHIPPED, ids=name_of)
def test_only_messaging_acknowledges(path: Path) -> None:
    if path.parent != ROOT / "shared" / "messaging":
        assert not acknowledges(path.read_text())


@pytest.mark.parametrize("path", SHIPPED, ids=name_of)
def test_only_settings_read_the_environment(path: Path) -> None:
    if path.name != "settings.py":
        assert not reads_environment(path.read_text())


@pytest.mark.parametrize("path", SHIPPED, ids=name_of)
def test_a_file_is_named_for_its_idea(path: Path) -> None:
    assert path.stem not in BANNED_NAMES


def test_nothing_that_an_article_names_is_fetched() -> None:
    """Who may ask over HTTP at all is named here, and asks addresses of the settings only."""
    services = [path for path in SHIPPED if path.parts[len(ROOT.parts)] == "services"]
    asking = {name_of(path) for path in services if HTTP_CLIENTS & _imports(path.read_text())}
    assert {name for name in asking if not name.startswith("services/cli/")} <= ASK_OVER_HTTP


def _imports(source: str) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


@pytest.mark.parametrize(
    "source",
    ["redis.xack('s', 'g', 'i')", "SCRIPT = \"redis.call('XACK', KEYS[1])\""],
)
def test_a_planted_acknowledgement_is_caught(source: str) -> None:
    assert acknowledges(source)


@pytest.mark.parametrize(
    "source", ["import os\nos.environ['A']", "from os import environ", "import os\nos.getenv('A')"]
)
def test_a_planted_look_at_the_environment_is_caught(source: str) -> None:
    assert reads_environment(source)
