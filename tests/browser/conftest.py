"""A real browser, a whole Dateline on either engine, and a server for pages of other origins."""

import functools
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browsing import open_browser, open_page
from tests.newsroom import Newsroom, newsroom

HERE = Path(__file__).parent
ENGINES = ["tantivy", pytest.param("opensearch", marks=pytest.mark.opensearch)]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with open_browser() as browser:
        yield browser


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A tab of its own; an error in a page's script fails its test."""
    with open_page(browser) as page:
        yield page


@pytest.fixture(scope="module", params=ENGINES)
def room(request: pytest.FixtureRequest) -> Iterator[Newsroom]:
    """The sample articles, gone all the way."""
    settings = {}
    if request.param == "opensearch":
        settings["OPENSEARCH_URL"] = request.getfixturevalue("empty_opensearch_url")
    with newsroom(samples=True, **settings) as running:
        yield running


class QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing: what a page asks for is no news."""


@pytest.fixture(scope="session")
def pages() -> Iterator[str]:
    """The URL of this folder, on an origin that is not Dateline's."""
    handler = functools.partial(QuietHandler, directory=str(HERE))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
