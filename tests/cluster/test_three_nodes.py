"""A real cluster with replicas: the port's promises, and the loss of a node under load."""

import asyncio
import sys
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from services.cli.verifying import verify_at
from services.search.adapters.opensearch_index import OpenSearchIndex
from services.search.adapters.opensearch_index.connection import Access
from shared.embedded_opensearch import OpenSearchCluster, OpenSearchNode
from tests import servers
from tests.contract.ports.opensearch_names import names_of_its_own
from tests.contract.ports.search_index import NewIndex, SearchIndexBehaviour
from tests.faults.steady_load import Load, at_rate
from tests.newsroom import Newsroom, newsroom
from tests.waiting import eventually

SEED = 3
NODES = 3


@pytest.fixture(scope="session")
def cluster() -> Iterator[OpenSearchCluster]:
    with servers.opensearch_cluster(nodes=NODES, heap="384m") as running:
        yield running


@pytest.fixture
def prefix(cluster: OpenSearchCluster) -> Iterator[str]:
    with names_of_its_own(cluster.url) as prefix:
        yield prefix


@pytest.fixture
def new_index(cluster: OpenSearchCluster, prefix: str) -> NewIndex:
    return lambda: OpenSearchIndex(Access(urls=tuple(cluster.urls)), prefix=prefix)


class TestIndexOnThreeNodes(SearchIndexBehaviour):
    """Everything the port promises, with a replica of every shard."""


@pytest.mark.timeout(900)
async def test_a_node_that_dies_under_load_loses_nothing_acknowledged(
    cluster: OpenSearchCluster,
) -> None:
    with newsroom(OPENSEARCH_URL=",".join(cluster.urls)) as room:
        load = Load(room, SEED)
        try:
            await load.fill(200)
            await eventually(lambda: _copies(cluster), {"p": "STARTED", "r": "STARTED"})
            victim = _node_of_the_primary(cluster)
            async with at_rate(5, load.write), at_rate(2, load.ask):
                await _written(load, 10)
                victim.kill()
                await _written(load, 30)
            rebuilt = await asyncio.to_thread(room.dateline, "reindex")
            await _assert_nothing_is_lost(room, load)
            victim.start()
            await eventually(lambda: _copies(cluster), {"p": "STARTED", "r": "STARTED"})
            await _assert_nothing_is_lost(room, load)
        finally:
            await load.aclose()
    assert rebuilt.returncode == 0, rebuilt.stdout + rebuilt.stderr
    failed, asked = len(load.failed_questions), load.questions
    sys.stderr.write(f"\n{failed} of {asked} questions failed until the loss was noticed\n")


async def _written(load: Load, more: int) -> None:
    """Until publishers were promised so many more articles."""
    wanted = len(load.accepted) + more
    await eventually(lambda: len(load.accepted) >= wanted, expected=True, within_s=120)


async def _assert_nothing_is_lost(room: Newsroom, load: Load) -> None:
    url = str(room.search.base_url)
    found = await verify_at(load.accepted, url, room.redis_url, within_s=200)
    assert found.holds, found.broken[:5]


async def _copies(cluster: OpenSearchCluster) -> dict[str, str]:
    """The states of the primary and the replica of the articles."""
    async with httpx.AsyncClient(timeout=30) as client:
        return {row["prirep"]: row["state"] for row in _rows(await client.get(_path(cluster)))}


def _node_of_the_primary(cluster: OpenSearchCluster) -> OpenSearchNode:
    rows = _rows(httpx.get(_path(cluster), timeout=30))
    name = next(row["node"] for row in rows if row["prirep"] == "p")
    return next(node for node in cluster.nodes if node.directory.name == name)


def _path(cluster: OpenSearchCluster) -> str:
    node = next(node for node in cluster.nodes if node.running)
    return f"{node.url}/_cat/shards/articles?format=json"


def _rows(answer: httpx.Response) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = answer.raise_for_status().json()
    return rows
