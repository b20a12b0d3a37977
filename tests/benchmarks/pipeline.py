"""Pipeline efficiency: from POST to searchable, against a bare bulk of the finished documents."""

import statistics
import time

import httpx
import orjson

from services.search.adapters.opensearch_index import OpenSearchIndex, mapping
from services.search.adapters.opensearch_index.connection import Access
from services.search.adapters.opensearch_index.documents import to_document
from services.search.domain.articles import IndexedArticle
from services.search.domain.writes import copy_of
from tests.benchmarks.frame import Result, Rig, spread, until
from tests.newsroom import Newsroom, newsroom

ARTICLES = 1_000
RUNS = 3
BATCH = 100


async def run(rig: Rig) -> list[Result]:
    url = rig.opensearch.url
    with newsroom(rig.scratch / "pipeline", OPENSEARCH_URL=url) as room:
        await _end_to_end(rig, room, 200)  # Warm-up.
        ours = [await _end_to_end(rig, room, ARTICLES) for _ in range(RUNS)]
        documents = await _finished(url)
    bare = [_bulk(url, documents) for _ in range(RUNS)]
    raw = f"pipeline {spread(ours, 'articles/s')}; bare bulk {spread(bare, 'articles/s')}"
    ratio = statistics.median(ours) / statistics.median(bare)
    return [Result("pipeline efficiency (POST to searchable / bare bulk)", ratio, 0.5, raw)]


async def _end_to_end(rig: Rig, room: Newsroom, count: int) -> float:
    """Articles a second, from the first byte of the POST until search counts all of them."""
    before = room.find()["total"]
    articles = rig.articles(count)
    start = time.perf_counter()
    for at in range(0, count, 500):
        answer = room.ingest.post("/v1/articles/batch", json=articles[at : at + 500])
        answer.raise_for_status()

    async def all_found() -> bool:
        return bool(room.find(page_size=1)["total"] >= before + count)

    await until(all_found)
    return count / (time.perf_counter() - start)


async def _finished(url: str) -> list[bytes]:
    """What the pipeline wrote, as lines of a bulk."""
    index = OpenSearchIndex(Access(urls=(url,)))
    await index.open()
    lines, after = [], None
    while page := await index.scan(after, 500):
        for stored in page:
            article = copy_of(stored, raised=0)
            assert isinstance(article, IndexedArticle)
            head = {"index": {"_id": article.id, "version": 1, "version_type": "external"}}
            document = orjson.dumps(to_document(article))
            lines.append(orjson.dumps(head) + b"\n" + document + b"\n")
        after = page[-1].id
    await index.aclose()
    return lines


def _bulk(url: str, documents: list[bytes]) -> float:
    """Articles a second into a fresh index of the same mapping, one refresh a batch."""
    with httpx.Client(base_url=url, timeout=120) as client:
        client.delete("/bare")
        settings = {"index": {"number_of_shards": 1, "number_of_replicas": 0}}
        body = {"settings": settings, "mappings": mapping.ARTICLE_MAPPINGS}
        client.put("/bare", json=body).raise_for_status()
        start = time.perf_counter()
        for at in range(0, len(documents), BATCH):
            answer = client.post(
                "/bare/_bulk",
                content=b"".join(documents[at : at + BATCH]),
                headers={"content-type": "application/x-ndjson"},
            )
            assert not answer.raise_for_status().json()["errors"]
            client.post("/bare/_refresh").raise_for_status()
        seconds = time.perf_counter() - start
        client.delete("/bare")
    return len(documents) / seconds
