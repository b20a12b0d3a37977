"""Ten thousand odd questions to a running service: each has an answer, and none is a 5xx."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from tests.questions import DIALECT_QUERIES, PATHS, check, odd_articles
from tests.search_process import SearchProcess, search_process

MANY = settings(
    max_examples=8_000,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
SOME = settings(MANY, max_examples=2_000)
pytestmark = pytest.mark.timeout(3_600)


@pytest.fixture
def search(tmp_path: Path, cluster_url: str | None) -> Iterator[SearchProcess]:
    with search_process(tmp_path, odd_articles(), opensearch_url=cluster_url) as search:
        yield search


def test_any_question_has_an_answer(search: SearchProcess) -> None:
    asked = 0

    @MANY
    @given(path=PATHS)
    def ask(path: str) -> None:
        nonlocal asked
        asked += 1
        check(search.client.get(path, follow_redirects=True), 404)

    ask()
    assert asked >= 8_000


def test_any_question_of_the_dialect_has_an_answer(search: SearchProcess) -> None:
    asked = 0

    @SOME
    @given(query=DIALECT_QUERIES)
    def ask(query: dict[str, Any]) -> None:
        nonlocal asked
        asked += 1
        content = json.dumps({"requests": [{"indexName": "articles", **query}]})
        answer = search.client.post("/1/indexes/*/queries", content=content)
        assert answer.status_code in {200, 400}, answer.text

    ask()
    assert asked >= 2_000
