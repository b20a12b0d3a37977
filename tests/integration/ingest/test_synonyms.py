"""Words that editors hold equal: kept whole by ingest, used by search when readers ask."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.newsdesk import Newsdesk, newsdesk
from tests.waiting import eventually

SETS = [
    {"words": ["EU", "European Union"]},
    {"words": ["Zug", "Bahn"], "language": "de"},
]


@pytest.fixture
async def newsroom(redis_url: str, tmp_path: Path) -> AsyncIterator[Newsdesk]:
    async with newsdesk(redis_url, tmp_path) as desk:
        yield desk


async def test_synonyms_are_replaced_whole_and_find_each_others_articles(
    newsroom: Newsdesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.search.use_cases.read_synonyms.REFRESH_S", 0.05)
    http = newsroom.ingest.http
    one = await newsroom.post("one", title="The European Union meets", body="In Port Merel.")
    await newsroom.post("two", title="A union of bakers", body="European bread was baked.")
    assert await newsroom.found(q="EU", match="all") == set()

    answer = await http.put("/v1/synonyms", json={"sets": SETS})

    assert (answer.status_code, answer.json()) == (200, {"sets": SETS})
    assert (await http.get("/v1/synonyms")).json() == {"sets": SETS}

    async def found() -> set[str]:
        return await newsroom.found(q="EU", match="all")

    await eventually(found, {one}, within_s=30)
    assert (await newsroom.search.get("/v1/synonyms")).json() == {"sets": SETS}
    assert (await http.put("/v1/synonyms", json={"sets": []})).status_code == 200
    await eventually(found, set(), within_s=30)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"sets": [{"words": ["alone"]}]}, "sets.0.words"),
        ({"sets": [{"words": ["a", "b"], "language": "German"}]}, "sets.0.language"),
        ({"sets": [{"word": ["a", "b"]}]}, "sets.0.word"),
        ({"set": []}, "set"),
        ({"sets": [{"words": ["a", "b"]}] * 1_001}, "sets"),
    ],
)
async def test_what_is_no_set_of_synonyms_is_refused_by_name(
    newsroom: Newsdesk, given: dict[str, object], field: str
) -> None:
    answer = await newsroom.ingest.http.put("/v1/synonyms", json=given)
    assert answer.status_code == 422
    assert field in {error["field"] for error in answer.json()["errors"]}
