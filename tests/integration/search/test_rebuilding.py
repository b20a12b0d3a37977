"""Rebuilding the index of a running service: by order, by itself, and disturbed."""

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tantivy import Schema, SchemaBuilder

from services.search import commands
from services.search.adapters.opensearch_index import OpenSearchIndex, mapping
from services.search.adapters.opensearch_index.connection import Access
from services.search.adapters.redis_generation import RedisGeneration
from services.search.adapters.redis_rebuild_orders import LEASE, ORDER
from services.search.adapters.redis_write_log import RedisWriteLog
from services.search.adapters.tantivy_index import TantivyIndex, folder, schema
from services.search.commands import Answer, NobodyRebuildsError
from services.search.domain.articles import (
    Indexed,
    IndexedArticle,
    Marker,
    Tombstone,
    WriteVerdict,
)
from services.search.domain.schema import stamp
from services.search.ports import IndexBuild, RebuildFailedError, RebuildProgress, SearchIndex
from services.search.use_cases.rebuild_index import RebuildIndex, Rebuilt
from shared.messaging.trimming import HOLDS
from shared.streams import PUBLISHED
from tests.builders import enriched, identified, withdrawn
from tests.contract.ports.opensearch_names import names_of_its_own
from tests.search_service import Search, reading_receipts, searching
from tests.waiting import eventually

NewIndex = Callable[[], SearchIndex]
LATER = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=1)


