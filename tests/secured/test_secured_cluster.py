"""TLS and users as production has them: a real security plugin in front of everything."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from uuid import uuid4

import httpx
import pytest

from services.search.adapters.opensearch_index import OpenSearchIndex, mapping
from services.search.adapters.opensearch_index.connection import Access
from services.search.ports import IndexUnavailableError
from tests.contract.ports.search_index.collapsing import CollapsingBehaviour
from tests.contract.ports.search_index.conditions import ConditionBehaviour
from tests.contract.ports.search_index.facets import FacetBehaviour
from tests.contract.ports.search_index.filtering import FilterBehaviour
from tests.contract.ports.search_index.linking import LinkBehaviour
from tests.contract.ports.search_index.naming import NamingBehaviour
from tests.contract.ports.search_index.ordering import OrderBehaviour
from tests.contract.ports.search_index.paging import PagingBehaviour
from tests.contract.ports.search_index.rebuilding import RebuildingBehaviour
from tests.contract.ports.search_index.suite import NewIndex
from tests.contract.ports.search_index.writing import WritingBehaviour
from tests.newsroom import newsroom
from tests.secured.node import PASSWORD, USER, SecuredNode, secured_node


@pytest.fixture(scope="session")
def node() -> Iterator[SecuredNode]:
    with secured_node() as running:
        yield running


@pytest.fixture
def prefix(node: SecuredNode) -> Iterator[str]:
    with _names_of_its_own(node) as prefix:
        yield prefix


@pytest.fixture
def new_index(node: SecuredNode, prefix: str, monkeypatch: pytest.MonkeyPatch) -> NewIndex:
    for settings in (mapping.ARTICLE_SETTINGS, mapping.NAME_SETTINGS):
        monkeypatch.setitem(settings, "analysis", plain_analysis(settings["analysis"]))
    return lambda: OpenSearchIndex(node.access, prefix=prefix, refresh_seconds=0.02)


def plain_analysis(analysis: Mapping[str, Any]) -> dict[str, Any]:
    """The same analyzers, made of what a bare server has: this one lacks the module of languages.

    The official distribution has it. What is left untried on 2.19 is how words match.
    """
    bare = {"type": "custom", "tokenizer": "standard", "filter": ["lowercase"]}
    return {"analyzer": dict.fromkeys(analysis["analyzer"], bare)}


class TestSecuredOpenSearchIndex(
    FilterBehaviour,
    OrderBehaviour,
    FacetBehaviour,
    ConditionBehaviour,
    WritingBehaviour,
    PagingBehaviour,
    CollapsingBehaviour,
    LinkBehaviour,
    NamingBehaviour,
    RebuildingBehaviour,
):
    """What the port promises but for the analysis of words, on 2.19, by TLS and password."""


@pytest.mark.parametrize(
    "wrong",
    [
        {"password": "wrong"},
        {"user": None, "password": None},
        {"certificate_authority": None},
    ],
    ids=["wrong password", "nobody", "unknown authority"],
)
async def test_without_the_right_access_the_index_is_unavailable(
    node: SecuredNode, wrong: dict[str, str | None]
) -> None:
    access: Access = replace(node.access, **wrong)  # type: ignore[arg-type]
    index = OpenSearchIndex(access)

    with pytest.raises(IndexUnavailableError):
        await index.open()

    await index.aclose()


def test_a_whole_newsroom_lives_on_a_secured_cluster(node: SecuredNode) -> None:
    with newsroom(
        OPENSEARCH_URL=node.url,
        OPENSEARCH_USER=USER,
        OPENSEARCH_PASSWORD=PASSWORD,
        OPENSEARCH_CA=str(node.access.certificate_authority),
    ) as room:
        article = {"url": "https://n.example/1", "title": "Tunnel opens", "body": "It is open."}
        accepted = room.post(article)
        assert room.find(q="tunnel")["total"] == 1
        assert room.dateline("reindex").returncode == 0
        assert room.find(q="tunnel")["total"] == 1
        assert room.dateline("audit").returncode == 0
        room.ingest.delete(f"/v1/articles/{accepted['id']}").raise_for_status()
        room.dateline("audit")
        assert room.search.get(f"/v1/articles/{accepted['id']}").status_code == 410
        logs = "".join(path.read_text() for path in (room.state / "log").glob("*.log"))
        assert PASSWORD not in logs


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PUT", "/others", {}),
        ("GET", "/others/_search", None),
        ("PUT", "/others/_doc/1", {"a": 1}),
        ("DELETE", "/others", None),
        ("GET", "/_all/_search", None),
        ("DELETE", "/*", None),
        ("GET", "/.opendistro_security/_search", None),
        ("PUT", "/_cluster/settings", {"persistent": {"cluster.max_shards_per_node": 1}}),
        ("GET", "/_nodes", None),
        ("GET", "/_plugins/_security/api/internalusers", None),
        ("PUT", "/_plugins/_security/api/internalusers/mallory", {"password": PASSWORD}),
        ("PUT", "/_snapshot/away", {"type": "fs", "settings": {"location": "/tmp/x"}}),  # noqa: S108
    ],
)
def test_the_user_of_search_may_nothing_else(
    node: SecuredNode, method: str, path: str, body: dict[str, object] | None
) -> None:
    with node.client() as administrator:
        administrator.put("/others/_doc/0", json={"kept": True}).raise_for_status()
    with node.client(USER) as client:
        answer = client.request(method, path, json=body)
    assert answer.status_code == httpx.codes.FORBIDDEN, answer.text
    with node.client() as administrator:
        assert administrator.get("/others/_doc/0").json()["found"]


@contextmanager
def _names_of_its_own(node: SecuredNode) -> Iterator[str]:
    prefix = f"test-{uuid4().hex[:12]}-"
    yield prefix
    with node.client() as client:
        for kind in ("", "_index_template/"):
            answer = client.delete(f"/{kind}{prefix}*")
            assert answer.status_code in (httpx.codes.OK, httpx.codes.NOT_FOUND), answer.text
