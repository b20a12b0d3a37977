"""The contract of the query API, line by line, against a running service on both engines."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio

from tests.builders import LONG_AGO, enriched, identified, withdrawn
from tests.search_service import Search
from tests.waiting import eventually

pytestmark = pytest.mark.asyncio(loop_scope="module")
Asked = dict[str, Any]
CARD = {
    *("id", "title", "summary", "url", "published_at", "updated_at", "revision", "authors"),
    *("publisher", "language", "categories", "tags", "read_minutes", "views", "image"),
}
BAKU = datetime(2024, 12, 31, 22, 30, tzinfo=UTC)  # The new year had begun there.
TOLD: dict[str, dict[str, Any]] = {
    "tunnel": {
        "title": "Tunnel breaks through",
        "body": "The drills met under the ridge. Engineers of the U.S. and Baku's own cheered.",
        "categories": ["News > Economy", "Opinion"],
        "tags": ["Korva Ridge", "tunnel"],
        "authors": ["Smith, John", "Ana Lee"],
        "minutes": 3,
    },
    "bridge": {
        "title": "The bridge reopens",
        "body": "COVID-19 had closed the bridge for 3.5 years, O'Neill said. Drills went on.",
        "categories": ["News > Politics > Foreign"],
        "tags": ["Korva Ridge"],
        "authors": ["Ana Lee"],
        "published_at": LONG_AGO + timedelta(days=1),
        "minutes": 5,
        "language": "en-GB",
    },
    "flamingos": {
        "title": "Flamingos return",
        "body": "<script>alert(1)</script> Pink ones, to be or not to be counted.",
        "summary": "Two thousand birds.",
        "categories": ["Science"],
        "tags": ["-ice", "a\\b"],
        "authors": ["-minus"],
        "published_at": BAKU,
        "minutes": 1,
    },
    "erdogan": {
        "title": "Erdoğan visits Şəki",
        "body": "In İstanbul and Naxçıvan the talks went on; ЁЛКА stood in Мурманск.",
        "categories": ["News"],
        "tags": ["Şəki"],
        "authors": ["Çingiz Aytmatov"],
        "language": "az",
        "published_at": LONG_AGO + timedelta(days=500),
        "minutes": 7,
    },
    "chair": {
        "title": "Chair, table, lamp",
        "body": "Furniture. " + "Wood was cut. " * 60,
        "categories": ["Life>Home"],
        "tags": [],
        "language": "fr",
        "published_at": LONG_AGO + timedelta(seconds=1),
        "minutes": 12,
    },
    "archive": {
        "title": "A report of 1963",
        "body": "Telex from the archive; the senate sat.",
        "categories": ["Archive"],
        "published_at": datetime(1963, 11, 22, 18, 30, tzinfo=UTC),
        "minutes": 0,
    },
    **{
        f"many{number}": {
            "title": f"Weather bulletin {number}",
            "body": "Rain over the valley, wind from the north.",
            "categories": ["Weather"],
            "tags": ["rain", f"day {number}"],
            "authors": ["The desk"],
            "published_at": LONG_AGO - timedelta(days=number // 3 + 1),
            "minutes": 2,
        }
        for number in range(14)
    },
}
CHEERS = "Engineers of the U.S. and Baku&#x27;s own cheered."
ESCAPED = "&lt;script&gt;alert(1)&lt;/script&gt;"
MANY = {name for name in TOLD if name.startswith("many")}
OTHERS = set(TOLD) - MANY
ALL = set(TOLD)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def search(module_search: Search) -> AsyncIterator[Search]:
    secret = enriched(
        "secret",
        title="Embargoed zeppelin",
        tags=["hush"],
        categories=["Secret"],
        authors=["Nobody Yet"],
        published_at=datetime.now(UTC) + timedelta(days=1),
    )
    gone = enriched("gone", title="Gone dirigible", tags=["gone"], categories=["Gone"])
    articles = {name: enriched(name, **told) for name, told in TOLD.items()}
    articles["tunnel"] = enriched("tunnel", **TOLD["tunnel"], links=("bridge", "gone", "secret"))
    await module_search.index(**articles, secret=secret, gone=gone)
    await module_search.index(gone=withdrawn("gone"))
    await eventually(lambda: _suggests(module_search, "korva"), True)  # noqa: FBT003
    yield module_search


async def _suggests(search: Search, q: str) -> bool:
    return bool((await search.get("/v1/suggest", q=q))["items"])


NAMES = {identified(name): name for name in ALL}


def names(body: dict[str, Any]) -> list[str]:
    return [NAMES[hit["article"]["id"]] for hit in body["hits"]]


async def found(search: Search, **asked: Any) -> set[str]:  # noqa: ANN401
    return set(names(await search.get("/v1/search", page_size=100, **asked)))


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"category": "News"}, {"tunnel", "bridge", "erdogan"}),
        ({"category": "News > Economy"}, {"tunnel"}),
        ({"category": "News>Economy"}, {"tunnel"}),
        ({"category": " News  >  Economy "}, {"tunnel"}),
        ({"category": "News > Politics"}, {"bridge"}),
        ({"category": "News > Politics > Foreign"}, {"bridge"}),
        ({"category": "Economy"}, set()),
        ({"category": "news"}, set()),
        ({"category": "Life"}, {"chair"}),
        ({"category": "Life > Home"}, {"chair"}),
        ({"category": "Science,Archive"}, {"flamingos", "archive"}),
        ({"category": ["Science", "Archive"]}, {"flamingos", "archive"}),
        ({"category": ["Science,Archive", "Life"]}, {"flamingos", "archive", "chair"}),
        ({"category": "News,-News > Economy"}, {"bridge", "erdogan"}),
        ({"category": ["News", "-Opinion"]}, {"bridge", "erdogan"}),
        ({"category": "-Weather"}, OTHERS),
        ({"category": "-Weather,-News"}, {"flamingos", "chair", "archive"}),
        ({"category": ""}, ALL),
        ({"category": ","}, ALL),
        ({"category": "-"}, ALL),
        ({"category": "Nowhere"}, set()),
        ({"category": "-Nowhere"}, ALL),
        ({"category": "Secret"}, set()),
        ({"category": "Gone"}, set()),
        ({"category": "Opinion", "author": "Ana Lee"}, {"tunnel"}),
        ({"category": "Opinion", "author": "The desk"}, set()),
        ({"tag": "Korva Ridge"}, {"tunnel", "bridge"}),
        ({"tag": "korva-ridge"}, {"tunnel", "bridge"}),
        ({"tag": "Korva Ridge,rain"}, {"tunnel", "bridge"} | MANY),
        ({"tag": "-korva-ridge", "category": "News"}, {"erdogan"}),
        ({"tag": "-Korva Ridge", "category": "News"}, {"erdogan"}),
        ({"tag": "\\-ice"}, {"flamingos"}),
        ({"tag": "-\\-ice", "category": "Science"}, set()),
        ({"tag": "a\\\\b"}, {"flamingos"}),
        ({"tag": "a\\b"}, {"flamingos"}),
        ({"tag": "Şəki"}, {"erdogan"}),
        ({"tag": "Sheki"}, set()),
        ({"tag": "day 3"}, {"many3"}),
        ({"author": "Smith\\, John"}, {"tunnel"}),
        ({"author": "Smith, John"}, set()),
        ({"author": "Smith\\, John,The desk"}, {"tunnel"} | MANY),
        ({"author": "\\-minus"}, {"flamingos"}),
        ({"author": "-Ana Lee", "category": "News"}, {"erdogan"}),
        ({"author": "Çingiz Aytmatov"}, {"erdogan"}),
        ({"publisher": "demo"}, ALL),
        ({"publisher": "-demo"}, set()),
        ({"publisher": "demo,other"}, ALL),
        ({"language": "en"}, ALL - {"erdogan", "chair"}),
        ({"language": "en-GB"}, {"bridge"}),
        ({"language": "az,fr"}, {"erdogan", "chair"}),
        ({"language": "-en"}, {"erdogan", "chair"}),
        ({"language": "-en-GB", "category": "News"}, {"tunnel", "erdogan"}),
        ({"year": "1963"}, {"archive"}),
        ({"year": "2024,1963"}, ALL - {"erdogan"}),
        ({"year": "2025"}, {"erdogan"}),
        ({"year": "-2024"}, {"archive", "erdogan"}),
        ({"published_from": "2024-05-02"}, {"bridge", "flamingos", "erdogan"}),
        ({"published_from": "2024-05-01T10:00:01Z"}, {"chair", "bridge", "flamingos", "erdogan"}),
        ({"published_from": "2024-05-01T12:00:01+02:00", "published_to": "2024-05-01"}, {"chair"}),
        ({"published_from": "2024-05-01T10:00:00.000Z", "published_to": "2024-05-01"},
         {"tunnel", "chair"}),
        ({"published_from": "2024-05-01T10:00:00.5Z", "published_to": "2024-05-01"}, {"chair"}),
        ({"published_to": "1963-11-22"}, {"archive"}),
        ({"published_to": "1963-11-21"}, set()),
        ({"published_to": "1963-11-22T18:30:00Z"}, {"archive"}),
        ({"published_to": "1963-11-22T18:29:59Z"}, set()),
        ({"published_from": "2024-12-31", "published_to": "2024-12-31"}, {"flamingos"}),
        ({"published_from": "2025-01-01", "published_to": "2024-01-01"}, set()),
        ({"published_from": "1700-01-01", "published_to": "2200-12-31"}, ALL),
        ({"read_minutes_min": "0"}, ALL),
        ({"read_minutes_min": "7"}, {"erdogan", "chair"}),
        ({"read_minutes_max": "1"}, {"flamingos", "archive"}),
        ({"read_minutes_min": "3", "read_minutes_max": "5"}, {"tunnel", "bridge"}),
        ({"read_minutes_min": "5", "read_minutes_max": "3"}, set()),
        ({"read_minutes_max": "0"}, {"archive"}),
        ({"category": "News", "tag": "korva-ridge", "language": "en-GB", "year": "2024"},
         {"bridge"}),
    ],
)  # fmt: skip
async def test_filters(search: Search, asked: Asked, expected: set[str]) -> None:
    assert await found(search, **asked) == expected


@pytest.mark.parametrize(
    ("q", "expected"),
    [
        ("tunnel", {"tunnel"}),
        ("TUNNEL", {"tunnel"}),
        ("tunnels", {"tunnel"}),
        ("Ｔｕｎｎｅｌ", {"tunnel"}),
        ("korva", {"tunnel", "bridge"}),
        ("aytmatov", {"erdogan"}),
        ("cingiz", {"erdogan"}),
        ("thousand birds", {"flamingos"}),
        ("drills ridge", {"tunnel", "bridge"}),
        ('"drills met"', {"tunnel"}),
        ('"met drills"', set()),
        ("„drills met“", {"tunnel"}),
        ("«drills met»", {"tunnel"}),
        ('"drills met', {"tunnel"}),
        ('"to be or not to be"', {"flamingos"}),
        ('"drills met" -ana', set()),
        ('"through the drills"', set()),
        ("drills -bridge", {"tunnel"}),
        ('drills -"drills met"', {"bridge"}),
        ("-weather -tunnel", OTHERS - {"tunnel"}),
        ("drills -", {"tunnel", "bridge"}),
        ("us", {"tunnel"}),
        ("U.S.", {"tunnel"}),
        ("baku", {"tunnel"}),
        ("Baku's", {"tunnel"}),
        ("oneill", {"bridge"}),
        ("o'neill", {"bridge"}),
        ("O’Neill", {"bridge"}),
        ("3.5", {"bridge"}),
        ("covid-19", {"bridge"}),
        ("covid 19", {"bridge"}),
        ("erdogan", {"erdogan"}),
        ("Erdoğan", {"erdogan"}),
        ("ERDOĞAN", {"erdogan"}),
        ("Erdog\u0306an", {"erdogan"}),
        ("istanbul", {"erdogan"}),
        ("ISTANBUL", {"erdogan"}),
        ("ıstanbul", {"erdogan"}),
        ("İSTANBUL", {"erdogan"}),
        ("naxcivan", {"erdogan"}),
        ("NAXÇIVAN", {"erdogan"}),
        ("елка", {"erdogan"}),
        ("ёлка", {"erdogan"}),
        ("мурманск", {"erdogan"}),
        ("şəki", {"erdogan"}),
        ("saki", {"erdogan"}),
        ("1963", {"archive"}),
        ("*", set()),
        ("(", set()),
        ("", ALL),
        ("   ", ALL),

        ("zeppelin", set()),
        ("dirigible", set()),
        ("hush", set()),
        ("title:tunnel", {"tunnel"}),
    ],
)  # fmt: skip
async def test_words(search: Search, q: str, expected: set[str]) -> None:
    assert await found(search, q=q, typos="off") == expected


@pytest.mark.parametrize(
    ("q", "corrected", "first"),
    [
        ("tunel", "tunnel", "tunnel"),
        ("tunnle", "tunnel", "tunnel"),
        ("tonnel bridge", "tunnel bridge", None),
        ("flamimgoes", "flamingos", "flamingos"),
        ("FLAMIMGOS!", "flamingos!", "flamingos"),
        ("rturn flamingos", "return flamingos", "flamingos"),
        ("xunnel", "tunnel", "tunnel"),
        ("tun", None, None),
        ("cha", None, None),
        ("chiar", "chair", "chair"),
        ("chxxr", None, None),
        ("tunnel", None, "tunnel"),
        ('"tunel"', None, None),
        ("flamingos -tunel", None, "flamingos"),
        ("seki", "saki", "erdogan"),
        ("erdagon", "erdogan", "erdogan"),
    ],
)
async def test_typos_are_set_right_when_hits_are_few(
    search: Search, q: str, corrected: str | None, first: str | None
) -> None:
    body = await search.get("/v1/search", q=q)
    assert body["query"]["corrected"] == corrected
    assert body["query"]["q"] == q.strip()
    if first:
        assert names(body)[0] == first
    off = await search.get("/v1/search", q=q, typos="off")
    assert off["query"]["corrected"] is None


@pytest.mark.parametrize(
    ("q", "relaxed", "total"),
    [
        ("rain wind", False, 14),
        ("rain tunnel", True, 15),
        ("tunnel flamingos", True, 2),
        ("tunnel through", False, 1),
        ('"rain over" tunnel', False, 0),
        ("rain tunnel -bulletin", True, 1),
        ("tunnel", False, 1),
        ("nothing", False, 0),
    ],
)
async def test_any_word_is_enough_when_fewer_than_ten_have_all(
    search: Search, q: str, *, relaxed: bool, total: int
) -> None:
    body = await search.get("/v1/search", q=q, typos="off", facets="category")
    assert (body["query"]["relaxed"], body["total"]) == (relaxed, total)
    of_facets = sum(one["count"] for one in body["facets"]["category"] if ">" not in one["value"])
    assert of_facets >= total
    # The order of a value never relaxes by itself.
    asked: Asked = {"q": q, "typos": "off", "sort": "newest", "facets": "category"}
    newest = await search.get("/v1/search", **asked, match="any" if relaxed else "auto")
    assert (newest["total"], newest["facets"]) == (total, body["facets"])
    dates = [hit["article"]["published_at"] for hit in newest["hits"]]
    assert dates == sorted(dates, reverse=True)


@pytest.mark.parametrize(
    ("asked", "first"),
    [
        ({"sort": "newest"}, ["erdogan", "flamingos", "bridge", "chair", "tunnel"]),
        ({"sort": "oldest"}, ["archive"]),
        ({"sort": "shortest"}, ["archive", "flamingos"]),
        ({"sort": "longest"}, ["chair", "erdogan", "bridge", "tunnel"]),
        ({"sort": "relevance"}, ["erdogan", "flamingos", "bridge"]),
        ({}, ["erdogan", "flamingos", "bridge"]),
        ({"q": "-weather"}, ["erdogan", "flamingos", "bridge"]),
        ({"q": "tunnel breaks through"}, ["tunnel"]),
        ({"q": "the bridge reopens"}, ["bridge"]),
        ({"q": "drills", "sort": "oldest"}, ["tunnel", "bridge"]),
        ({"q": "drills", "sort": "longest"}, ["bridge", "tunnel"]),
    ],
)
async def test_orders(search: Search, asked: Asked, first: list[str]) -> None:
    assert names(await search.get("/v1/search", **asked))[: len(first)] == first


@pytest.mark.parametrize("sort", ["newest", "oldest", "shortest", "longest"])
async def test_ties_go_by_id_and_the_reverse_order_mirrors_them(search: Search, sort: str) -> None:
    reverse = {"newest": "oldest", "shortest": "longest"}
    opposite = reverse.get(sort) or next(one for one in reverse if reverse[one] == sort)
    there = names(await search.get("/v1/search", sort=sort, page_size=100))
    back = names(await search.get("/v1/search", sort=opposite, page_size=100))
    assert there == back[::-1]
    assert len(there) == len(ALL)


@pytest.mark.parametrize(
    ("asked", "facet", "expected"),
    [
        ({}, "category", [("Weather", 14, False), ("News", 3, False), ("Archive", 1, False)]),
        ({"category": "News"}, "category", [("Weather", 14, False), ("News", 3, True)]),
        ({"category": "News"}, "year", [("2024", 2, False), ("2025", 1, False)]),
        ({"category": "News > Politics > Foreign", "facet_size": 1}, "category",
         [("Weather", 14, False), ("News > Politics > Foreign", 1, True)]),
        ({"category": "Nowhere", "facet_size": 1}, "category",
         [("Weather", 14, False), ("Nowhere", 0, True)]),
        ({"category": "-Weather", "facet_size": 1}, "category", [("News", 3, False)]),
        ({"tag": "korva-ridge", "facet_size": 1}, "tag",
         [("rain", 14, False), ("Korva Ridge", 2, True)]),
        ({"tag": "tunnel", "author": "Ana Lee"}, "tag",
         [("Korva Ridge", 2, False), ("tunnel", 1, True)]),
        ({"tag": "tunnel", "author": "Ana Lee"}, "author",
         [("Ana Lee", 1, True), ("Smith, John", 1, False)]),
        ({"language": "en", "facet_size": 2}, "language", [("en", 18, True), ("az", 1, False)]),
        ({"q": "drills"}, "tag", [("Korva Ridge", 2, False), ("tunnel", 1, False)]),
        ({"year": "1963"}, "year",
         [("2024", 18, False), ("1963", 1, True), ("2025", 1, False)]),
        ({"category": "Secret", "facet_size": 1}, "category",
         [("Weather", 14, False), ("Secret", 0, True)]),
        ({"published_to": "1963-12-31"}, "publisher", [("demo", 1, False)]),
    ],
)  # fmt: skip
async def test_facets(
    search: Search, asked: Asked, facet: str, expected: list[tuple[str, int, bool]]
) -> None:
    body = await search.get("/v1/search", facets=facet, page_size=1, **asked)
    shown = [(one["value"], one["count"], one["selected"]) for one in body["facets"][facet]]
    assert shown[: len(expected)] == expected
    assert list(body["facets"]) == [facet]


@pytest.mark.parametrize("facet", ["category", "tag", "author", "publisher", "language", "year"])
async def test_every_filter_of_a_facet_finds_as_many_as_were_counted(
    search: Search, facet: str
) -> None:
    body = await search.get("/v1/search", facets=facet, facet_size=200)
    assert body["facets"][facet]
    for one in body["facets"][facet]:
        chosen = await search.get("/v1/search", **{facet: one["filter"], "page_size": 1})
        assert chosen["total"] == one["count"], one


async def test_no_facets_asked_none_given(search: Search) -> None:
    assert (await search.get("/v1/search"))["facets"] == {}
    several = await search.get("/v1/search", facets=["year", "tag,author"], facet_size=1)
    assert list(several["facets"]) == ["year", "tag", "author"]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"page_size": 7}, (20, 1, 7, 3, 7)),
        ({"page_size": 7, "page": 3}, (20, 3, 7, 3, 6)),
        ({"page_size": 7, "page": 4}, (20, 4, 7, 3, 0)),
        ({"page_size": 100}, (20, 1, 100, 1, 20)),
        ({"page_size": 100, "page": 10}, (20, 10, 100, 1, 0)),
        ({"page_size": 1, "page": 1000}, (20, 1000, 1, 20, 0)),
        ({}, (20, 1, 20, 1, 20)),
        ({"category": "Nowhere"}, (0, 1, 20, 0, 0)),
    ],
)
async def test_pages(search: Search, asked: Asked, expected: tuple[int, ...]) -> None:
    body = await search.get("/v1/search", **asked)
    counted = (body["total"], body["page"], body["page_size"], body["pages"], len(body["hits"]))
    assert counted == expected
    at_the_end = counted[1] * counted[2] >= counted[0]
    assert (body["next_cursor"] is None) is at_the_end


@pytest.mark.parametrize("sort", ["relevance", "newest", "oldest", "shortest", "longest"])
@pytest.mark.parametrize("q", ["", "rain", "tunnel flamingos rain"])
async def test_a_walk_by_cursor_is_the_list(search: Search, sort: str, q: str) -> None:
    asked: Asked = {"q": q, "sort": sort, "typos": "off"}
    whole = names(await search.get("/v1/search", page_size=100, **asked))
    walked: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        body = await search.get("/v1/search", page_size=4, cursor=cursor, **asked)
        walked += names(body)
        cursor = body["next_cursor"]
    assert walked == whole


@pytest.mark.parametrize(
    "changed",
    [
        {"q": "wind"},
        {"category": "Weather"},
        {"tag": "-day 1"},
        {"year": "2024"},
        {"read_minutes_min": 1},
        {"published_to": "2030-01-01"},
        {"sort": "oldest"},
        {"typos": "off"},
    ],
)
@pytest.mark.parametrize("sort", ["relevance", "newest"])
async def test_a_cursor_with_other_filters_is_a_mismatch(
    search: Search, changed: Asked, sort: str
) -> None:
    asked: Asked = {"q": "rain", "sort": sort, "page_size": 3}
    cursor = (await search.get("/v1/search", **asked))["next_cursor"]
    problem = await search.get("/v1/search", status=400, **{**asked, **changed, "cursor": cursor})
    assert problem["code"] == "cursor_mismatch"


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ("id", {"id"}),
        ("id,title", {"id", "title"}),
        (["id", "views,image"], {"id", "views", "image"}),
        ("", CARD),
        (" id , title ", {"id", "title"}),
    ],
)
async def test_fields(search: Search, fields: str | list[str], expected: set[str]) -> None:
    body = await search.get("/v1/search", q="tunnel", fields=fields)
    assert set(body["hits"][0]["article"]) == expected


@pytest.mark.parametrize(
    ("asked", "title", "body"),
    [
        ({"q": "tunnel"}, "<mark>Tunnel</mark> breaks through", None),
        ({"q": "tunnels breaking"}, "<mark>Tunnel</mark> <mark>breaks</mark> through", None),
        ({"q": "drills ridge", "category": "Opinion"}, None,
         [f"The <mark>drills</mark> met under the <mark>ridge</mark>. {CHEERS}"]),
        ({"q": '"drills met"'}, None,
         [f"The <mark>drills met</mark> under the ridge. {CHEERS}"]),
        ({"q": "pink"}, None,
         [f"{ESCAPED} <mark>Pink</mark> ones, to be or not to be counted."]),
        ({"q": "erdogan"}, "<mark>Erdoğan</mark> visits Şəki", None),
        ({"q": "tunel"}, "<mark>Tunnel</mark> breaks through", None),
        ({"category": "Opinion"}, None, None),
    ],
)  # fmt: skip
async def test_highlights(
    search: Search, asked: Asked, title: str | None, body: list[str] | None
) -> None:
    hit = (await search.get("/v1/search", highlight="true", **asked))["hits"][0]
    # Whether neighbouring words of a phrase share a mark is the engine's choice.
    shown = json.loads(json.dumps(hit["highlight"]).replace("</mark> <mark>met", " met"))
    assert shown == {"title": title, "body": body}
    off = (await search.get("/v1/search", highlight="false", **asked))["hits"][0]
    assert off["highlight"] is None


async def test_a_long_body_is_cut_round_the_words(search: Search) -> None:
    (hit,) = (await search.get("/v1/search", q="wood", highlight="1"))["hits"]
    fragments = hit["highlight"]["body"]
    assert 1 <= len(fragments) <= 2
    assert all(len(one.replace("<mark>", "").replace("</mark>", "")) <= 170 for one in fragments)
    assert all("<mark>Wood</mark>" in one for one in fragments)


@pytest.mark.parametrize(
    ("path", "asked", "field", "nearest"),
    [
        ("search", {"pagesize": "1"}, "pagesize", "page_size"),
        ("search", {"catgory": "News"}, "catgory", "category"),
        ("search", {"querry": "x"}, "querry", None),
        ("search", {"Q": "x"}, "Q", "q"),
        ("search", {"sort": "popular"}, "sort", None),
        ("search", {"sort": "Newest"}, "sort", "newest"),
        ("search", {"page": "-1"}, "page", None),
        ("search", {"page": "1.5"}, "page", None),
        ("search", {"page": "١"}, "page", None),
        ("search", {"page": "2", "page_size": "501"}, "page_size", None),
        ("search", {"page": "11", "page_size": "100"}, "page", None),
        ("search", {"page": "1001", "page_size": "1"}, "page", None),
        ("search", {"facets": "tags"}, "facets", "tag"),
        ("search", {"facet_size": "0"}, "facet_size", None),
        ("search", {"fields": "titel"}, "fields", "title"),
        ("search", {"highlight": "True"}, "highlight", "true"),
        ("search", {"explain": "yes"}, "explain", None),
        ("search", {"typos": "of"}, "typos", "off"),
        ("search", {"collapse": "true"}, "collapse", None),
        ("search", {"published_from": "2024-13-01"}, "published_from", None),
        ("search", {"published_from": "2024-02-30"}, "published_from", None),
        ("search", {"published_from": "2024-01-01T00:00:00"}, "published_from", None),
        ("search", {"published_to": "1699-12-31"}, "published_to", None),
        ("search", {"published_to": "2201-01-01"}, "published_to", None),
        ("search", {"read_minutes_max": "many"}, "read_minutes_max", None),
        ("search", {"q": "ä" * 513}, "q", None),
        ("search", {"q": ["a", "b"]}, "q", None),
        ("search", {"page": ["1", "2"]}, "page", None),
        ("search", {"year": "abc"}, "year", None),
        ("search", {"year": "2024,-20245"}, "year", None),
        ("suggest", {"q": "ä" * 513}, "q", None),
        ("tags", {"q": "ä" * 513}, "q", None),
        ("search", {"page": "2", "cursor": "abc"}, "page", None),
        ("latest", {"limit": "0"}, "limit", None),
        ("latest", {"size": "1"}, "size", None),
        ("latest", {"categories": "News"}, "categories", "category"),
        ("tags", {"limit": "x"}, "limit", None),
        ("suggest", {"query": "x"}, "query", None),
        ("suggest", {"limit": "-1"}, "limit", None),
        ("categories", {"limit": "1"}, "limit", None),
        ("most-viewed", {"window": "0h"}, "window", None),
        ("most-viewed", {"window": "8d"}, "window", None),
        ("articles/by-url", {}, "url", None),
        ("articles/by-url", {"url": "ftp://publisher.example/tunnel"}, "url", None),
        (f"articles/{identified('tunnel')}", {"include": "everything"}, "include", None),
        (f"articles/{identified('tunnel')}", {"fields": "id"}, "fields", None),
        (f"articles/{identified('tunnel')}/related", {"limit": "101"}, "limit", None),
    ],
)
async def test_problems_name_the_field_what_is_allowed_and_the_nearest_name(
    search: Search, path: str, asked: Asked, field: str, nearest: str | None
) -> None:
    answer = await search.client.get(f"/v1/{path}", params=asked)
    assert answer.status_code == 400, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["x-request-id"]
    problem = answer.json()
    assert set(problem) == {"type", "title", "status", "detail", "instance", "code", "errors"}
    assert (problem["status"], problem["instance"]) == (400, f"/v1/{path}")
    (error,) = problem["errors"]
    assert (error["field"], error["nearest"]) == (field, nearest)
    assert error["message"]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/v1/nothing", 404),
        ("GET", "/v1/articles/unknown", 404),
        ("GET", f"/v1/articles/{identified('secret')}", 404),
        ("GET", f"/v1/articles/{identified('gone')}", 410),
        ("GET", f"/v1/articles/{identified('gone')}/related", 410),
        ("GET", "/v1/articles/by-url?url=https://publisher.example/secret", 404),
        ("GET", "/v1/articles/by-url?url=https://publisher.example/gone", 410),
        ("POST", f"/v1/articles/{identified('secret')}/views", 404),
        ("POST", f"/v1/articles/{identified('gone')}/views", 410),
        ("GET", "/v1/stories/none", 404),
        ("POST", "/v1/search", 405),
        ("DELETE", f"/v1/articles/{identified('tunnel')}", 405),
        ("GET", "/1/indexes/articles/query", 405),
    ],
)
async def test_what_is_not_there_is_a_problem(
    search: Search, method: str, path: str, status: int
) -> None:
    answer = await search.client.request(method, path)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == status


@pytest.mark.parametrize("value", ["true", "1", "false", "0"])
@pytest.mark.parametrize("name", ["highlight", "explain"])
async def test_booleans(search: Search, name: str, value: str) -> None:
    asked: Asked = {name: value}
    assert (await search.get("/v1/search", **asked))["total"] == len(ALL)


async def test_words_past_the_32nd_are_ignored(search: Search) -> None:
    words = " ".join(["tunnel"] + [f"w{number}" for number in range(31)])
    assert (await search.get("/v1/search", q=f"{words} rain", typos="off"))["total"] == 1
    assert (await search.get("/v1/search", q=f"{words[:-4]} rain", typos="off"))["total"] == 15


async def test_an_embargo_hides_everything_of_an_article(search: Search) -> None:
    body = await search.get(
        "/v1/search", facets="category,tag,author", facet_size=200, page_size=100
    )
    shown = {one["value"] for counts in body["facets"].values() for one in counts}
    assert not shown & {"Secret", "hush", "Nobody Yet", "Gone", "gone"}
    for q in ("zep", "hush", "nobody y", "secr", "dirig"):
        assert (await search.get("/v1/suggest", q=q))["items"] == [], q
    paths = {one["path"] for one in (await search.get("/v1/categories"))["items"]}
    assert paths == {"News", "Opinion", "Science", "Life", "Archive", "Weather"}
    tags = {one["name"] for one in (await search.get("/v1/tags", limit=100))["items"]}
    assert not tags & {"hush", "gone"}
    latest = (await search.get("/v1/latest", limit=100))["items"]
    assert {NAMES[one["id"]] for one in latest} == ALL


async def test_related_links_are_resolved_when_read(search: Search) -> None:
    path = f"/v1/articles/{identified('tunnel')}"
    (item,) = (await search.get(f"{path}/related"))["items"]
    assert set(item) == CARD | {"score", "reason"}
    assert item["title"] == "The bridge reopens"
    whole = await search.get(path, include="related,latest")
    assert whole["related"] == [item]
    assert whole["latest"][0]["id"] == identified("erdogan")
    assert set(await search.get(path)) & {"related", "latest"} == set()
    assert (await search.get(f"/v1/articles/{identified('chair')}/related"))["items"] == []


@pytest.mark.parametrize(
    "url",
    [
        "https://publisher.example/tunnel",
        "http://publisher.example/tunnel",
        "HTTPS://PUBLISHER.EXAMPLE/tunnel",
        "https://publisher.example:443/tunnel#part",
        "https://publisher.example/tunnel?utm_source=a&gclid=b&fbclid=c&mc_cid=d",
    ],
)
async def test_an_article_is_found_by_its_address_however_spelled(search: Search, url: str) -> None:
    assert (await search.get("/v1/articles/by-url", url=url))["id"] == identified("tunnel")


@pytest.mark.parametrize(
    "url", ["https://publisher.example/Tunnel", "https://www.publisher.example/tunnel",
            "https://publisher.example/tunnel/", "https://publisher.example/tunnel?a=1"]
)  # fmt: skip
async def test_another_address_is_another_article(search: Search, url: str) -> None:
    await search.get("/v1/articles/by-url", status=404, url=url)


@pytest.mark.parametrize(
    ("q", "expected"),
    [
        ("tun", [("tag", "tunnel", "tunnel"), ("title", "Tunnel breaks through", "tunnel")]),
        ("kor", [("tag", "Korva Ridge", "korva-ridge")]),
        ("korva ri", [("tag", "Korva Ridge", "korva-ridge")]),
        ("eco", [("category", "News > Economy", "News > Economy")]),
        ("smith", [("author", "Smith, John", "Smith, John")]),
        ("john sm", [("author", "Smith, John", "Smith, John")]),
        ("cingiz a", [("author", "Çingiz Aytmatov", "Çingiz Aytmatov")]),
        ("the bridge re", [("title", "The bridge reopens", "bridge")]),
        ("bridge the", [("title", "The bridge reopens", "bridge")]),
        ("", []),
        ("!", []),
        ("qqq", []),
        ("tunnle", [("tag", "tunnel", "tunnel"), ("title", "Tunnel breaks through", "tunnel")]),
        ("korav ri", [("tag", "Korva Ridge", "korva-ridge")]),
        ("econmy", [("category", "News > Economy", "News > Economy")]),
        ("smiht", [("author", "Smith, John", "Smith, John")]),
        ("aytamt", [("author", "Çingiz Aytmatov", "Çingiz Aytmatov")]),
        ("the birdge re", [("title", "The bridge reopens", "bridge")]),
    ],
)
async def test_suggestions(search: Search, q: str, expected: list[tuple[str, str, str]]) -> None:
    items = (await search.get("/v1/suggest", q=q))["items"]
    shown = [(one["kind"], one["text"], NAMES.get(one["id"], one["id"])) for one in items]
    assert shown == expected


async def test_suggestions_are_as_many_as_asked(search: Search) -> None:
    for limit in (1, 2, 5):
        assert len((await search.get("/v1/suggest", q="weather", limit=limit))["items"]) == limit


@pytest.mark.parametrize(
    ("asked", "first"),
    [
        ({}, ("rain", "rain", 14)),
        ({"q": "korva"}, ("Korva Ridge", "korva-ridge", 2)),
        ({"q": "rid"}, ("Korva Ridge", "korva-ridge", 2)),
        ({"q": "sek"}, None),
        ({"q": "sak"}, ("Şəki", None, 1)),
    ],
)
async def test_tags(
    search: Search, asked: Asked, first: tuple[str, str | None, int] | None
) -> None:
    items = (await search.get("/v1/tags", **asked))["items"]
    if first is None:
        assert items == []
    else:
        assert set(items[0]) == {"slug", "name", "kind", "count"}
        assert (items[0]["name"], items[0]["count"]) == (first[0], first[2])
        assert first[1] in {None, items[0]["slug"]}


async def test_categories_are_a_tree_with_counts(search: Search) -> None:
    items = (await search.get("/v1/categories"))["items"]
    news = next(one for one in items if one["path"] == "News")
    assert items[0]["path"] == "Weather"
    assert news == {
        "name": "News", "path": "News", "count": 3,
        "children": [
            {"name": "Economy", "path": "News > Economy", "count": 1, "children": []},
            {"name": "Politics", "path": "News > Politics", "count": 1, "children": [
                {"name": "Foreign", "path": "News > Politics > Foreign", "count": 1,
                 "children": []},
            ]},
        ],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"limit": 3}, ["erdogan", "flamingos", "bridge"]),
        ({"category": "News", "limit": 2}, ["erdogan", "bridge"]),
        ({"category": "-News,-Weather", "limit": 2}, ["flamingos", "chair"]),
        ({"category": "News > Economy"}, ["tunnel"]),
        ({"category": "Secret"}, []),
    ],
)
async def test_latest(search: Search, asked: Asked, expected: list[str]) -> None:
    items = (await search.get("/v1/latest", **asked))["items"]
    assert [NAMES[one["id"]] for one in items] == expected
    assert all(set(one) == CARD for one in items)


CACHED = [
    "/v1/search?q=tunnel&facets=tag",
    "/v1/search?q=rain&page_size=3",
    f"/v1/articles/{identified('tunnel')}?include=related,latest",
    f"/v1/articles/{identified('tunnel')}/related",
    "/v1/articles/by-url?url=https://publisher.example/tunnel",
    "/v1/latest",
    "/v1/tags",
    "/v1/categories",
    "/v1/suggest?q=tun",
    "/v1/most-viewed",
]


@pytest.mark.parametrize("path", CACHED)
async def test_head_is_answered_as_get_is(search: Search, path: str) -> None:
    head, get = await search.client.head(path), await search.client.get(path)
    assert (head.status_code, head.headers["etag"]) == (200, get.headers["etag"])


@pytest.mark.parametrize("path", CACHED)
async def test_an_answer_that_one_has_is_not_sent_again(search: Search, path: str) -> None:
    first = await search.client.get(path)
    assert first.status_code == 200
    assert first.headers["etag"].startswith('W/"')
    assert first.headers["cache-control"] == "max-age=5, stale-while-revalidate=30"
    assert first.headers["server-timing"].startswith("total;dur=")
    assert first.headers["x-request-id"]
    for header in (first.headers["etag"], f'"x", {first.headers["etag"]}', "*"):
        again = await search.client.get(path, headers={"If-None-Match": header})
        assert (again.status_code, again.content) == (304, b""), header
        assert again.headers["etag"] == first.headers["etag"]
        assert again.headers["cache-control"] == first.headers["cache-control"]
    other = await search.client.get(path, headers={"If-None-Match": 'W/"other"'})
    assert other.status_code == 200


async def test_links_lead_through_a_list(search: Search) -> None:
    answer = await search.client.get("/v1/search?q=rain&page=2&page_size=5")
    assert answer.links["first"]["url"] == "/v1/search?q=rain&page_size=5"
    assert answer.links["next"]["url"] == "/v1/search?q=rain&page_size=5&page=3"
    assert answer.links["prev"]["url"] == "/v1/search?q=rain&page_size=5&page=1"
    cursor = (await search.client.get("/v1/search?q=rain&page_size=5")).json()["next_cursor"]
    by_cursor = await search.client.get(f"/v1/search?q=rain&page_size=5&cursor={cursor}")
    assert "prev" not in by_cursor.links
    onward = await search.client.get(by_cursor.links["next"]["url"])
    assert (onward.status_code, onward.json()["next_cursor"]) == (200, None)


async def test_a_request_id_comes_back(search: Search) -> None:
    answer = await search.client.get("/v1/search", headers={"X-Request-Id": "mine-1"})
    assert answer.headers["x-request-id"] == "mine-1"


async def test_an_explanation_names_fields_and_words(search: Search) -> None:
    (hit,) = (await search.get("/v1/search", q="tunnel", explain="true"))["hits"]
    assert set(hit["explanation"]) == {"title", "summary", "tags"} - (
        set() if hit["article"]["summary"] and "unnel" in hit["article"]["summary"] else {"summary"}
    )
    assert "explanation" not in (await search.get("/v1/search", q="tunnel"))["hits"][0]


async def test_an_article_as_schema_org(search: Search) -> None:
    answer = await search.client.get(
        f"/v1/articles/{identified('tunnel')}", headers={"Accept": "application/ld+json"}
    )
    assert answer.headers["content-type"] == "application/ld+json"
    assert answer.json()["@type"] == "NewsArticle"
