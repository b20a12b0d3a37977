"""The OpenAPI documents as others' generators read them: clean types for TypeScript and Python."""

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.newsroom import Newsroom

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
GENERATOR = ROOT / ".state" / "generator" / "bin"
TOOLS = HERE / "node_modules" / ".bin"
DOCUMENTS = ["ingest", "search"]

RIGHT = """
import type { components, operations, paths } from "./search";
type Answer = paths["/v1/search"]["get"]["responses"]["200"]["content"]["application/json"];
export const titles = (answer: Answer): string[] => answer.hits.map((hit) => hit.article.title);
export const next = (answer: Answer): string | null => answer.next_cursor;
export const filters = (answer: Answer): string[] =>
  answer.facets.category?.map((one) => one.filter) ?? [];
export const months = (answer: Answer): [string, number][] =>
  answer.facets.published_at?.map((one) => [one.published_from, one.count]) ?? [];
export const kind: components["schemas"]["Suggestion"]["kind"] = "author";
export const asked: paths["/v1/search"]["get"]["parameters"]["query"] =
  { q: "tunnel", sort: "newest", page: 2, highlight: true, facets: ["tag", "author"] };
export const status = (problem: components["schemas"]["Problem"]): number => problem.status;
"""
WRONG = [
    "export const wrong = (answer: Answer): number => answer.hits[0].article.title;",
    'export const wrong: components["schemas"]["Suggestion"]["kind"] = "story";',
    'export const wrong: paths["/v1/search"]["get"]["parameters"]["query"] = { sort: "best" };',
]


def run(*command: str | Path, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False, timeout=240
    )


def compiled(folder: Path, files: Sequence[str]) -> subprocess.CompletedProcess[str]:
    options = ["--noEmit", "--strict", "--lib", "es2022"]
    return run(TOOLS / "tsc", *options, *files, folder=folder)


@pytest.fixture
def types(tmp_path: Path) -> Path:
    """A folder with the types of both documents."""
    for name in DOCUMENTS:
        document = ROOT / "docs" / "openapi" / f"{name}.json"
        made = run(TOOLS / "openapi-typescript", document, "-o", f"{name}.d.ts", folder=tmp_path)
        assert made.returncode == 0, made.stderr
    return tmp_path


def test_typescript_takes_right_uses_and_refuses_wrong_ones(types: Path) -> None:
    (types / "right.ts").write_text(RIGHT)
    done = compiled(types, ["right.ts", "search.d.ts", "ingest.d.ts"])
    assert done.returncode == 0, done.stdout
    for number, wrong in enumerate(WRONG):
        (types / f"wrong{number}.ts").write_text(f"{RIGHT}\n{wrong}\n")
        assert compiled(types, [f"wrong{number}.ts"]).returncode != 0, wrong


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_python_client_is_generated_without_a_warning(name: str, tmp_path: Path) -> None:
    generated(name, tmp_path)


def generated(name: str, folder: Path) -> None:
    config = folder / "generator.json"
    config.write_text(
        json.dumps(
            {
                "post_hooks": [],
                "content_type_overrides": {"application/x-ndjson": "application/octet-stream"},
            }
        )
    )
    made = run(
        *(GENERATOR / "openapi-python-client", "generate", "--meta", "none", "--fail-on-warning"),
        *("--config", config, "--output-path", name),
        *("--path", ROOT / "docs" / "openapi" / f"{name}.json"),
        folder=folder,
    )
    assert made.returncode == 0, made.stdout + made.stderr


def test_the_python_client_reads_a_real_answer(room: Newsroom, tmp_path: Path) -> None:
    generated("search", tmp_path)
    asks = (
        "from search import Client\n"
        "from search.api.search import search_v1_search_get as find\n"
        f"answer = find.sync(client=Client({str(room.search.base_url)!r}), q='tunnel')\n"
        "print(answer.hits[0].article.title, answer.hits[0].article.published_at)"
    )
    done = run(GENERATOR / "python", "-c", asks, folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "unnel" in done.stdout
