"""What comes in is bounded before it is looked at, and no answer repeats it whole."""

import json
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import quote

import httpx
import pytest
import pytest_asyncio

from tests.builders import enriched, identified
from tests.search_service import Search

pytestmark = pytest.mark.asyncio(loop_scope="module")

LONGEST_ANSWER = 8_192
FILTERS = ("category", "tag", "author", "publisher", "language", "year")
LISTS = (*FILTERS, "fields", "facets")
SINGLE = (
    *("published_from", "published_to", "read_minutes_min", "read_minutes_max", "sort", "page"),
    *("page_size", "facet_size", "interval", "highlight", "typos", "collapse", "explain"),
)
LONG = "x" * 201
ARTICLES = 3


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def search(module_search: Search) -> AsyncIterator[Search]:
    await module_search.index(
        **{
            f"a{number}": enriched(f"a{number}", title=f"Tunnel {number}", authors=["Ana Lee"])
            for number in range(ARTICLES)
        }
    )
    yield module_search


def size(answer: httpx.Response) -> int:
    """Bytes of an answer, its headers with it."""
    return len(answer.content) + sum(len(name) + len(value) for name, value in answer.headers.raw)


async def refused(search: Search, path: str, **asked: Any) -> httpx.Response:  # noqa: ANN401
    answer = await search.client.get(path, params=asked)
    assert answer.status_code in {400, 414}, answer.text[:300]
    assert answer.headers["content-type"] == "application/problem+json"
    assert size(answer) < LONGEST_ANSWER
    return answer


@pytest.mark.parametrize("path", ["/v1/search", "/v1/live"])
@pytest.mark.parametrize("name", FILTERS)
@pytest.mark.parametrize(
    "values",
    [[LONG], [f"-{LONG}"], ["x" * 20_000], ["a"] * 51, [",".join(f"v{n}" for n in range(51))]],
    ids=["long", "long exclusion", "very long", "repeated", "listed"],
)
async def test_a_filter_has_at_most_fifty_short_values(
    search: Search, path: str, name: str, values: list[str]
) -> None:
    problem = (await refused(search, path, **{name: values})).json()
    assert problem["errors"][0]["field"] == name
    assert problem["code"] == "invalid_parameter"


@pytest.mark.parametrize("name", ["fields", "facets"])
async def test_a_list_of_names_has_at_most_fifty(search: Search, name: str) -> None:
    known = "title" if name == "fields" else "tag"
    await refused(search, "/v1/search", **{name: ",".join([known] * 51)})
    await refused(search, "/v1/search", **{name: "x" * 20_000})


@pytest.mark.parametrize("name", SINGLE)
async def test_no_single_value_is_longer_than_two_hundred_characters(
    search: Search, name: str
) -> None:
    problem = (await refused(search, "/v1/search", **{name: "1" * 201})).json()
    assert problem["errors"][0]["field"] == name


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        ("/v1/search", {"q": "x" * 20_000}),
        ("/v1/search", {"q": " " * 20_000 + "x"}),
        ("/v1/search", {"cursor": "x" * 20_000}),
        ("/v1/search", {"x" * 20_000: "1"}),
        ("/v1/search", {f"x{n}": "1" for n in range(2_000)}),
        ("/v1/latest", {"category": ["a"] * 51}),
        ("/v1/latest", {"category": LONG}),
        ("/v1/latest", {"limit": LONG}),
        ("/v1/most-viewed", {"window": "1" * 20_000}),
        ("/v1/suggest", {"q": "x" * 20_000}),
        ("/v1/tags", {"q": " " * 20_000}),
        ("/v1/articles/by-url", {"url": "https://x.example/" + "x" * 20_000}),
        (f"/v1/articles/{identified('a1')}", {"include": ["latest"] * 51}),
        ("/feed.xml", {"category": LONG}),
        ("/feed.json", {"q": "x" * 20_000}),
        ("/feed.atom", {"author": [f"{n} " + "x" * 190 for n in range(45)]}),
    ],
)
async def test_every_route_bounds_what_it_is_asked(
    search: Search, path: str, asked: dict[str, Any]
) -> None:
    await refused(search, path, **asked)


@pytest.mark.parametrize(
    "path", ["/v1/articles/{}", "/v1/articles/{}/related", "/v1/stories/{}", "/v1/tags/{}"]
)
async def test_no_part_of_an_address_is_longer(search: Search, path: str) -> None:
    assert (await search.client.get(path.format("x" * 200))).status_code == 404
    assert (await search.client.get(path.format("x" * 201))).status_code == 400


async def test_as_many_and_as_long_values_as_may_be_are_answered(search: Search) -> None:
    values = [f"{n:03}" + "x" * 197 for n in range(50)]
    for name in FILTERS[:-1]:
        answer = await search.client.get("/v1/search", params={name: values, "facets": name})
        assert answer.status_code == 200, answer.text[:300]
    years = [str(n) for n in range(1900, 1950)]
    assert (await search.get("/v1/search", year=",".join(years)))["total"] == 0


