"""WebSub: the hub of the settings, and no other, is told that the feeds have news."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from services.search.settings import SearchSettings
from tests.builders import LONG_AGO, enriched, identified, withdrawn
from tests.search_service import Search, searching
from tests.waiting import eventually

TOPICS = [f"https://news.example/{feed}" for feed in ("feed.xml", "feed.atom", "feed.json")]


class Hub(ThreadingHTTPServer):
    """Remembers what it was told; answers with `status`."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), HubHandler)
        self.status = 204
        self.told: list[dict[str, list[str]]] = []
        self.asked: list[str] = []

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/hub"


class HubHandler(BaseHTTPRequestHandler):
    server: Hub

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.server.told.append(parse_qs(body))
        self.send_response(self.server.status)
        self.send_header("Location", f"http://127.0.0.1:{self.server.server_address[1]}/elsewhere")
        self.end_headers()

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def hub() -> Iterator[Hub]:
    with Hub() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def settings(tmp_path: Path, hub: Hub) -> SearchSettings:
    return SearchSettings(
        state_dir=tmp_path,
        public_url="https://news.example",
        websub_hub=hub.address,
        websub_pause_s=1,
    )


async def test_the_hub_hears_of_news_and_of_nothing_else(
    redis_url: str, tmp_path: Path, hub: Hub
) -> None:
    async with searching(redis_url, tmp_path, settings=settings(tmp_path, hub)) as search:
        await _watching(search)
        await search.index(again=enriched("again", number=9, published_at=LONG_AGO))
        names = [f"news-{number}" for number in range(10)]
        await search.index(**{name: enriched(name) for name in names})
        await eventually(lambda: bool(hub.told), expected=True)
        assert hub.told[0] == {"hub.mode": ["publish"], "hub.url": TOPICS}
        assert len(hub.told) <= 3
        before = len(hub.told)
        await search.index(**{"news-1": withdrawn("news-1")})
        await eventually(lambda: len(hub.told) > before, expected=True)


async def test_a_hub_that_fails_is_told_again_and_never_followed_elsewhere(
    redis_url: str, tmp_path: Path, hub: Hub
) -> None:
    hub.status = 307
    async with searching(redis_url, tmp_path, settings=settings(tmp_path, hub)) as search:
        await _watching(search)
        await search.index(one=enriched("one"))
        await eventually(lambda: len(hub.told) >= 2, expected=True)
        assert hub.asked == []
        assert (await search.get(f"/v1/articles/{identified('one')}"))["id"]


async def _watching(search: Search) -> None:
    """Until the log is watched: what came before is no news."""

    async def look() -> bool:
        clients = await search.redis.client_list()
        return any(client["cmd"] == "xread" for client in clients)

    await eventually(look, expected=True)
