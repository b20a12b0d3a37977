"""From events to answers, on a real Redis and a real index."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from services.search.adapters.tantivy_index import TantivyIndex
from services.search.domain.articles import Links
from services.search.domain.cards import card_of, content_of
from services.search.domain.indexing import build_indexed_article
from services.search.domain.versions import ArticleVersion
from shared.streams import ENRICHED, INDEXED, PUBLISHED
from tests.builders import LONG_AGO, enriched, identified, withdrawn
from tests.search_service import searching
from tests.waiting import eventually


async def test_an_enriched_article_is_found_and_its_receipt_learns_of_it(
    redis_url: str, tmp_path: Path
) -> None:
    async with searching(redis_url, tmp_path) as search:
        await search.index(
            bridge=enriched("bridge", title="Bridge opens", receipt="r1", revision=3)
        )
        assert await search.found(q="bridge") == ["Bridge opens"]
        ((article_id, event),) = await search.indexed()
    assert article_id == identified("bridge")
    assert (event.receipt, event.revision, event.withdrawn) == ("r1", 3, False)
    assert event.content_hash == "hash-3"
    assert event.published_at == LONG_AGO
    assert event.embargoed_until is None


async def test_an_older_revision_never_wins_and_its_receipt_learns_of_the_newer(
    redis_url: str, tmp_path: Path
) -> None:
    async with searching(redis_url, tmp_path) as search:
        await search.index(a=enriched("a", title="New", revision=5))
        await search.index(a=enriched("a", title="Old", revision=4, receipt="late"))
        assert await search.found() == ["New"]
        assert [event.revision for _, event in await search.indexed()] == [5, 5]


async def test_a_withdrawn_article_is_gone_everywhere_and_no_late_event_brings_it_back(
    redis_url: str, tmp_path: Path
) -> None:
    async with searching(redis_url, tmp_path) as search:
        linked = enriched("a", title="Tunnel", links=["b"])
        await search.index(a=linked, b=enriched("b", title="Bridge"))
        await search.publish(withdrawn("b"), "b", PUBLISHED)
        await search.settled(PUBLISHED)
        await search.publish(enriched("b", title="Bridge", number=7), "b")
        await search.settled()
        assert await search.found() == ["Tunnel"]
        problem = await search.get(f"/v1/articles/{identified('b')}", status=410)
        assert problem["code"] == "withdrawn"
        assert (await search.get(f"/v1/articles/{identified('a')}/related"))["items"] == []
        of_b = [event for one, event in await search.indexed() if one == identified("b")]
    assert [event.withdrawn for event in of_b] == [False, True, True]


async def test_a_higher_revision_reinstates_a_withdrawn_article(
    redis_url: str, tmp_path: Path
) -> None:
    async with searching(redis_url, tmp_path) as search:
        await search.index(a=enriched("a"))
        await search.index(a=withdrawn("a"))
        await search.index(a=enriched("a", title="Back", revision=2))
        assert await search.found() == ["Back"]


async def test_an_event_whose_effect_survived_a_crash_still_closes_its_receipt(
    redis_url: str, tmp_path: Path
) -> None:
    event = enriched("a", title="Written", receipt="r1", generation=1)
    index = TantivyIndex(tmp_path / "index")
    await index.open()
    version = ArticleVersion(1, event.revision).pack()
    article_id = identified("a")
    await index.apply(
        [
            build_indexed_article(
                card_of(article_id, event),
                content_of(event),
                Links(story_id=article_id),
                id=article_id,
                version=version,
                url=event.url,
            )
        ]
    )
    await index.aclose()
    async with searching(redis_url, tmp_path) as search:
        await search.index(a=event)
        (_, announced), *_ = await search.indexed()
        assert (announced.receipt, announced.revision) == ("r1", 1)
        assert await search.found() == ["Written"]


async def test_an_embargoed_article_is_unknown_until_its_time_and_then_announced(
    redis_url: str, tmp_path: Path
) -> None:
    async with searching(redis_url, tmp_path) as search:
        # Only now: a busy machine may need seconds to start.
        due = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=6)
        await search.index(a=enriched("a", title="Secret", tags=["Korva"], published_at=due))
        ((_, event),) = await search.indexed()
        assert event.embargoed_until == due
        assert await search.found(q="secret") == []
        assert (await search.get("/v1/suggest", q="secr"))["items"] == []
        assert (await search.get("/v1/tags"))["items"] == []
        assert (await search.get("/v1/categories"))["items"] == []
        await search.get(f"/v1/articles/{identified('a')}", status=404)
        await eventually(lambda: search.found(q="secret"), ["Secret"])
        await eventually(lambda: search.redis.xlen(INDEXED.name), 2)
        assert (await search.indexed())[1][1].embargoed_until is None
        await eventually(lambda: search.redis.zcard("search:embargo"), 0)


async def test_due_times_are_known_again_after_a_restart_without_redis(
    redis_url: str, tmp_path: Path
) -> None:
    due = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=1)
    async with searching(redis_url, tmp_path) as search:
        await search.index(a=enriched("a", published_at=due))
        await search.redis.delete("search:embargo")
    async with searching(redis_url, tmp_path) as search:
        await eventually(lambda: search.redis.zcard("search:embargo"), 1)


async def test_an_impossible_event_is_a_dead_letter_and_harms_no_other(
    redis_url: str, tmp_path: Path
) -> None:
    async with searching(redis_url, tmp_path) as search:
        await search.publish(enriched("bad", generation=99), "bad")
        await search.index(good=enriched("good", title="Good"))
        assert await search.found() == ["Good"]
        assert await search.redis.xlen(ENRICHED.dead) == 1


async def test_related_articles_are_resolved_when_read(redis_url: str, tmp_path: Path) -> None:
    async with searching(redis_url, tmp_path) as search:
        # An article comes before those it links to, and links to one that nobody knows.
        linked = enriched("a", links=["b", "nobody", "c"])
        await search.index(
            a=linked, b=enriched("b", title="B today"), c=enriched("c", title="C today")
        )
        items = (await search.get(f"/v1/articles/{identified('a')}/related"))["items"]
        assert [item["title"] for item in items] == ["B today", "C today"]
        assert [item["score"] for item in items] == [0.9, 0.7]
        assert items[0]["reason"] == "shared: tunnel"
        await search.index(a=enriched("a", links=["c"], number=2))
        await search.index(a=enriched("a", links=["b"], number=1))
        page = await search.get(f"/v1/articles/{identified('a')}", include="related,latest")
        assert [item["title"] for item in page["related"]] == ["C today"]
        assert len(page["latest"]) == 3
