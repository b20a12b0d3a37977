"""Editors' decisions outlive a loss of Redis, as the articles do that show them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from services.enrich.adapters.redis_counters import RedisCounters
from services.enrich.adapters.redis_related import RedisRelatedMemory
from services.enrich.adapters.search_articles import SearchArticles
from services.search.adapters.opensearch_index import OpenSearchIndex
from services.search.adapters.opensearch_index.connection import Access
from services.search.ports import SearchIndex
from shared.events import Envelope
from tests.contract.ports.opensearch_names import names_of_its_own
from tests.news import story_text
from tests.newsdesk import BODY, Newsdesk, newsdesk
from tests.waiting import eventually


@pytest.fixture(params=["tantivy", pytest.param("opensearch", marks=pytest.mark.opensearch)])
async def newsroom(
    request: pytest.FixtureRequest, redis_url: str, tmp_path: Path
) -> AsyncIterator[Newsdesk]:
    with ExitStack() as stack:
        index: SearchIndex | None = None
        if request.param == "opensearch":
            url = request.getfixturevalue("opensearch_url")
            prefix = stack.enter_context(names_of_its_own(url))
            index = OpenSearchIndex(Access(urls=(url,)), prefix=prefix)
        async with newsdesk(redis_url, tmp_path, index=index) as desk:
            yield desk


async def test_pins_bans_names_and_merges_outlive_a_loss_of_redis(newsroom: Newsdesk) -> None:
    one = await newsroom.post("one")
    far = await newsroom.post("far", body=story_text(2, 1))
    slugs = {name: slug for slug, name in (await newsroom.tags(one)).items()}
    rail, line = slugs["Northern Rail Company"], slugs["Harbour Line"]
    decided = {
        "tags": {"pin": ["Cheap travel"], "ban": ["Russia"]},
        "related": {"pin": [far], "ban": []},
    }
    await newsroom.curate(one, decided)
    http = newsroom.ingest.http
    assert (await http.patch(f"/v1/tags/{rail}", json={"name": "NRC"})).status_code == 202
    merged = await http.post(f"/v1/tags/{line}/merge", json={"into": "azerbaijan"})
    assert merged.status_code == 202, merged.text
    await eventually(lambda: newsroom.found(tag="NRC"), {one})
    await eventually(lambda: _stands(newsroom, one, line), expected=False)

    await _lose_redis(newsroom, one)
    assert (await http.get(f"/v1/articles/{one}/curation")).json() == decided

    # At once, whether or not all else has been read back by then.
    await newsroom.post("one", body=BODY + " Russia, said Russia of the Harbour Line, will wait.")
    tags = await newsroom.tags(one)
    assert next(iter(tags.values())) == "Cheap travel"
    assert "russia" not in tags
    assert line not in tags
    assert tags[rail] == "NRC"
    assert await newsroom.found(tag=line) == {one}
    await eventually(lambda: newsroom.related(one), [far])

    # And ingest knows them, so that editors can go on.
    async def renaming_it() -> tuple[int, str]:
        answer = await http.patch(f"/v1/tags/{line}", json={"name": "The line"})
        return answer.status_code, str(answer.headers.get("location"))

    await eventually(renaming_it, (308, "/v1/tags/azerbaijan"))
    await newsroom.curate(one, {"tags": {"pin": [], "ban": []}})
    assert "russia" in await newsroom.tags(one)
    assert (await http.patch(f"/v1/tags/{rail}", json={"name": "Rail"})).status_code == 202
    await eventually(lambda: newsroom.found(tag="Rail"), {one})


async def test_a_loss_of_redis_amid_enriching_anew_loses_no_decision(
    newsroom: Newsdesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = await newsroom.post("one")
    decided = {"tags": {"pin": ["Cheap travel"], "ban": ["Russia"]}}
    await newsroom.curate(one, decided)
    read, lost = SearchArticles.get, asyncio.Event()

    async def lose_redis_then(self: SearchArticles, article_id: str) -> Envelope | None:
        monkeypatch.setattr(SearchArticles, "get", read)
        found = await read(self, article_id)
        await newsroom.ingest.redis.flushall()
        lost.set()
        return found

    monkeypatch.setattr(SearchArticles, "get", lose_redis_then)
    (slug,) = [s for s, n in (await newsroom.tags(one)).items() if n == "Northern Rail Company"]
    renamed = await newsroom.ingest.http.patch(f"/v1/tags/{slug}", json={"name": "NRC"})
    assert renamed.status_code == 202
    await asyncio.wait_for(lost.wait(), 120)
    await _recovered(newsroom, one)
    await newsroom.post("one", body=f"{BODY} Russia will wait.")
    tags = await newsroom.tags(one)
    assert next(iter(tags.values())) == "Cheap travel"
    assert "russia" not in tags


async def test_after_a_loss_of_redis_new_articles_are_linked_with_old_ones(
    newsroom: Newsdesk,
) -> None:
    one = await newsroom.post("one", body=story_text(1, 1))
    await _lose_redis(newsroom, one)
    redis = newsroom.ingest.redis
    generation = await RedisCounters(redis).generation()
    # What comes while the memory is read back may lack links to what is not read yet.
    await eventually(RedisRelatedMemory(redis).holds, generation, within_s=60)
    two = await newsroom.post("two", body=story_text(1, 2))
    await eventually(lambda: newsroom.related(one), [two])
    await eventually(lambda: newsroom.related(two), [one])


async def _stands(newsroom: Newsdesk, article_id: str, slug: str) -> bool:
    return slug in await newsroom.tags(article_id)


async def _lose_redis(newsroom: Newsdesk, known: str) -> None:
    await newsroom.ingest.redis.flushall()
    await _recovered(newsroom, known)


async def _recovered(newsroom: Newsdesk, known: str) -> None:
    """Returns when ingest takes articles in again, and knows the one that was known."""
    redis, http = newsroom.ingest.redis, newsroom.ingest.http

    async def answers() -> int:
        return (await http.get(f"/v1/articles/{known}")).status_code

    await eventually(lambda: redis.exists("dateline:generation"), 1, within_s=60)
    await eventually(answers, 200, within_s=60)