@pytest.fixture(params=["tantivy", pytest.param("opensearch", marks=pytest.mark.opensearch)])
def new_index(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[NewIndex]:
    with ExitStack() as stack:
        if request.param == "tantivy":
            yield lambda: TantivyIndex(tmp_path / "index")
        else:
            url = request.getfixturevalue("opensearch_url")
            prefix = stack.enter_context(names_of_its_own(url))
            yield lambda: OpenSearchIndex(Access(urls=(url,)), prefix=prefix)


async def reindex(redis_url: str) -> tuple[Answer, list[RebuildProgress]]:
    """As `dateline reindex` does it."""
    steps = [step async for step in commands.follow_rebuild(redis_url)]
    answer = steps.pop()
    assert isinstance(answer, Answer)
    return answer, [step for step in steps if isinstance(step, RebuildProgress)]


async def rebuild(
    search: Search, index: SearchIndex, on_step: Callable[[str], Awaitable[object]]
) -> Rebuilt:
    """One rebuild inside the service; `on_step` is awaited at the first sign of each step."""
    seen: set[str] = set()

    async def report(progress: RebuildProgress) -> None:
        if progress.step not in seen:
            seen.add(progress.step)
            await on_step(progress.step)

    log, generations = RedisWriteLog(search.redis), RedisGeneration(search.redis)
    return await RebuildIndex(index, log, generations, rest=0)(report)


async def fill(search: Search) -> None:
    await search.index(
        a=enriched("a", title="Oil", tags=["Baku"], links=["gone", "b"], linked_at=3),
        gone=enriched("gone", title="Gone"),
        secret=enriched("secret", title="Secret", published_at=LATER),
    )
    await search.publish(withdrawn("gone"), "gone", PUBLISHED)
    await search.settled(PUBLISHED)


async def test_an_ordered_rebuild_keeps_everything(
    redis_url: str, tmp_path: Path, new_index: NewIndex
) -> None:
    index = new_index()
    async with searching(redis_url, tmp_path, index=index) as search:
        await fill(search)
        ids = [identified(name) for name in ("a", "gone", "secret")]
        before = await index.get(ids), await index.read_marker()

        answer, _ = await reindex(redis_url)

        assert not answer.failed
        assert answer.said.startswith("3 articles (hash ")
        assert (await index.get(ids), await index.read_marker()) == before
        assert await search.found(q="oil") == ["Oil"]
        assert await search.found(tag="baku") == ["Oil"]
        await search.get(f"/v1/articles/{identified('gone')}", status=410)
        await search.get(f"/v1/articles/{identified('secret')}", status=404)
        await search.index(a=enriched("a", title="Gas", revision=2))
        assert await search.found() == ["Gas"]
        assert await search.redis.exists(ORDER, LEASE, HOLDS) == 0


async def test_what_is_written_meanwhile_is_in_the_new_index(
    redis_url: str, tmp_path: Path, new_index: NewIndex
) -> None:
    index = new_index()
    async with searching(redis_url, tmp_path, index=index) as search:
        names = ["a", "b", "c", "d"]
        await search.index(**{name: enriched(name, title=f"Old {name}") for name in names})

        async def on_step(step: str) -> None:
            match step:
                case "articles":  # Copied already; what comes now is in the log alone.
                    await search.publish(withdrawn("a"), "a", PUBLISHED)
                    await search.settled(PUBLISHED)
                    await search.index(b=enriched("b", title="New b", revision=2))
                case "comparing":  # The log was read to its end.
                    await search.publish(withdrawn("c"), "c", PUBLISHED)
                    await search.settled(PUBLISHED)
                    await search.index(x=enriched("x", title="New x"))
                case "swapping":  # Compared; it goes to the old index still.
                    await search.index(d=enriched("d", title="New d", revision=2))
                    await search.publish(withdrawn("b", revision=2), "b", PUBLISHED)
                    await search.settled(PUBLISHED)

        rebuilt = await rebuild(search, index, on_step)

        assert rebuilt.articles.count >= 4
        assert sorted(await search.found()) == ["New d", "New x"]
        for name in ("a", "b", "c"):
            await search.get(f"/v1/articles/{identified(name)}", status=410)


async def test_a_rebuild_that_ends_in_the_middle_leaves_the_index_alone(
    redis_url: str, tmp_path: Path, new_index: NewIndex
) -> None:
    index = new_index()
    async with searching(redis_url, tmp_path, index=index) as search:
        await fill(search)
        for last in ("articles", "comparing", "swapping"):

            async def on_step(step: str, last: str = last) -> None:
                if step == last:
                    raise ConnectionResetError(step)

            with pytest.raises(ConnectionResetError):
                await rebuild(search, index, on_step)
            assert await search.found() == ["Oil"]

        answer, _ = await reindex(redis_url)
        assert answer.said.startswith("3 articles")
        assert await search.found() == ["Oil"]


class _Forgetful:
    """A build that calls one article indexed and keeps nothing of it."""

    def __init__(self, build: IndexBuild) -> None:
        self._build = build

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the build has.
        return getattr(self._build, name)

    async def apply(self, writes: Sequence[IndexedArticle | Tombstone]) -> Sequence[WriteVerdict]:
        await self._build.apply([write for write in writes if write.id != identified("a")])
        return [Indexed()] * len(writes)


async def test_an_index_that_would_lack_something_is_not_swapped(
    redis_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = TantivyIndex(tmp_path / "index")
    start_build = index.start_build

    async def start_forgetful() -> _Forgetful:
        return _Forgetful(await start_build())

    monkeypatch.setattr(index, "start_build", start_forgetful)
    monkeypatch.setattr("services.search.use_cases.rebuild_index.SETTLING_PAUSE_S", 0)
    async with searching(redis_url, tmp_path, index=index) as search:
        await fill(search)

        answer, _ = await reindex(redis_url)

        assert answer.failed
        assert f"lacks 1 articles, among them {identified('a')}" in answer.said
        assert await search.found() == ["Oil"]
        assert await search.unready() == {}
        with pytest.raises(RebuildFailedError):
            await rebuild(search, index, _nothing)


async def _nothing(_: str) -> None:
    return None


def declare_another_field(monkeypatch: pytest.MonkeyPatch) -> None:
    """As a release does that adds a field to the index."""
    declared = schema.article_schema

    def with_another(builder: Callable[[], SchemaBuilder] = SchemaBuilder) -> Schema:
        monkeypatch.setattr(schema, "SchemaBuilder", lambda: _with_another(builder()))
        return declared()

    monkeypatch.setattr(schema, "article_schema", with_another)
    properties: Mapping[str, Any] = mapping.ARTICLE_MAPPINGS["properties"]
    added = {"properties": {**properties, "another": {"type": "keyword"}}}
    monkeypatch.setattr(mapping, "ARTICLE_MAPPINGS", mapping.ARTICLE_MAPPINGS | added)
    monkeypatch.setattr(mapping, "STAMP", stamp("another"))


def _with_another(builder: SchemaBuilder) -> SchemaBuilder:
    builder.add_text_field("another", tokenizer_name="raw", index_option="basic")
    return builder


async def test_an_index_of_an_older_schema_is_rebuilt_by_itself(
    redis_url: str, tmp_path: Path, new_index: NewIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with searching(redis_url, tmp_path, index=new_index()) as search:
        await fill(search)
    declare_another_field(monkeypatch)
    index = new_index()
    await index.open()
    difference = await index.outdated()
    assert difference is not None
    assert not difference.newer
    async with searching(redis_url, tmp_path, index=index) as search:
        await search.index(new=enriched("new", title="New"))
        assert sorted(await search.found()) == ["New", "Oil"]
        assert await index.outdated() is None
        await search.get(f"/v1/articles/{identified('gone')}", status=410)


async def test_an_index_of_another_analysis_is_rebuilt_by_itself(
    redis_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with searching(redis_url, tmp_path) as search:
        await fill(search)
    monkeypatch.setattr(folder, "stamp", lambda: stamp("another analysis"))
    index = TantivyIndex(tmp_path / "index")
    async with searching(redis_url, tmp_path, index=index) as search:
        await eventually(index.outdated, None)
        assert await search.found() == ["Oil"]


async def test_an_index_of_a_newer_release_is_read_and_left_alone(
    redis_url: str, tmp_path: Path, new_index: NewIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as newer:
        theirs = stamp("theirs") | {"release": "99.1"}
        newer.setattr(folder, "STAMP", theirs)
        newer.setattr(mapping, "STAMP", theirs)
        async with searching(redis_url, tmp_path, index=new_index()) as search:
            await fill(search)
    index = new_index()
    async with searching(redis_url, tmp_path, index=index, ready=False) as search:
        await eventually(
            search.unready,
            {
                "consumer": "the index was made by release 99.1, which is newer than this one: "
                "finish the upgrade, or go back for good with `dateline reindex`"
            },
        )
        assert await search.found() == ["Oil"]
        answer, _ = await reindex(redis_url)
        assert not answer.failed
        await eventually(search.unready, {})
        assert await search.found() == ["Oil"]


async def test_at_the_last_generation_a_rebuild_makes_room_for_more(
    redis_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.search.use_cases.rebuild_index.REPLICAS_SEE_S", 1.5)
    index = TantivyIndex(tmp_path / "index")
    await index.open()
    await index.write_marker(Marker("pair", 15))
    async with searching(redis_url, tmp_path, index=index, ready=False) as search:
        await search.redis.set("dateline:generation", "pair:15")
        await eventually(search.unready, {})
        await search.index(
            a=enriched("a", title="Of the last", revision=7, generation=15),
            b=enriched("b", title="Of the first", generation=1),
        )

        answer, _ = await reindex(redis_url)

        assert not answer.failed
        marker = await index.read_marker()
        assert marker is not None
        assert marker.base == 14
        # Redis had to forget: what the index holds is told again, then the next generation begins.
        async with reading_receipts(redis_url):
            await eventually(search.unready, {})
        assert await RedisGeneration(search.redis).read() == Marker("pair", 16)
        await search.index(
            a=enriched("a", title="Late and older", revision=6, generation=15),
            b=enriched("b", title="Of the next", generation=16),
        )
        assert sorted(await search.found()) == ["Of the last", "Of the next"]


async def test_an_order_that_nobody_takes_says_so(
    redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commands, "PATIENCE_S", 0.3)
    with pytest.raises(NobodyRebuildsError, match="no search process"):
        await reindex(redis_url)
