"""What editors decide reaches the articles: enrich and search as they run, Redis between them."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from services.enrich import commands
from services.enrich.commands import NothingFoundError, Selection
from services.enrich.use_cases.enrich_articles import ALGORITHM
from tests.news import story_text
from tests.newsdesk import BODY, Newsdesk, newsdesk
from tests.waiting import eventually


@pytest.fixture
async def newsroom(redis_url: str, tmp_path: Path) -> AsyncIterator[Newsdesk]:
    async with newsdesk(redis_url, tmp_path) as desk:
        yield desk


async def test_pins_and_bans_reach_the_article_and_survive_a_correction(
    newsroom: Newsdesk,
) -> None:
    one = await newsroom.post("one")
    before = await newsroom.tags(one)
    assert "russia" in before
    await newsroom.curate(one, {"tags": {"pin": ["Cheap travel"], "ban": ["Russia"]}})
    after = await newsroom.tags(one)
    assert next(iter(after.values())) == "Cheap travel"
    assert "russia" not in after
    assert set(before) - {"russia"} <= set(after)

    await newsroom.post("one", body=BODY + " Russia, said Russia, will wait.")
    corrected = await newsroom.tags(one)
    assert next(iter(corrected.values())) == "Cheap travel"
    assert "russia" not in corrected


async def test_pinned_and_banned_links_survive_what_comes_later(newsroom: Newsdesk) -> None:
    one, two = [await newsroom.post(f"{n}", body=story_text(1, n)) for n in (1, 2)]
    far = await newsroom.post("far", body=story_text(2, 1))
    await eventually(lambda: newsroom.related(one), [two])
    await newsroom.curate(one, {"related": {"pin": [far], "ban": [two]}})
    await eventually(lambda: newsroom.related(one), [far])
    three = await newsroom.post("three", body=story_text(1, 3))
    await eventually(lambda: newsroom.related(one), [far, three])


async def test_a_renamed_tag_is_called_so_in_every_article(newsroom: Newsdesk) -> None:
    one, two = [await newsroom.post(f"{n}", body=story_text(1, n) + BODY) for n in (1, 2)]
    (slug,) = [s for s, n in (await newsroom.tags(one)).items() if n == "Northern Rail Company"]
    answer = await newsroom.ingest.http.patch(f"/v1/tags/{slug}", json={"name": "NRC"})
    assert answer.status_code == 202, answer.text

    async def names() -> set[str]:
        return {(await newsroom.tags(each)).get(slug, "") for each in (one, two)}

    await eventually(names, {"NRC"})
    assert (await newsroom.found(tag="NRC")) == (await newsroom.found(tag=slug)) == {one, two}
    three = await newsroom.post("3", body=BODY)
    assert (await newsroom.tags(three))[slug] == "NRC"


async def test_a_merged_tag_still_finds_its_articles_and_points_to_the_other(
    newsroom: Newsdesk, redis_url: str
) -> None:
    one = await newsroom.post("one")
    other = await newsroom.post("two", body="Azerbaijan plays chess. Azerbaijan won.")
    path = "/v1/tags/russia/merge"
    answer = await newsroom.ingest.http.post(path, json={"into": "azerbaijan"})
    assert answer.json() == {"slug": "azerbaijan", "name": "Azerbaijan"}

    async def found() -> set[str]:
        return await newsroom.found(tag="russia")

    await eventually(found, {one, other})
    assert list(await newsroom.tags(one)).count("azerbaijan") == 1
    assert "russia" not in await newsroom.tags(one)
    page = await newsroom.search.get("/tag/russia")
    assert (page.status_code, page.headers["location"]) == (308, "/tag/azerbaijan")
    assert (await newsroom.search.get("/tag/azerbaijan")).status_code == 200

    three = await newsroom.post("three", body="Russia plays chess. Russia won.")
    assert (await newsroom.tags(three))["azerbaijan"] == "Azerbaijan"
    search_url = str(newsroom.search.base_url)
    async for compared in commands.compare(redis_url, redis_url, search_url, Selection(), 100):
        assert compared.new.tags == compared.old.tags


async def test_articles_are_enriched_anew_on_demand_and_learn_from_sections(
    newsroom: Newsdesk, redis_url: str
) -> None:
    kept = await newsroom.post("kept", published_at="2020-01-01T00:00:00Z")
    sport = [
        await newsroom.post(f"{n}", body=story_text(2, n), categories=["Sport"]) for n in range(3)
    ]
    before = await newsroom.article(kept)
    search_url = str(newsroom.search.base_url)
    for n in range(3, 6):
        await newsroom.post(f"{n}", body=story_text(3, n), categories=["Politics"])
    learned = await commands.learn_sections(redis_url, search_url, "demo", 100)
    assert learned.version == 1

    recent = Selection(published_from="2021-01-01", publisher="demo", algorithm=ALGORITHM)
    counts = [count async for count in commands.queue(redis_url, search_url, recent)]
    assert counts[-1] == 6
    await eventually(lambda: commands.still_due(redis_url), 0)

    async def rules() -> str:
        return str((await newsroom.article(sport[0]))["enrichment"]["algorithm"])

    await eventually(rules, f"{ALGORITHM}+1")
    # The same again is nothing new.
    learned = await commands.learn_sections(redis_url, search_url, "demo", 100)
    assert learned.version == 1
    with pytest.raises(NothingFoundError, match=r"no article of publisher 'demmo'; nearest: demo"):
        await commands.learn_sections(redis_url, search_url, "demmo", 100)
    every = Selection(published_from="2021-01-01")
    compared = {c.id: c async for c in commands.compare(redis_url, redis_url, search_url, every, 100)}
    assert {each.new.algorithm for each in compared.values()} == {f"{ALGORITHM}+1"}
    assert sport[0] in compared
    assert await newsroom.article(kept) == before

    assert (await commands.forget_sections(redis_url, "demo")).version == 2
    with pytest.raises(NothingFoundError, match="nothing was learnt"):
        await commands.forget_sections(redis_url, "demo")
    with pytest.raises(NothingFoundError, match="no article of publisher"):
        async for _ in commands.queue(redis_url, search_url, Selection(publisher="nobody")):
            pass
