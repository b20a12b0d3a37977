"""Search as a process of its own, on an index that was filled beforehand: for many questions."""

import asyncio
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import httpx

from services.cli.launcher import Service
from services.search.adapters.opensearch_index import OpenSearchIndex
from services.search.adapters.opensearch_index.connection import Access
from services.search.adapters.tantivy_index import TantivyIndex
from services.search.domain.articles import Indexed, IndexedArticle, Links
from services.search.domain.cards import card_of, content_of
from services.search.domain.indexing import build_indexed_article
from services.search.ports import SearchIndex
from shared.events import ArticleEnriched
from shared.identity import canonical_url
from tests.builders import identified
from tests.servers import free_port, redis_server

BATCH = 500
START_S = 60
ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class SearchProcess:
    """The service as its users reach it, and the Redis that it reads from."""

    url: str
    redis_url: str
    client: httpx.Client

    def get(self, path: str, **params: Any) -> Any:  # noqa: ANN401  (JSON)
        """The body of an answer; a 503 of a busy machine is asked again."""
        for _ in range(ATTEMPTS):
            answer = self.client.get(path, params=params)
            if answer.status_code != 503:
                break
            time.sleep(float(answer.headers["Retry-After"]))
        assert answer.status_code == 200, answer.text
        return answer.json()


@contextmanager
def search_process(
    folder: Path,
    articles: Mapping[str, ArticleEnriched],
    *,
    opensearch_url: str | None = None,
    **settings: str,
) -> Iterator[SearchProcess]:
    """Fill the index of this folder, or a cluster's emptied one, and ask a service about it."""
    if opensearch_url:
        _empty(opensearch_url)
    asyncio.run(_fill(folder, articles, opensearch_url))
    port = free_port()
    with redis_server(folder / "redis", appendfsync="no") as redis:
        environment = {
            **os.environ,
            "DATELINE_STATE_DIR": str(folder),
            "SEARCH_PORT": str(port),
            "REDIS_URL": redis.url,
            "OPENSEARCH_URL": opensearch_url or "",
            **settings,
        }
        service = Service("search", f"http://127.0.0.1:{port}", environment, folder / "search.log")
        with service, httpx.Client(base_url=service.url, timeout=30) as client:
            service.wait_until(service.ready, START_S)
            yield SearchProcess(service.url, redis.url, client)


async def _fill(
    folder: Path, articles: Mapping[str, ArticleEnriched], opensearch_url: str | None
) -> None:
    index: SearchIndex = TantivyIndex(folder / "index")
    if opensearch_url:
        index = OpenSearchIndex(Access(urls=(opensearch_url,)), timeout=60)
    await index.open()
    waiting = iter(articles.items())
    while batch := list(islice(waiting, BATCH)):
        verdicts = await index.apply([_indexed(name, event) for name, event in batch])
        assert all(isinstance(verdict, Indexed) for verdict in verdicts), verdicts
    await index.aclose()


def _indexed(name: str, event: ArticleEnriched) -> IndexedArticle:
    article_id = identified(name)
    return build_indexed_article(
        card_of(article_id, event),
        content_of(event),
        Links(story_id=article_id),
        id=article_id,
        version=1,
        url=canonical_url(event.url),
    )


def _empty(url: str) -> None:
    with httpx.Client(base_url=url, timeout=60) as client:
        for index in client.get("/_cat/indices/articles*", params={"format": "json"}).json():
            client.delete(f"/{index['index']}").raise_for_status()
