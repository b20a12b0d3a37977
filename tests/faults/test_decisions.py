"""Editors who decide while the article is between two hands: what they decided is shown at last."""

import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from pathlib import Path

import pytest

from services.enrich import app as enrich_app
from services.enrich.adapters.py3langid_recogniser import Py3langidRecogniser
from services.search.adapters.tantivy_index import TantivyIndex
from services.search.domain.articles import IndexedArticle, Tombstone, WriteVerdict
from shared.streams import ENRICHED, PUBLISHED
from tests import streams
from tests.newsdesk import BODY, Newsdesk, newsdesk
from tests.waiting import eventually

HELD = "Held back"
LONG_S = 30

Decide = Callable[[Newsdesk, str], Awaitable[None]]


async def pin_and_ban(desk: Newsdesk, article: str) -> None:
    choices = {"tags": {"pin": ["Cheap travel"], "ban": ["Russia"]}}
    answer = await desk.ingest.http.put(f"/v1/articles/{article}/curation", json=choices)
    assert answer.status_code == 202, answer.text


async def merge(desk: Newsdesk, _: str) -> None:
    answer = await desk.ingest.http.post("/v1/tags/russia/merge", json={"into": "azerbaijan"})
    assert answer.status_code == 202, answer.text


async def follows(decide: Decide, desk: Newsdesk, article: str) -> bool:
    tags = await desk.tags(article)
    if decide is pin_and_ban:
        return tags.get("cheap-travel") == "Cheap travel" and "russia" not in tags
    return "russia" not in tags and "azerbaijan" in tags


class HeldRecogniser(Py3langidRecogniser):
    """A worker that is stopped in the middle of an article, once it has read what is decided."""

    reached = threading.Event()
    let_go = threading.Event()

    def __call__(self, text: str) -> tuple[str, float]:
        if text.startswith(HELD) and not self.reached.is_set():
            self.reached.set()
            assert self.let_go.wait(LONG_S)
        return super().__call__(text)


@pytest.fixture
def worker(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[HeldRecogniser]]:
    monkeypatch.setattr(enrich_app, "Py3langidRecogniser", HeldRecogniser)
    yield HeldRecogniser
    HeldRecogniser.reached.clear()
    HeldRecogniser.let_go.clear()


class HeldIndex(TantivyIndex):
    """A search that answers questions, while nothing new gets into its index."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.open_door = asyncio.Event()
        self.open_door.set()

    async def apply(self, writes: Sequence[IndexedArticle | Tombstone]) -> Sequence[WriteVerdict]:
        await self.open_door.wait()
        return await super().apply(writes)


@pytest.fixture
async def index(tmp_path: Path) -> HeldIndex:
    return HeldIndex(tmp_path / "index")


@pytest.fixture
async def desk(redis_url: str, tmp_path: Path, index: HeldIndex) -> AsyncIterator[Newsdesk]:
    async with newsdesk(redis_url, tmp_path, index=index, enrichers=2) as desk:
        yield desk


DECISIONS = pytest.mark.parametrize("decide", [pin_and_ban, merge])


@DECISIONS
async def test_what_is_decided_while_a_worker_has_the_article_is_shown(
    worker: type[HeldRecogniser], desk: Newsdesk, decide: Decide
) -> None:
    await desk.post("Other")
    article = await desk.post("one")
    revised = await desk.ingest.post(url="https://news.example/one", title=HELD, body=BODY)
    await eventually(worker.reached.is_set, expected=True)
    await decide(desk, article)
    await eventually(lambda: unread(desk), 1)
    worker.let_go.set()
    await desk.searchable(revised.receipt)
    await eventually(lambda: follows(decide, desk, article), expected=True, within_s=LONG_S)
    assert (await desk.article(article))["title"] == HELD


@DECISIONS
async def test_what_is_decided_between_enrichment_and_index_is_shown(
    desk: Newsdesk, index: HeldIndex, decide: Decide
) -> None:
    """The index still has the revision before; enriching that one anew does not suffice."""
    await desk.post("Other")
    article = await desk.post("one")
    index.open_door.clear()
    before = await enriched(desk)
    revised = await desk.ingest.post(url="https://news.example/one", title="Revised", body=BODY)
    await eventually(lambda: unread(desk), 0)
    assert await enriched(desk) > before
    await decide(desk, article)
    await eventually(lambda: unread(desk), 0)
    await eventually(lambda: looked_at(desk, article), expected=True)
    index.open_door.set()
    await desk.searchable(revised.receipt)
    await eventually(lambda: follows(decide, desk, article), expected=True, within_s=LONG_S)
    assert (await desk.article(article))["title"] == "Revised"


async def unread(desk: Newsdesk) -> int:
    """Entries of `articles.published` that enrich has not acknowledged."""
    redis = desk.ingest.redis
    groups = await redis.xinfo_groups(PUBLISHED.name)
    (group,) = [one for one in groups if one["name"] == b"enrich"]
    after = b"(" + group["last-delivered-id"]
    return int(group["pending"]) + len(await redis.xrange(PUBLISHED.name, after, "+") or [])


async def enriched(desk: Newsdesk) -> int:
    return len(await streams.entries(desk.ingest.redis, ENRICHED.name))


async def looked_at(desk: Newsdesk, article: str) -> bool:
    """Enrich has taken the article from its agenda and is done with it, or put it off."""
    redis = desk.ingest.redis
    tried = await redis.hexists("{tags}:tries", article)
    due = await redis.zscore("{tags}:due", article)
    taken = await redis.zscore("{tags}:due:taken", article)
    return bool(tried) or (due is None and taken is None)
