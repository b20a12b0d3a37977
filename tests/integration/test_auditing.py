"""The audit names every kind of difference, and heals what the log still knows."""

from pathlib import Path

from redis.asyncio import Redis

from services.cli.auditing import Audit, Auditor
from services.ingest.adapters import keyspace
from shared.events import ArticlePublished, decode
from shared.streams import PUBLISHED
from tests import streams
from tests.builders import LONG_AGO, PUBLISHER, enriched, entry, identified, withdrawn
from tests.search_service import reading_receipts, searching
from tests.waiting import eventually


async def record(
    redis: Redis, name: str, revision: int = 1, *, gone: bool = False, dead: bool = False
) -> None:
    """As ingest remembers an accepted article."""
    article_id = identified(name)
    state = {"revision": revision, "withdrawn": int(gone), "dead": int(dead)}
    await redis.hset(keyspace.article(article_id), mapping=state)  # type: ignore[arg-type]
    await redis.zadd(keyspace.articles_of(PUBLISHER), {article_id: 0})


async def publish(redis: Redis, name: str, revision: int = 1) -> None:
    """As it stands in the log."""
    event = ArticlePublished(
        publisher=PUBLISHER,
        external_id=name,
        url=f"https://publisher.example/{name}",
        revision=revision,
        title="A title",
        body="A body.",
        published_at=LONG_AGO,
    )
    await streams.add(redis, PUBLISHED, entry(event, name))


def differing(found: Audit) -> dict[str, str]:
    return {one.id: one.kind for one in found.differences}


async def test_what_both_sides_hold_alike_does_not_differ(redis_url: str, tmp_path: Path) -> None:
    async with searching(redis_url, tmp_path) as search:
        await search.index(a=enriched("a", revision=3), b=enriched("b"))
        await search.index(b=withdrawn("b"))
        await record(search.redis, "a", 3)
        await record(search.redis, "b", gone=True)

        found = await Auditor(search.redis, within_s=0).audit()

        assert (found.accepted, found.indexed, found.differences) == (2, 2, [])


async def test_every_kind_of_difference_is_named(redis_url: str, tmp_path: Path) -> None:
    async with searching(redis_url, tmp_path) as search:
        redis = search.redis
        await search.index(
            stale=enriched("stale", revision=1),
            ahead=enriched("ahead", revision=5),
            foreign=enriched("foreign"),
            shown=enriched("shown"),
            hidden=withdrawn("hidden"),
        )
        for name in ("missing", "shown", "hidden"):
            await record(redis, name, gone=name == "shown")
        await record(redis, "stale", 2)
        await record(redis, "ahead", 4)
        await record(redis, "dead", dead=True)
        await publish(redis, "logged")  # By a foreign producer, of whom ingest knows nothing.

        found = await Auditor(redis, within_s=0).audit()

        assert differing(found) == {
            identified("missing"): "missing",
            identified("logged"): "missing",
            identified("stale"): "stale",
            identified("ahead"): "unrecorded",
            identified("foreign"): "unrecorded",
            identified("shown"): "resurrected",
            identified("hidden"): "hidden",
        }
        assert found.dead == 1


async def test_healing_publishes_the_accepted_state_again(redis_url: str, tmp_path: Path) -> None:
    async with searching(redis_url, tmp_path) as search, reading_receipts(redis_url) as told:
        redis = search.redis
        await search.index(foreign=enriched("foreign"))
        await publish(redis, "a", 1)
        await publish(redis, "a", 2)
        await publish(redis, "b")
        await streams.add(redis, PUBLISHED, entry(withdrawn("b"), "b"))
        await record(redis, "a", 2)
        await record(redis, "b", gone=True)
        await record(redis, "trimmed")
        await search.settled(PUBLISHED)
        before = await redis.xlen(PUBLISHED.name)
        auditor = Auditor(redis, within_s=0)

        healed = await auditor.heal(await auditor.audit())

        assert set(healed.healed) == {identified("a"), identified("foreign")}
        assert healed.unhealed == [identified("trimmed")]
        added = (await streams.entries(redis, PUBLISHED.name))[before:]
        events = [decode(fields[b"__data__"]) for fields in added]
        assert [(one.subject, type(one.event)) for one in events] == [
            (identified("a"), ArticlePublished)
        ]
        assert events[0].event.revision == 2  # type: ignore[attr-defined]
        await eventually(lambda: told[-1].envelope.subject, identified("foreign"))
        assert told[-1].envelope.event.recovered  # type: ignore[attr-defined]
        # The publisher may post the same content again.
        assert await redis.hget(keyspace.article(identified("trimmed")), "dead") == b"1"


async def test_what_is_still_on_its_way_is_given_time(redis_url: str, tmp_path: Path) -> None:
    async with searching(redis_url, tmp_path) as search:
        redis = search.redis
        await search.index(b=enriched("b"))
        await record(redis, "b", gone=True)
        assert differing(await Auditor(redis, within_s=0).audit()) == {
            identified("b"): "resurrected"
        }

        await streams.add(redis, PUBLISHED, entry(withdrawn("b"), "b"))

        assert (await Auditor(redis, within_s=10).audit()).differences == []
