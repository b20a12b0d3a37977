"""Schemathesis asks what both OpenAPI documents allow and forbid: no 5xx, nothing unannounced."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.newsroom import Newsroom, newsroom

SCHEMATHESIS = Path(__file__).parents[2] / ".state" / "schemathesis" / "bin" / "schemathesis"
MOST_S = 300
CHECKS = (
    "not_a_server_error,status_code_conformance,content_type_conformance,"
    "response_schema_conformance,response_headers_conformance"
)
# A stream of events does not end.
ENDLESS = "/v1/live"

pytestmark = pytest.mark.timeout(3 * MOST_S)


@pytest.fixture(scope="module")
def room() -> Iterator[Newsroom]:
    with newsroom(samples=True) as running:
        yield running


def hold(url: str, folder: Path, *options: str) -> None:
    """Run the examples, the edges and random cases of every operation; keep notes in `folder`."""
    done = subprocess.run(
        [
            *(SCHEMATHESIS, "run", f"{url}/openapi.json", "--url", url, "--checks", CHECKS),
            *("--phases", "examples,coverage,fuzzing", "--max-examples", "50"),
            *("--max-time", str(MOST_S), "--request-timeout", "20", "--no-color"),
            *("--exclude-path", ENDLESS, *options),
        ],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
    )
    assert done.returncode == 0, done.stdout[-8_000:]


def test_search_answers_as_its_document_says(room: Newsroom, tmp_path: Path) -> None:
    hold(str(room.search.base_url).rstrip("/"), tmp_path)


def test_ingest_answers_as_its_document_says(room: Newsroom, tmp_path: Path) -> None:
    url = str(room.ingest.base_url).rstrip("/")
    # What is not built answers 501, which is a 5xx.
    key = "Authorization: Bearer demo-key"
    hold(url, tmp_path, "--header", key, "--exclude-tag", "not built yet")
