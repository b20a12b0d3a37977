"""The InstantSearch dialect, on both engines: what Algolia's clients ask and get."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
import pytest_asyncio

from tests.builders import LONG_AGO, enriched, identified, withdrawn
from tests.search_service import Search

pytestmark = pytest.mark.asyncio(loop_scope="module")
SECONDS = int(LONG_AGO.timestamp())
CARD = {
    *("id", "title", "summary", "url", "published_at", "updated_at", "revision", "authors"),
    *("publisher", "language", "categories", "tags", "read_minutes", "views", "image"),
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def search(module_search: Search) -> AsyncIterator[Search]:
    """Six articles; the days after the first of May 2024 and the minutes go up with the number."""
    told = [
        ("Tunnel breaks through", "News > Economy", ("Korva Ridge", "tunnel"), "Smith, John"),
        ("Tunnel costs <b>rise</b>", "News > Economy", ("tunnel",), "Ana Lee"),
        ("Flamingos return", "Culture", ("-ice", "birds"), "Ana Lee"),
        ("A senate decides", "News > Politics", ("senate",), "Bo Ek"),
        ("The senate waits", "News > Politics", ("senate", "Korva Ridge"), "Bo Ek"),
        ("Goals at last", "Sport", (), "Cy Fox"),
    ]
    articles = {
        f"n{number}": enriched(
            f"n{number}",
            title=title,
            body=f"{title}, it was said on day {number}. " + "More was not known then. " * 9,
            categories=[category],
            tags=tags,
            authors=[author],
            published_at=LONG_AGO + timedelta(days=number),
            minutes=number + 1,
        )
        for number, (title, category, tags, author) in enumerate(told)
    }
    await module_search.index(**articles)
    yield module_search


async def ask(search: Search, status: int = 200, index: str = "articles", **given: Any) -> Any:  # noqa: ANN401
    answer = await search.client.post(f"/1/indexes/{index}/query", json=given)
    assert answer.status_code == status, answer.text
    return answer.json()


def numbers(result: dict[str, Any]) -> list[int]:
    names = {identified(f"n{number}"): number for number in range(6)}
    return [names[hit["objectID"]] for hit in result["hits"]]


async def found(search: Search, **given: Any) -> set[int]:  # noqa: ANN401
    return set(numbers(await ask(search, **given)))


async def test_a_hit_is_the_card_with_an_object_id_and_marks_in_raw_text(search: Search) -> None:
    result = await ask(
        search, query="costs", highlightPreTag="[", highlightPostTag="]", page=0, hitsPerPage=2
    )
    (hit,) = result["hits"]
    assert set(hit) == CARD | {"objectID", "_highlightResult"}
    assert hit["objectID"] == hit["id"] == identified("n1")
    assert hit["_highlightResult"]["title"] == {
        "value": "Tunnel [costs] <b>rise</b>",
        "matchLevel": "full",
        "matchedWords": ["costs"],
        "fullyHighlighted": False,
    }
    assert hit["_highlightResult"]["authors"] == [
        {"value": "Ana Lee", "matchLevel": "none", "matchedWords": []}
    ]
    assert {name: result[name] for name in ("nbHits", "page", "nbPages", "hitsPerPage")} == {
        "nbHits": 1,
        "page": 0,
        "nbPages": 1,
        "hitsPerPage": 2,
    }


async def test_attributes_are_chosen_and_snippets_cut(search: Search) -> None:
    result = await ask(
        search,
        query="waits",
        attributesToRetrieve=["title", "unknown"],
        attributesToHighlight=[],
        attributesToSnippet=["body:4"],
        snippetEllipsisText="~",
    )
    assert result["hits"] == [
        {
            "title": "The senate waits",
            "objectID": identified("n4"),
            "_snippetResult": {
                "body": {"value": "~senate <em>waits</em>, it was~", "matchLevel": "full"}
            },
        }
    ]
    every = await ask(search, query="waits", attributesToRetrieve=["*", "-url"])
    assert set(every["hits"][0]) == (CARD - {"url"}) | {"objectID", "_highlightResult"}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"facetFilters": ["category:News"]}, {0, 1, 3, 4}),
        ({"facetFilters": "category:News>Economy"}, {0, 1}),
        ({"facetFilters": [["category:News > Economy", "category:Sport"]]}, {0, 1, 5}),
        ({"facetFilters": [["category:Culture"], ["author:Ana Lee"]]}, {2}),
        ({"facetFilters": ["tag:tunnel", "tag:Korva Ridge"]}, {0}),
        ({"facetFilters": [["tag:korva-ridge", "category:Culture"]]}, {0, 2, 4}),
        ({"facetFilters": ["category:-News"]}, {2, 5}),
        ({"facetFilters": [["category:-News", "tag:senate"]]}, {2, 3, 4, 5}),
        ({"facetFilters": ["tag:\\-ice"]}, {2}),
        ({"facetFilters": ["author:Smith, John"]}, {0}),
        ({"facetFilters": ["read_minutes:3"]}, {2}),
        ({"facetFilters": ["year:2024"]}, {0, 1, 2, 3, 4, 5}),
        ({"facetFilters": []}, {0, 1, 2, 3, 4, 5}),
        ({"facetFilters": json.dumps([["category:Sport"]])}, {5}),
        ({"numericFilters": ["read_minutes>=2", "read_minutes<4"]}, {1, 2}),
        ({"numericFilters": "read_minutes=6"}, {5}),
        ({"numericFilters": ["read_minutes!=6"]}, {0, 1, 2, 3, 4}),
        ({"numericFilters": [["read_minutes=1", "read_minutes>5"]]}, {0, 5}),
        ({"numericFilters": ["read_minutes:2 TO 3"]}, {1, 2}),
        ({"numericFilters": ["read_minutes=2.5"]}, set()),
        ({"numericFilters": ["read_minutes>2.5", "read_minutes<=3.5"]}, {2}),
        ({"numericFilters": [f"published_at>{SECONDS + 4 * 86_400 - 1}"]}, {4, 5}),
        ({"numericFilters": ["read_minutes<-999999999999999"]}, set()),
        ({"filters": "category:Sport"}, {5}),
        ({"filters": 'category:"News > Politics" AND NOT tag:"Korva Ridge"'}, {3}),
        ({"filters": "(tag:birds OR tag:senate) AND read_minutes < 5"}, {2, 3}),
        ({"filters": "tag:birds OR tag:senate AND read_minutes < 5"}, {2, 3}),
        ({"filters": "read_minutes:1 TO 2 OR author:'Cy Fox'"}, {0, 1, 5}),
        ({"filters": "NOT category:News AND NOT category:Sport"}, {2}),
        ({"filters": "category:Sport", "facetFilters": ["category:News"]}, set()),
    ],
)
async def test_filters(search: Search, given: dict[str, Any], expected: set[int]) -> None:
    assert await found(search, **given) == expected


@pytest.mark.parametrize(
    ("given", "field", "nearest"),
    [
        ({"facetFilters": ["categry:News"]}, "facetFilters", "category"),
        ({"facetFilters": ["News"]}, "facetFilters", None),
        ({"facetFilters": [[["category:News"]]]}, "facetFilters", None),
        ({"facetFilters": 3}, "facetFilters", None),
        ({"numericFilters": ["read_minutes"]}, "numericFilters", None),
        ({"numericFilters": ["category>3"]}, "numericFilters", None),
        ({"filters": "category:"}, "filters", None),
        ({"filters": "(category:News"}, "filters", None),
        ({"filters": "category:News)"}, "filters", None),
        ({"filters": "(" * 900}, "filters", None),
        ({"filters": "(tag:a AND tag:b) OR tag:c"}, "filters", None),
        ({"filters": "AND"}, "filters", None),
        ({"filters": {"category": "News"}}, "filters", None),
        ({"filters": " OR ".join(f"tag:t{n}" for n in range(1_001))}, "filters", None),
        ({"query": ["a"]}, "query", None),
        ({"page": "one"}, "page", None),
        ({"hitsPerPage": -1}, "hitsPerPage", None),
        ({"facets": [1]}, "facets", None),
        ({"params": 7}, "params", None),
    ],
)
async def test_what_cannot_be_taken_is_said_in_words(
    search: Search, given: dict[str, Any], field: str, nearest: str | None
) -> None:
    problem = await ask(search, 400, **given)
    (error,) = problem["errors"]
    assert (error["field"], error["nearest"]) == (field, nearest)
    assert problem["message"] == problem["detail"]


async def test_facets_are_counted_under_all_filters_and_numbers_have_a_reach(
    search: Search,
) -> None:
    result = await ask(
        search,
        facets=["category", "read_minutes", "published_at", "nobody_knows"],
        facetFilters=["category:News > Economy"],
        hitsPerPage=0,
    )
    assert result["hits"] == []
    assert result["nbHits"] == 2
    assert result["facets"] == {
        "category": {"News": 2, "News > Economy": 2},
        "read_minutes": {},
        "published_at": {},
    }
    assert result["facets_stats"] == {
        "read_minutes": {"min": 1, "max": 2, "avg": 1.5, "sum": 3},
        "published_at": {
            "min": SECONDS,
            "max": SECONDS + 86_400,
            "avg": SECONDS + 43_200,
            "sum": 2 * SECONDS + 86_400,
        },
    }
    nothing = await ask(search, facets="*", filters="category:Nowhere")
    assert nothing["facets_stats"] == {}
    assert nothing["facets"]["tag"] == {}


async def test_facet_values_may_come_by_the_alphabet_and_few(search: Search) -> None:
    result = await ask(search, facets=["author"], sortFacetValuesBy="alpha", maxValuesPerFacet=3)
    assert list(result["facets"]["author"]) == ["Ana Lee", "Bo Ek", "Cy Fox"]


@pytest.mark.parametrize(
    ("index", "order"),
    [
        ("articles", [5, 4, 3, 2, 1, 0]),
        ("articles_newest", [5, 4, 3, 2, 1, 0]),
        ("articles_oldest", [0, 1, 2, 3, 4, 5]),
        ("articles_shortest", [0, 1, 2, 3, 4, 5]),
        ("articles_longest", [5, 4, 3, 2, 1, 0]),
    ],
)
async def test_a_replica_is_an_order(search: Search, index: str, order: list[int]) -> None:
    assert numbers(await ask(search, index=index)) == order


async def test_another_index_is_not_there(search: Search) -> None:
    problem = await ask(search, 404, index="article_newest")
    assert "articles_newest" in problem["message"]


async def test_pages_are_counted_from_0_and_end(search: Search) -> None:
    pages = [
        numbers(await ask(search, index="articles_oldest", page=page, hitsPerPage=4))
        for page in range(3)
    ]
    assert pages == [[0, 1, 2, 3], [4, 5], []]
    beyond = await ask(search, page=500, hitsPerPage=20)
    assert (beyond["hits"], beyond["nbHits"], beyond["nbPages"]) == ([], 6, 1)


async def test_the_last_word_may_be_only_begun(search: Search) -> None:
    assert await found(search, query="flam") == {2}
    # Few have both words, so any of them will do; those with both come first.
    assert numbers(await ask(search, query="tunnel br")) == [0, 1]
    whole = await ask(search, query="fl", queryType="prefixNone")
    assert whole["nbHits"] == 0
    marked = (await ask(search, query="flam"))["hits"][0]["_highlightResult"]["title"]["value"]
    assert marked == "<em>Flamingos</em> return"


async def test_a_typo_is_set_right_and_said(search: Search) -> None:
    result = await ask(search, query="flamimgos ")
    assert (result["corrected"], numbers(result)) == ("flamingos", [2])
    off = await ask(search, query="flamimgos ", typoTolerance="false")
    assert (off["corrected"], off["nbHits"]) == (None, 0)


async def test_several_queries_come_in_any_of_the_ways_clients_write_them(search: Search) -> None:
    flat = {"indexName": "articles_oldest", "query": "senate", "hitsPerPage": 1}
    nested = {"indexName": "articles_oldest", "params": {"query": "senate", "hitsPerPage": 1}}
    encoded = {
        "indexName": "articles_oldest",
        "params": urlencode({"query": "senate", "hitsPerPage": 1, "facets": '["tag"]'}),
    }
    values = {"indexName": "articles", "type": "facet", "facet": "tag", "facetQuery": "sen"}
    answer = await search.client.post(
        "/1/indexes/*/queries?x-algolia-api-key=any&x-algolia-application-id=any",
        content=json.dumps({"requests": [flat, nested, encoded, values], "strategy": "none"}),
        headers={"Content-Type": "text/plain"},
    )
    assert answer.status_code == 200, answer.text
    *lists, facet = answer.json()["results"]
    assert [numbers(one) for one in lists] == [[3], [3], [3]]
    assert lists[2]["facets"] == {"tag": {"senate": 2, "Korva Ridge": 1}}
    assert facet["facetHits"] == [{"value": "senate", "highlighted": "<em>sen</em>ate", "count": 2}]


async def test_values_of_a_facet_are_found_by_their_beginnings(search: Search) -> None:
    async def values(**given: Any) -> list[tuple[str, int]]:  # noqa: ANN401
        answer = await search.client.post("/1/indexes/articles/facets/author/query", json=given)
        assert answer.status_code == 200, answer.text
        return [(one["highlighted"], one["count"]) for one in answer.json()["facetHits"]]

    assert await values(facetQuery="le") == [("Ana <em>Le</em>e", 2)]
    assert await values(facetQuery="le", facetFilters=["category:News"]) == [
        ("Ana <em>Le</em>e", 1)
    ]
    assert await values(maxFacetHits=1) == [("Ana Lee", 2)]
    answer = await search.client.post("/1/indexes/articles/facets/title/query", json={})
    assert answer.status_code == 400


@pytest.mark.parametrize(
    ("content", "status"),
    [(b"{", 400), (b"[]", 400), (b"\xff", 400), (b"x" * 300_000, 413), (b"", 400)],
)
async def test_bodies_that_cannot_be_read(search: Search, content: bytes, status: int) -> None:
    answer = await search.client.post("/1/indexes/*/queries", content=content)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_browser_may_ask_from_another_port(search: Search) -> None:
    answer = await search.client.options(
        "/1/indexes/*/queries",
        headers={
            "Origin": "http://localhost:3000",
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "content-type,x-algolia-api-key",
        },
    )
    assert answer.headers["access-control-allow-origin"] == "http://localhost:3000"


async def test_whole_words_come_before_begun_ones_and_names_with_signs_are_one_word(
    search: Search,
) -> None:
    told = {
        "early": "Sun sets early",
        "sunday": "Sunday in Sunderland",
        "opens": "Sundance opens on Sunday",
        "masts": "AT&T buys masts",
        "rally": "Model T rally",
    }
    await search.index(**{name: enriched(name, title=title) for name, title in told.items()})
    titles = [hit["title"] for hit in (await ask(search, query="sun"))["hits"]]
    assert titles[0] == "Sun sets early"
    assert set(titles) == {"Sun sets early", "Sunday in Sunderland", "Sundance opens on Sunday"}
    result = await ask(search, query="AT&T", highlightPreTag="[", highlightPostTag="]")
    assert result["hits"][0]["_highlightResult"]["title"]["value"] == "[AT&T] buys masts"
    assert "Model T rally" not in [hit["title"] for hit in result["hits"]]
    await search.index(**{name: withdrawn(name) for name in told})


@pytest.mark.parametrize("value", ["culture", "CULTURE"])
async def test_values_of_facet_filters_have_no_case(search: Search, value: str) -> None:
    assert await found(search, facetFilters=[f"category:{value}"]) == {2}
    assert await found(search, filters=f"category:{value}") == {2}
    assert await found(search, facetFilters=[["tag:KORVA-RIDGE"]]) == {0, 4}
