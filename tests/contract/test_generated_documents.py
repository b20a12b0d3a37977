"""The generated documents say what the code does; `make contracts` writes them anew."""

from pathlib import Path

import pytest

from tools.contracts import documents

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("name", [".env.example", "docs/asyncapi.json"])
def test_a_generated_document_is_up_to_date(name: str) -> None:
    assert (ROOT / name).read_text() == documents()[name], "run `make contracts`"


@pytest.mark.parametrize("service", ["ingest", "search"])
def test_an_openapi_document_is_up_to_date(service: str) -> None:
    name = f"docs/openapi/{service}.json"
    assert (ROOT / name).read_text() == documents()[name], "run `make contracts`"
