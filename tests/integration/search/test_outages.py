"""Parts that fail under the query API."""

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from services.search.adapters.tantivy_index import TantivyIndex
from services.search.api import answers
from services.search.domain.articles import Marker, Page, StoredArticle
from services.search.domain.question import Question
from services.search.ports import IndexUnavailableError
from services.search.use_cases.announce_articles import AnnounceArticles
from tests import servers
from tests.builders import enriched, identified
from tests.search_service import searching
from tests.waiting import eventually


class FailingIndex(TantivyIndex):
    """An index of which reading can be made to fail, or to hang."""

    failing: Callable[[], Any] | None = None

    async def find(self, question: Question, *, view: str | None = None) -> Page:
        if self.failing:
            await self.failing()
        return await super().find(question, view=view)

    async def get(self, ids: Sequence[str], *, whole: bool = True) -> dict[str, StoredArticle]:
        if self.failing:
            await self.failing()
        return dict(await super().get(ids, whole=whole))


async def test_an_engine_out_of_reach_is_a_503_with_a_time_to_come_back(
    redis_url: str, tmp_path: Path
) -> None:
    async def fail() -> None:
        raise IndexUnavailableError("no route to host")

    index = FailingIndex(tmp_path / "index")
    async with searching(redis_url, tmp_path, index=index) as search:
        index.failing = fail
        for path in ("search", "latest", "articles/x", "articles/x/related"):
            answer = await search.client.get(f"/v1/{path}")
            assert answer.status_code == 503, path
            assert answer.headers["retry-after"] == "2"
            assert answer.json()["code"] == "index_unavailable"
        index.failing = None
        assert await search.found() == []


async def test_a_question_that_takes_too_long_is_given_up(
    redis_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answers, "TIME_LIMIT_S", 0.05)
    index = FailingIndex(tmp_path / "index")
    async with searching(redis_url, tmp_path, index=index) as search:
        index.failing = asyncio.Event().wait
        problem = await search.get("/v1/search", status=503)
        assert problem["code"] == "index_unavailable"


async def test_readers_do_not_notice_that_redis_is_gone(tmp_path: Path) -> None:
    with servers.redis_server(tmp_path / "redis") as server:
        async with searching(server.url, tmp_path) as search:
            await search.index(a=enriched("a", title="Read on"))
            server.kill()
            body = await search.get("/v1/search", q="read")
            assert body["hits"][0]["article"]["views"] == 0
            assert (await search.get(f"/v1/articles/{identified('a')}"))["title"] == "Read on"
            assert (await search.get("/v1/most-viewed"))["items"] == []
            assert "redis" in await search.unready()
            server.start()
            await eventually(search.unready, {})


class LateIndex(TantivyIndex):
    """An index whose engine comes up after the service."""

    up = False

    async def open(self) -> None:
        if not self.up:
            raise IndexUnavailableError("connection refused")
        await super().open()

    async def read_marker(self) -> Marker | None:
        if not self.up:
            raise IndexUnavailableError("connection refused")
        return await super().read_marker()


async def test_search_waits_for_an_engine_that_starts_later(redis_url: str, tmp_path: Path) -> None:
    index = LateIndex(tmp_path / "index")
    async with searching(redis_url, tmp_path, index=index, ready=False) as search:
        assert (await search.get("/health/live"))["status"] == "live"
        assert (await search.unready())["index"] == "connection refused"
        index.up = True
        await eventually(search.unready, {})
        await search.index(a=enriched("a", title="Late"))
        assert await search.found() == ["Late"]


async def test_background_work_that_crashed_makes_search_unready(
    redis_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(_: AnnounceArticles) -> None:
        raise KeyError("a defect")

    monkeypatch.setattr(AnnounceArticles, "announce_due", broken)
    async with searching(redis_url, tmp_path, ready=False) as search:
        reason = "embargoes crashed: KeyError('a defect')"
        await eventually(search.unready, {"background": reason})


async def test_a_view_that_was_let_go_is_an_expired_cursor(redis_url: str, tmp_path: Path) -> None:
    class ForgettingIndex(TantivyIndex):
        async def find(self, question: Question, *, view: str | None = None) -> Page:
            return await super().find(question, view=view and "forgotten")

    index = ForgettingIndex(tmp_path / "index")
    async with searching(redis_url, tmp_path, index=index) as search:
        await search.index(**{f"n{n}": enriched(f"n{n}", body="tunnel") for n in range(3)})
        asked: dict[str, Any] = {"q": "tunnel", "page_size": 1}
        first = await search.get("/v1/search", **asked)
        problem = await search.get("/v1/search", status=400, **asked, cursor=first["next_cursor"])
    assert problem["code"] == "cursor_expired"
    assert "start again" in problem["detail"]