async def test_a_link_header_is_left_out_where_it_would_be_large(search: Search) -> None:
    short = await search.client.get("/v1/search", params={"q": "tunnel", "page_size": 1})
    assert 'rel="next"' in short.headers["link"]
    authors = ["Ana Lee", *(f"{n} " + "x" * 190 for n in range(40))]
    asked: dict[str, Any] = {"author": authors, "page_size": 1}
    answer = await search.client.get("/v1/search", params=asked)
    assert "link" not in answer.headers
    body = answer.json()
    assert (body["total"], body["pages"]) == (ARTICLES, ARTICLES)
    assert body["next_cursor"]
    for path in ("/feed.xml", "/feed.json"):
        answer = await search.client.get(path, params={"author": authors[:25]})
        assert answer.status_code == 200
        assert "link" not in answer.headers


@pytest.mark.parametrize(
    "path",
    [
        f"/section/{'/' * 20_000}",
        f"/section/{'x' * 20_000}",
        f"/tag/{quote('é' * 5_000)}",
        f"/author/{quote('é' * 5_000)}",
        f"/article/{quote('é' * 5_000)}",
        f"/story/{'x' * 20_000}",
        f"/search?q={'x' * 20_000}",
        f"/search?page={'1' * 20_000}",
        "/search?" + "&".join(f"tag={n}" for n in range(51)),
        "/search?" + "&".join(f"author={n}{'x' * 190}" for n in range(45)),
        f"/suggest?q={'x' * 20_000}",
    ],
)
async def test_a_page_repeats_nothing_large_either(search: Search, path: str) -> None:
    answer = await search.client.get(path)
    assert answer.status_code in {400, 414}, answer.text[:300]
    assert "We will be right back" not in answer.text
    assert "xxxxxxxxxx" not in answer.text
    assert len(answer.content) < 64 * 1024


async def dialect(search: Search, *, status: int = 200, **given: Any) -> Any:  # noqa: ANN401
    answer = await search.client.post("/1/indexes/articles/query", json=given)
    assert answer.status_code == status, answer.text[:300]
    if status != 200:
        assert size(answer) < LONGEST_ANSWER
        assert len(answer.json()["errors"]) <= 20
    return answer.json()


@pytest.mark.parametrize(
    "given",
    [
        {"facetFilters": [f"tag:{LONG}"]},
        {"facetFilters": [f"tag:v{n}" for n in range(51)]},
        {"facetFilters": [[f"tag:v{n}" for n in range(30)], [f"tag:-w{n}" for n in range(30)]]},
        {"facetFilters": ["tag:a"] * 20_000},
        {"facetFilters": [1] * 20_000},
        {"facetFilters": [[]] * 20_000 + [[1]]},
        {"numericFilters": [f"read_minutes>{n}" for n in range(51)]},
        {"filters": f'tag:"{LONG}"'},
        {"filters": " OR ".join(f"author:a{n}" for n in range(51))},
        {"filters": "tag:a AND " * 4_000 + "tag:a"},
        {"filters": "x" * 100_000},
        {"filters": "tag:a", "facetFilters": [f"tag:v{n}" for n in range(50)]},
        {"facets": ["x"] * 20_000},
        {"facets": [LONG]},
        {"attributesToRetrieve": ["x"] * 20_000},
        {"attributesToSnippet": ["body:9"] * 51},
        {"highlightPreTag": "<" * 201},
        {"highlightPostTag": "<" * 201},
        {"snippetEllipsisText": "." * 201},
        {"params": "&".join(f"x{n}=1" for n in range(20_000))},
    ],
    ids=lambda given: f"{next(iter(given))}-{len(json.dumps(given))}",
)
async def test_the_dialect_bounds_what_it_is_asked(search: Search, given: dict[str, Any]) -> None:
    await dialect(search, status=400, **given)


async def test_the_dialect_repeats_no_unknown_and_no_long_parameter(search: Search) -> None:
    unknown: dict[str, Any] = {"userToken": "y" * 5_000, "x" * 5_000: [1] * 5_000}
    found = await dialect(search, query="z" * 5_000, clickAnalytics=True, **unknown)
    assert found["params"] == ""
    assert found["query"] == "z" * 512
    known = await dialect(search, query="tunnel", hitsPerPage=2, clickAnalytics=True)
    assert known["params"] == "query=tunnel&hitsPerPage=2"


async def test_queries_ask_together_for_no_more_than_one_may(search: Search) -> None:
    path = "/1/indexes/*/queries"
    hits = [{"indexName": "articles", "hitsPerPage": 1_000}] * 2
    values = [{"indexName": "articles", "facets": ["*"], "maxValuesPerFacet": 1_000}] * 6
    for requests in (hits, values):
        answer = await search.client.post(path, json={"requests": requests})
        assert answer.status_code == 400, answer.text[:300]
    plain = [{"indexName": "articles", "facets": ["*"]}] * 50
    answer = await search.client.post(path, json={"requests": plain})
    assert answer.status_code == 200
    assert len(answer.json()["results"]) == 50
