"""The npm package `algoliasearch`, unmodified, in Node, against search on either engine."""

import asyncio
import json
import shutil
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import pytest_asyncio

from tests import left_out
from tests.builders import enriched, identified
from tests.search_service import Search
from tests.served import served

ROOT = Path(__file__).parents[3]
PACKAGES = ROOT / "tests" / "browser" / "package.json"
FOLDER = ROOT / ".state" / "algoliasearch"

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.node]

ASKS = """
import { algoliasearch } from "algoliasearch";
import { liteClient } from "algoliasearch/lite";
const hosts = [{ url: process.argv[2], protocol: "http", accept: "readWrite" }];
const timeouts = { connect: 30_000, read: 30_000, write: 30_000 };
const client = algoliasearch("any", "any", { hosts, timeouts });
const lite = liteClient("any", "any", { hosts, timeouts });
const found = await client.searchSingleIndex({
  indexName: "articles",
  searchParams: {
    query: "tunn", facets: ["category"], facetFilters: [["category:News", "category:Culture"]],
    numericFilters: ["read_minutes<=2"], attributesToSnippet: ["body:3"],
    highlightPreTag: "<b>", highlightPostTag: "</b>",
  },
});
const { results } = await lite.search({ requests: [
  { indexName: "articles_shortest", query: "", hitsPerPage: 2, page: 1 },
  { indexName: "articles", facet: "author", type: "facet", facetQuery: "an" },
] });
const refused = await client.searchSingleIndex({
  indexName: "articles", searchParams: { filters: "category:" },
}).then(() => null, (error) => ({ name: error.name, status: error.status }));
console.log(JSON.stringify({ found, sorted: results[0], authors: results[1], refused }));
"""


@pytest.fixture(scope="module")
def client_folder() -> Path:
    """A folder with the package, fetched once, of the version that the browser tests use."""
    version = json.loads(PACKAGES.read_text())["dependencies"]["algoliasearch"]
    installed = FOLDER / "node_modules" / "algoliasearch" / "package.json"
    if not installed.exists() or json.loads(installed.read_text())["version"] != version:
        npm = [shutil.which("npm") or "npm", "install", "--silent", "--no-audit", "--no-fund"]
        done = subprocess.run(
            [*npm, "--no-save", "--prefix", str(FOLDER), f"algoliasearch@{version}"],
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        if done.returncode:
            left_out.leave_out("the algoliasearch client (npm cannot fetch it)")
    (FOLDER / "asks.mjs").write_text(ASKS)
    return FOLDER


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def answers(module_search: Search, client_folder: Path) -> AsyncIterator[Any]:
    """What the client got of three articles."""
    told = [("Tunnel opens", "News", "Ana Lee", 1), ("Tunnel closes", "Culture", "Bo Ek", 2)]
    told += [("A tunnel without end", "Sport", "Anton Fox", 3)]
    await module_search.index(
        **{
            title: enriched(
                title, title=title, categories=[section], authors=[author], minutes=minutes
            )
            for title, section, author, minutes in told
        }
    )
    async with served(module_search.app) as url:
        node = await asyncio.create_subprocess_exec(
            shutil.which("node") or "node",
            str(client_folder / "asks.mjs"),
            urlsplit(url).netloc,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        said, complained = await asyncio.wait_for(node.communicate(), 60)
    assert node.returncode == 0, complained.decode()
    yield json.loads(said)


async def test_it_finds_what_is_typed_refined_and_marked(answers: Any) -> None:  # noqa: ANN401
    found = answers["found"]
    assert {hit["objectID"] for hit in found["hits"]} == {
        identified("Tunnel opens"),
        identified("Tunnel closes"),
    }
    assert found["hits"][0]["_highlightResult"]["title"]["value"].startswith("<b>Tunnel</b> ")
    assert found["facets"] == {"category": {"News": 1, "Culture": 1}}
    assert (found["nbHits"], found["page"], found["nbPages"]) == (2, 0, 1)


async def test_it_sorts_by_replica_and_pages(answers: Any) -> None:  # noqa: ANN401
    page = answers["sorted"]
    assert [hit["read_minutes"] for hit in page["hits"]] == [3]
    assert (page["page"], page["nbPages"], page["hitsPerPage"]) == (1, 2, 2)


async def test_it_searches_the_values_of_a_facet(answers: Any) -> None:  # noqa: ANN401
    assert {hit["value"] for hit in answers["authors"]["facetHits"]} == {"Ana Lee", "Anton Fox"}


async def test_it_understands_a_refusal(answers: Any) -> None:  # noqa: ANN401
    assert answers["refused"] == {"name": "ApiError", "status": 400}
