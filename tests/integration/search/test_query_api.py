"""The query API as frontends see it: shapes, rules, errors."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.builders import LONG_AGO, enriched, identified
from tests.search_service import Search, searching
from tests.waiting import eventually

CARD = {
    *("id", "title", "summary", "url", "published_at", "updated_at", "revision", "authors"),
    *("publisher", "language", "categories", "tags", "read_minutes", "views", "image"),
}


@pytest.fixture
async def search(redis_url: str, tmp_path: Path) -> AsyncIterator[Search]:
    async with searching(redis_url, tmp_path) as service:
        yield service


@pytest.fixture
async def newsroom(search: Search) -> Search:
    """Three articles that differ in everything that can be asked for."""
    await search.index(
        consulate=enriched(
            "consulate",
            title="Opening a consulate in Khankendi",
            summary="What a consulate would change.",
            body="The consulate general would stand in Khankendi.\n\nNobody knows when.",
            authors=["Smith, John"],
            categories=["News > Economy", "Opinion"],
            tags=["Khankendi"],
            minutes=3,
        ),
        tunnel=enriched(
            "tunnel",
            title="Tunnel breaks through",
            body="The drills met. A consulate was not there.",
            authors=["Ana Lee"],
            categories=["News > Economy"],
            tags=["Korva Ridge"],
            published_at=LONG_AGO + timedelta(days=400),
            minutes=9,
        ),
        flamingos=enriched(
            "flamingos",
            title="Flamingos return",
            body="<script>alert(1)</script> Flamingos, pink ones.",
            categories=["Culture"],
            language="en-GB",
            published_at=LONG_AGO + timedelta(days=1),
            minutes=1,
        ),
    )
    return search


async def test_an_answer_has_exactly_the_promised_shape(newsroom: Search) -> None:
    body = await newsroom.get("/v1/search", q="khankendi", facets="author", highlight="true")
    assert isinstance(body.pop("took_ms"), int)
    (hit,) = body.pop("hits")
    assert body == {
        "query": {"q": "khankendi", "corrected": None, "relaxed": False},
        "total": 1,
        "page": 1,
        "page_size": 20,
        "pages": 1,
        "next_cursor": None,
        "facets": {
            "author": [
                {"value": "Smith, John", "filter": "Smith\\, John", "count": 1, "selected": False}
            ]
        },
    }
    assert set(hit) == {"article", "highlight", "score"}
    assert hit["highlight"]["title"] == "Opening a consulate in <mark>Khankendi</mark>"
    assert hit["article"] == {
        "id": identified("consulate"),
        "title": "Opening a consulate in Khankendi",
        "summary": "What a consulate would change.",
        "url": "https://publisher.example/consulate",
        "published_at": "2024-05-01T10:00:00Z",
        "updated_at": None,
        "revision": 1,
        "authors": ["Smith, John"],
        "publisher": "demo",
        "language": "en",
        "categories": ["News > Economy", "Opinion"],
        "tags": ["Khankendi"],
        "read_minutes": 3,
        "views": 0,
        "image": None,
    }


async def test_an_article_is_its_card_and_the_rest_of_its_page(newsroom: Search) -> None:
    article = await newsroom.get(f"/v1/articles/{identified('consulate')}")
    assert set(article) == CARD | {
        *("body", "body_html", "word_count", "time_required", "breadcrumb", "source_name"),
        *("license", "place", "media", "keywords", "enrichment"),
    }
    assert article["breadcrumb"] == ["News", "Economy"]
    assert article["time_required"] == "PT3M"
    assert article["enrichment"]["tags"][0]["slug"] == "khankendi"
    assert article["enrichment"]["read_time"] == {"seconds": 180, "method": "test"}
    at_url = await newsroom.get(
        "/v1/articles/by-url", url="HTTP://publisher.example:80/consulate?utm_source=x#top"
    )
    assert at_url == article


async def test_an_article_speaks_schema_org_where_that_is_accepted(newsroom: Search) -> None:
    answer = await newsroom.client.get(
        f"/v1/articles/{identified('consulate')}", headers={"Accept": "application/ld+json"}
    )
    assert answer.headers["content-type"] == "application/ld+json"
    found = answer.json()
    assert found["@type"] == "NewsArticle"
    assert found["headline"] == "Opening a consulate in Khankendi"
    assert found["author"] == [{"@type": "Person", "name": "Smith, John"}]


async def test_unknown_and_embargoed_articles_are_not_found(newsroom: Search) -> None:
    later = datetime.now(UTC) + timedelta(days=1)
    await newsroom.index(secret=enriched("secret", published_at=later))
    for article_id in ("nobody", identified("secret"), "\u202eα" * 9):
        problem = await newsroom.get(f"/v1/articles/{article_id}", status=404)
        assert problem["code"] == "not_found"
    await newsroom.get("/v1/articles/by-url", status=404, url="https://publisher.example/secret")


async def test_all_the_words_then_the_words_as_corrected_then_any_of_them(
    newsroom: Search,
) -> None:
    exact = await newsroom.get("/v1/search", q="khankendi opening")
    assert exact["query"] == {"q": "khankendi opening", "corrected": None, "relaxed": False}
    typo = await newsroom.get("/v1/search", q="konsulate khankendi")
    assert typo["query"]["corrected"] == "consulate khankendi"
    assert typo["hits"][0]["article"]["id"] == identified("consulate")
    relaxed = await newsroom.get("/v1/search", q="khankendi flamingos")
    assert relaxed["query"]["relaxed"] is True
    assert relaxed["total"] == 2
    strict = await newsroom.get("/v1/search", q="konsulate khankendi", typos="off")
    assert strict["query"]["corrected"] is None
    assert strict["query"]["relaxed"] is True


async def test_a_list_by_value_is_relaxed_only_by_wish(newsroom: Search) -> None:
    asked = {"q": "tunnel flamingos khankendi", "sort": "oldest"}
    assert await newsroom.found(**asked) == []
    assert await newsroom.found(**asked, match="any") == [
        "Opening a consulate in Khankendi",
        "Flamingos return",
        "Tunnel breaks through",
    ]
    assert await newsroom.found(q="tunnel flamingos khankendi", match="all") == []
    problem = await newsroom.get("/v1/search", match="al", status=400)
    assert problem["errors"][0]["nearest"] == "all"


async def test_words_are_looked_for_where_the_reader_says(newsroom: Search) -> None:
    assert await newsroom.found(q="tunnel", **{"in": "title"}) == ["Tunnel breaks through"]
    assert await newsroom.found(q="tunnel", **{"in": "authors"}) == []
    problem = await newsroom.get("/v1/search", **{"in": "titel"}, status=400)
    assert problem["errors"][0]["nearest"] == "title"


async def test_words_of_a_just_indexed_article_are_known_at_once(newsroom: Search) -> None:
    await newsroom.index(new=enriched("new", title="Zeppelins over Merel"))
    found = await newsroom.get("/v1/search", q="zepelins")
    assert found["query"]["corrected"] == "zeppelins"


@pytest.mark.parametrize(
    ("asked", "titles"),
    [
        ({"category": "News"}, {"Opening", "Tunnel"}),
        ({"category": "News>Economy"}, {"Opening", "Tunnel"}),
        ({"category": "-News"}, {"Flamingos"}),
        ({"category": "Culture,Opinion"}, {"Opening", "Flamingos"}),
        ({"category": ["Culture", "Opinion"]}, {"Opening", "Flamingos"}),
        ({"author": "Smith\\, John"}, {"Opening"}),
        ({"author": "Smith, John"}, set()),
        ({"tag": "korva-ridge"}, {"Tunnel"}),
        ({"tag": "Korva Ridge"}, {"Tunnel"}),
        ({"language": "en"}, {"Opening", "Tunnel", "Flamingos"}),
        ({"language": "en-GB"}, {"Flamingos"}),
        ({"year": "2025"}, {"Tunnel"}),
        ({"publisher": "demo", "year": "2024"}, {"Opening", "Flamingos"}),
        ({"published_to": "2024-05-01"}, {"Opening"}),
        ({"published_from": "2024-05-02T10:00:00Z"}, {"Flamingos", "Tunnel"}),
        ({"read_minutes_min": "3", "read_minutes_max": "3"}, {"Opening"}),
        ({"q": "consulate -tunnel"}, {"Opening"}),
        ({"q": '"consulate general"'}, {"Opening"}),
    ],
)
async def test_filters(newsroom: Search, asked: dict[str, str], titles: set[str]) -> None:
    found = await newsroom.found(**asked)
    assert {title.split()[0] for title in found} == titles


@pytest.mark.parametrize(
    ("sort", "first_words"),
    [
        ("newest", ["Tunnel", "Flamingos", "Opening"]),
        ("oldest", ["Opening", "Flamingos", "Tunnel"]),
        ("shortest", ["Flamingos", "Opening", "Tunnel"]),
        ("longest", ["Tunnel", "Opening", "Flamingos"]),
        ("relevance", ["Tunnel", "Flamingos", "Opening"]),
    ],
)
async def test_sorts(newsroom: Search, sort: str, first_words: list[str]) -> None:
    assert [title.split()[0] for title in await newsroom.found(sort=sort)] == first_words


async def test_facets_leave_their_own_filter_out_and_list_what_is_selected(
    newsroom: Search,
) -> None:
    body = await newsroom.get(
        "/v1/search", category="Culture", facets="category,year", facet_size="1"
    )
    assert body["facets"] == {
        "category": [
            {"value": "News", "filter": "News", "count": 2, "selected": False},
            {"value": "Culture", "filter": "Culture", "count": 1, "selected": True},
        ],
        "year": [{"value": "2024", "filter": "2024", "count": 1, "selected": False}],
    }


async def test_a_histogram_counts_by_period_from_the_oldest_to_the_newest(
    newsroom: Search,
) -> None:
    """The three were published on 1 and 2 May 2024 and on 5 June 2025."""
    body = await newsroom.get("/v1/search", facets="published_at,year", page_size="1")
    months = body["facets"]["published_at"]
    assert [one["value"] for one in months] == [
        *(f"2024-{month:02}" for month in range(5, 13)),
        *(f"2025-{month:02}" for month in range(1, 7)),
    ]
    assert [one["count"] for one in months] == [2, *[0] * 12, 1]
    assert months[0] == {
        "value": "2024-05",
        "published_from": "2024-05-01",
        "published_to": "2024-05-31",
        "count": 2,
        "selected": False,
    }
    chosen = {name: months[0][name] for name in ("published_from", "published_to")}
    days = await newsroom.get(
        "/v1/search", **chosen, q="consulate OR pink", facets="published_at", interval="day"
    )
    assert [(one["value"], one["count"]) for one in days["facets"]["published_at"]] == [
        ("2024-05-01", 1),
        ("2024-05-02", 1),
    ]
    again = await newsroom.get("/v1/search", **chosen, facets="published_at")
    assert [(one["value"], one["selected"]) for one in again["facets"]["published_at"]] == [
        ("2024-05", True)
    ]
    years = await newsroom.get("/v1/search", facets="published_at", interval="year", facet_size="1")
    assert [(one["value"], one["count"]) for one in years["facets"]["published_at"]] == [
        ("2025", 1)
    ]
    nothing = await newsroom.get("/v1/search", q="zzz", facets="published_at")
    assert nothing["facets"] == {"published_at": []}


async def test_a_tag_chosen_by_its_slug_is_shown_as_selected(newsroom: Search) -> None:
    body = await newsroom.get("/v1/search", tag="korva-ridge", facets="tag")
    selected = [(one["value"], one["count"]) for one in body["facets"]["tag"] if one["selected"]]
    assert selected == [("Korva Ridge", 1)]


@pytest.mark.parametrize(
    ("path", "asked", "field", "nearest"),
    [
        ("search", {"pagesize": "1"}, "pagesize", "page_size"),
        ("search", {"utm_source": "x"}, "utm_source", None),
        ("search", {"sort": "newst"}, "sort", "newest"),
        ("search", {"page": "0"}, "page", None),
        ("search", {"page": "999999"}, "page", None),
        ("search", {"page": "51", "page_size": "20"}, "page", None),
        ("search", {"page_size": "0"}, "page_size", None),
        ("search", {"page_size": "101"}, "page_size", None),
        ("search", {"facets": "title"}, "facets", None),
        ("search", {"facets": "categories"}, "facets", "category"),
        ("search", {"facets": "published_on"}, "facets", "published_at"),
        ("search", {"interval": "months"}, "interval", "month"),
        ("search", {"facet_size": "201"}, "facet_size", None),
        ("search", {"fields": "body"}, "fields", None),
        ("search", {"highlight": "yes"}, "highlight", None),
        ("search", {"typos": "on"}, "typos", None),
        ("search", {"collapse": "stories"}, "collapse", "story"),
        ("search", {"published_from": "yesterday"}, "published_from", None),
        ("search", {"read_minutes_min": "-1"}, "read_minutes_min", None),
        ("search", {"q": "x" * 513}, "q", None),
        ("search", {"page": "1", "cursor": "x"}, "page", None),
        ("latest", {"limit": "101"}, "limit", None),
        ("most-viewed", {"window": "1y"}, "window", None),
        ("articles/by-url", {"url": "not a url"}, "url", None),
        ("articles/by-url", {"url": "http://[::1"}, "url", None),
        ("articles/x", {"include": "relatd"}, "include", "related"),
    ],
)
async def test_what_cannot_be_taken_is_a_problem_that_names_it(
    search: Search, path: str, asked: dict[str, str], field: str, nearest: str | None
) -> None:
    if path == "articles/x":
        await search.index(x=enriched("x"))
        path = f"articles/{identified('x')}"
    answer = await search.client.get(f"/v1/{path}", params=asked)
    assert answer.status_code == 400, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    (error,) = answer.json()["errors"]
    assert (error["field"], error["nearest"]) == (field, nearest)


@pytest.mark.parametrize(
    "q", ["", '"', "-", "* OR title:x", "a AND (b", "\x00\ud7ff", "😀", "ا" * 400]
)
async def test_any_unicode_is_an_answer(newsroom: Search, q: str) -> None:
    body = await newsroom.get("/v1/search", q=q, highlight="true", facets="category")
    assert body["query"]["q"] == q.strip()


async def test_a_list_shows_only_the_fields_asked_for(newsroom: Search) -> None:
    body = await newsroom.get("/v1/search", fields="id,title", page_size="1")
    assert set(body["hits"][0]["article"]) == {"id", "title"}


async def test_highlights_are_escaped(newsroom: Search) -> None:
    body = await newsroom.get("/v1/search", q="flamingos", highlight="true")
    (fragment,) = body["hits"][0]["highlight"]["body"]
    assert fragment.startswith("&lt;script&gt;alert(1)&lt;/script&gt; <mark>Flamingos</mark>")


async def test_an_explanation_says_where_the_words_are(newsroom: Search) -> None:
    body = await newsroom.get("/v1/search", q="khankendi", explain="1")
    assert set(body["hits"][0]["explanation"]) == {"title", "tags", "body"}


async def test_the_same_answer_is_not_sent_twice(newsroom: Search) -> None:
    first = await newsroom.client.get("/v1/search", params={"q": "consulate"})
    tag = first.headers["etag"]
    assert tag.startswith('W/"')
    assert first.headers["cache-control"] == "max-age=5, stale-while-revalidate=30"
    assert first.headers["server-timing"].startswith("total;dur=")
    await newsroom.client.post(f"/v1/articles/{identified('consulate')}/views")
    again = await newsroom.client.get(
        "/v1/search", params={"q": "consulate"}, headers={"If-None-Match": tag}
    )
    assert (again.status_code, again.content) == (304, b"")
    await newsroom.index(consulate=enriched("consulate", title="A consulate", revision=2))
    changed = await newsroom.client.get(
        "/v1/search", params={"q": "consulate"}, headers={"If-None-Match": tag}
    )
    assert changed.status_code == 200


async def test_suggestions_begin_as_what_was_typed(newsroom: Search) -> None:
    async def suggested(q: str) -> list[tuple[str, str, str]]:
        items = (await newsroom.get("/v1/suggest", q=q))["items"]
        return [(item["kind"], item["text"], item["id"]) for item in items]

    await eventually(lambda: suggested("rid"), [("tag", "Korva Ridge", "korva-ridge")])
    assert await suggested("opening a c") == [
        ("title", "Opening a consulate in Khankendi", identified("consulate"))
    ]
    assert await suggested("eco") == [("category", "News > Economy", "News > Economy")]
    assert await suggested("ana l") == [("author", "Ana Lee", "Ana Lee")]
    assert await suggested("  ") == []


async def test_tags_and_categories_are_listed_with_their_counts(newsroom: Search) -> None:
    assert (await newsroom.get("/v1/tags", limit=1))["items"] == [
        {"slug": "khankendi", "name": "Khankendi", "kind": "place", "count": 1}
    ]
    categories = (await newsroom.get("/v1/categories"))["items"]
    assert [(one["path"], one["count"]) for one in categories] == [
        ("News", 2),
        ("Culture", 1),
        ("Opinion", 1),
    ]
    assert categories[0]["children"] == [
        {"name": "Economy", "path": "News > Economy", "count": 2, "children": []}
    ]


async def test_latest_of_a_category(newsroom: Search) -> None:
    items = (await newsroom.get("/v1/latest", category="News", limit=1))["items"]
    assert [item["title"] for item in items] == ["Tunnel breaks through"]
    assert set(items[0]) == CARD


async def test_browsers_may_ask_from_allowed_origins_only(search: Search) -> None:
    allowed = await search.client.get("/v1/latest", headers={"Origin": "http://localhost:3000"})
    assert allowed.headers["access-control-allow-origin"] == "http://localhost:3000"
    other = await search.client.get("/v1/latest", headers={"Origin": "https://evil.example"})
    assert "access-control-allow-origin" not in other.headers


async def test_long_answers_are_compressed(newsroom: Search) -> None:
    answer = await newsroom.client.get("/v1/search", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["content-encoding"] == "gzip"


async def test_the_document_of_the_api_names_every_parameter(search: Search) -> None:
    document = await search.get("/openapi.json")
    parameters = document["paths"]["/v1/search"]["get"]["parameters"]
    names = {parameter["name"] for parameter in parameters}
    assert {"q", "category", "published_from", "cursor", "facet_size", "collapse"} <= names
    assert "SearchAnswer" in document["components"]["schemas"]


@pytest.mark.parametrize("path", ["/v1/search", "/v1/nothing", "/v1/search?x=1", "/feed.xml", "/"])
async def test_a_cache_never_gives_one_origin_the_answer_for_another(
    newsroom: Search, path: str
) -> None:
    """Also where no origin asked, or one that may not."""
    for origin in ({}, {"Origin": "http://localhost:3000"}, {"Origin": "https://x.example"}):
        answer = await newsroom.client.get(path, headers=origin)
        assert "Origin" in answer.headers["vary"].split(", ")
        allowed = answer.headers.get("access-control-allow-origin")
        assert allowed == (origin["Origin"] if "localhost" in str(origin) else None)
    tag = (await newsroom.client.get("/v1/search")).headers["etag"]
    again = await newsroom.client.get("/v1/search", headers={"If-None-Match": tag})
    assert again.status_code == 304
    assert "Origin" in again.headers["vary"].split(", ")
