"""Real documents of the shared data, posted to a real ingest: always an article or a reason."""

import gzip
from pathlib import Path

import httpx
import pytest

from tests.publishing import Ingest, patiently
from tests.relevance.formats import files_of

EVERY = 40
"""The short form: one file of so many; `tests.relevance.formats` reads them all."""


@pytest.mark.timeout(900)
@pytest.mark.parametrize("folder", ["feeds", "newswire", "fundus/html"])
async def test_real_documents_are_answered_item_by_item_or_with_a_problem(
    ingest: Ingest, shared_data: Path, folder: str
) -> None:
    for path in files_of(shared_data / folder)[::EVERY]:
        answer = await patiently(lambda path=path: _post(ingest, path))  # type: ignore[misc]

        assert answer.status_code in {200, 400, 415, 422}, (path, answer.text)
        if answer.status_code != 200:
            assert answer.json()["detail"], path
            continue
        for item in answer.json()["items"]:
            reasons = (item["problem"] or {}).get("errors")
            assert item["status"] in {200, 202} or (item["status"] == 422 and reasons), (path, item)


async def _post(ingest: Ingest, path: Path) -> httpx.Response:
    return await ingest.http.post("/v1/import", content=_content(path))


def _content(path: Path) -> bytes:
    content = path.read_bytes()
    return gzip.decompress(content) if path.suffix == ".gz" else content
