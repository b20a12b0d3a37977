"""What leaves for other programs: feeds, the sitemap, ninjs; nothing withdrawn or embargoed."""

import json
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import feedparser
import pytest
from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from services.search.settings import SearchSettings
from shared.events import Image
from tests.builders import LONG_AGO, enriched, identified, withdrawn
from tests.search_service import Search, searching

ATTACK = "<img src=x onerror=alert(1)>"
HUB = "https://hub.example/"
PUBLIC = "https://news.example"


@pytest.fixture
async def search(redis_url: str, tmp_path: Path) -> AsyncIterator[Search]:
    settings = SearchSettings(state_dir=tmp_path, public_url=f"{PUBLIC}/", websub_hub=HUB)
    async with searching(redis_url, tmp_path, settings=settings) as service:
        now = datetime.now(UTC).replace(microsecond=0)
        tunnel = enriched(
            "tunnel",
            title=f"Tunnel & {ATTACK} \x0bopens",
            summary=f"What {ATTACK} says",
            authors=["Ana Reyes", "Smith, John"],
            categories=["News > Economy"],
            tags=["Korva Ridge"],
            published_at=now - timedelta(hours=1),
        )
        picture = Image(url="https://images.example/a.png?b=1&c=2", caption="A & B")
        await service.index(
            tunnel=tunnel.model_copy(update={"image": picture}),
            old=enriched("old", title="An old tunnel", published_at=LONG_AGO, language="zh-Hant"),
            culture=enriched("culture", title="Culture", categories=["Culture"]),
            secret=enriched("secret", title="Secret", published_at=now + timedelta(days=1)),
            gone=enriched("gone", title="Gone"),
        )
        await service.index(gone=withdrawn("gone"))
        yield service


async def parsed(search: Search, path: str) -> Any:  # noqa: ANN401  (feedparser has no types)
    answer = await search.client.get(path)
    assert answer.status_code == 200, answer.text
    ET.fromstring(answer.content)  # noqa: S314  (our own)
    found = feedparser.parse(answer.content, response_headers=dict(answer.headers))
    assert not found.bozo, found.get("bozo_exception")
    return found


@pytest.mark.parametrize(("path", "version"), [("/feed.xml", "rss20"), ("/feed.atom", "atom10")])
async def test_a_feed_is_valid_and_tells_all_that_is_visible(
    search: Search, path: str, version: str
) -> None:
    found = await parsed(search, path)
    assert found.version == version
    assert found.feed.title == "Dateline"
    assert len(found.entries) == 3
    first = found.entries[0]
    assert first.link == f"{PUBLIC}/article/{identified('tunnel')}"
    assert first.id == f"urn:dateline:article:{identified('tunnel')}"
    assert {tag.term for tag in first.tags} == {"News > Economy", "Korva Ridge"}
    assert {link.href for link in found.feed.links if link.rel == "hub"} == {HUB}
    assert {link.href for link in found.feed.links if link.rel == "self"} == {PUBLIC + path}
    raw = (await search.client.get(path)).text
    assert "<img" not in raw
    assert "\x0b" not in raw


async def test_a_json_feed_has_what_its_standard_asks_for(search: Search) -> None:
    answer = await search.client.get("/feed.json?utm_source=x")
    assert answer.headers["content-type"] == "application/feed+json"
    assert answer.headers["link"] == f'<{PUBLIC}/feed.json>; rel="self", <{HUB}>; rel="hub"'
    found = answer.json()
    assert found["version"] == "https://jsonfeed.org/version/1.1"
    assert found["feed_url"] == f"{PUBLIC}/feed.json"
    assert found["hubs"] == [{"type": "WebSub", "url": HUB}]
    first = found["items"][0]
    assert first["title"] == f"Tunnel & {ATTACK} \x0bopens"
    assert first["authors"] == [{"name": "Ana Reyes"}, {"name": "Smith, John"}]
    assert first["external_url"] == "https://publisher.example/tunnel"
    assert all(item["id"] and item["content_text"] and item["url"] for item in found["items"])


@pytest.mark.parametrize(
    ("query", "title", "count"),
    [
        ("q=tunnel", "Dateline: tunnel", 2),
        ("category=News", "Dateline: News", 2),
        ("tag=korva-ridge", "Dateline: Korva Ridge", 1),
        ("author=Smith%5C%2C+John", "Dateline: Smith, John", 1),
        ("q=old&category=News&published_to=2024-12-31", "Dateline: old, News", 1),
        ("q=nothing-here", "Dateline: nothing-here", 0),
    ],
)
async def test_any_query_category_tag_and_author_has_a_feed(
    search: Search, query: str, title: str, count: int
) -> None:
    for path in ("/feed.xml", "/feed.atom"):
        found = await parsed(search, f"{path}?{query}")
        assert (found.feed.title, len(found.entries)) == (title, count)
    answer = (await search.client.get(f"/feed.json?{query}")).json()
    assert (answer["title"], len(answer["items"])) == (title, count)


async def test_a_feed_that_is_known_already_is_not_sent_again(search: Search) -> None:
    for path in ("/feed.xml", "/feed.json", "/sitemap.xml"):
        tag = (await search.client.get(path)).headers["etag"]
        again = await search.client.get(path, headers={"If-None-Match": tag})
        assert (again.status_code, again.content) == (304, b"")


async def test_a_feed_of_a_bad_value_is_a_problem(search: Search) -> None:
    answer = await search.client.get("/feed.xml", params={"published_from": "yesterday"})
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["errors"][0]["field"] == "published_from"


async def test_the_sitemap_lists_articles_and_calls_fresh_ones_news(search: Search) -> None:
    root = ET.fromstring((await search.client.get("/sitemap.xml")).content)  # noqa: S314  (our own)
    site = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
    news = "{http://www.google.com/schemas/sitemap-news/0.9}"
    listed = {url.findtext(f"{site}loc"): url for url in root.iter(f"{site}url")}
    assert set(listed) == {f"{PUBLIC}/"} | {
        f"{PUBLIC}/article/{identified(name)}" for name in ("tunnel", "old", "culture")
    }
    fresh = listed[f"{PUBLIC}/article/{identified('tunnel')}"]
    assert fresh.findtext(f".//{news}title") == f"Tunnel & {ATTACK} opens"
    assert fresh.findtext(f".//{news}language") == "en"
    assert listed[f"{PUBLIC}/article/{identified('old')}"].find(f"{news}news") is None
    robots = (await search.client.get("/robots.txt")).text
    assert f"Sitemap: {PUBLIC}/sitemap.xml" in robots


async def news_languages(search: Search) -> list[str]:
    text = (await search.client.get("/sitemap.xml")).text
    return re.findall("<news:language>([^<]*)</news:language>", text)


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        *(("zh", "zh-cn"), ("zh-CN", "zh-cn"), ("zh-Hans", "zh-cn"), ("zh-SG", "zh-cn")),
        *(("zh-Hans-HK", "zh-cn"), ("cmn", "zh-cn"), ("zh-Hant", "zh-tw"), ("zh-TW", "zh-tw")),
        *(("zh-HK", "zh-tw"), ("zh-MO", "zh-tw"), ("zh-Hant-CN", "zh-tw"), ("yue", "yue")),
        *(("pt-BR", "pt"), ("EN-gb", "en"), ("sr-Latn", "sr")),
    ],
)
async def test_the_news_sitemap_names_languages_as_its_readers_do(
    search: Search, language: str, expected: str
) -> None:
    told = enriched("l", published_at=datetime.now(UTC) - timedelta(hours=2), language=language)
    await search.index(l=told)
    assert sorted(await news_languages(search)) == sorted(["en", expected])


async def test_the_sitemap_lists_pages_that_are_canonical(search: Search) -> None:
    located = re.findall("<loc>([^<]*)</loc>", (await search.client.get("/sitemap.xml")).text)
    assert len(located) == 4
    for address in located:
        if "/article/" in address:
            page = (await search.client.get(address.removeprefix(PUBLIC))).text
            assert f'<link rel="canonical" href="{address}">' in page


async def test_where_the_publisher_is_canonical_no_article_is_listed(
    redis_url: str, tmp_path: Path
) -> None:
    (tmp_path / "site.toml").write_text('canonical = "publisher"')
    settings = SearchSettings(state_dir=tmp_path, site_settings=tmp_path / "site.toml")
    async with searching(redis_url, tmp_path, settings=settings) as service:
        await service.index(tunnel=enriched("tunnel"))
        page = (await service.client.get(f"/article/{identified('tunnel')}")).text
        assert '<link rel="canonical" href="https://publisher.example/tunnel">' in page
        assert '<meta property="og:url" content="https://publisher.example/tunnel">' in page
        text = (await service.client.get("/sitemap.xml")).text
        assert re.findall("<loc>([^<]*)</loc>", text) == ["http://search.test/"]


@pytest.mark.parametrize(
    ("revision", "changes", "updated"),
    [
        (1, {}, None),
        (1, {"updated_at": timedelta(days=-1)}, timedelta()),
        (1, {"updated_at": timedelta(hours=1)}, timedelta(hours=1)),
        (1, {"accepted_at": timedelta(minutes=5)}, None),
        (20261130, {"accepted_at": timedelta(minutes=5)}, None),
        (2, {"updated_at": timedelta(hours=1)}, timedelta(hours=1)),
    ],
)
async def test_an_article_is_updated_by_its_correction_and_never_before_it_is_published(
    search: Search, revision: int, changes: dict[str, timedelta], updated: timedelta | None
) -> None:
    published = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=3)
    moments = {name: published + after for name, after in changes.items()}
    told = enriched("dated", title="Dated", published_at=published, revision=revision)
    await search.index(dated=told.model_copy(update=moments))
    expected = None if updated is None else f"{published + updated:%Y-%m-%dT%H:%M:%SZ}"
    shown = expected or f"{published:%Y-%m-%dT%H:%M:%SZ}"
    path = f"/v1/articles/{identified('dated')}"
    assert (await search.get(path))["updated_at"] == expected
    described = await search.client.get(path, headers={"Accept": "application/ld+json"})
    assert described.json()["dateModified"] == shown
    (entry,) = (await parsed(search, "/feed.atom?q=dated")).entries
    assert entry.updated == shown
    assert entry.published == f"{published:%Y-%m-%dT%H:%M:%SZ}"


@pytest.mark.parametrize("accept", ["application/ninjs+json", "application/vnd.iptc.ninjs+json"])
async def test_an_article_speaks_ninjs_where_that_is_accepted(search: Search, accept: str) -> None:
    answer = await search.client.get(
        f"/v1/articles/{identified('tunnel')}", headers={"Accept": accept}
    )
    assert answer.headers["content-type"] == "application/ninjs+json"
    item = answer.json()
    assert item["standard"]["version"] == "3.0"
    assert item["uri"] == f"urn:dateline:article:{identified('tunnel')}"
    assert item["headlines"][0]["value"].startswith("Tunnel & <img")
    assert item["bodies"][0]["value"] == "A body of some words."
    assert item["by"] == "Ana Reyes, Smith, John"
    assert {"name": "News > Economy", "rel": "category"} in item["subjects"]
    assert item["places"] == [{"name": "Korva Ridge"}]
    assert item["associations"][0]["renditions"][0]["href"].startswith("https://images.example/")


async def test_ninjs_is_what_its_schema_says(search: Search, shared_data: Path) -> None:
    schema = shared_data / "newswire" / "ninjs_schema" / "ninjs-schema_3.0.json"
    # Where a place lies is of another standard, and we do not say it.
    anything = Resource.from_contents({}, default_specification=DRAFT202012)
    others = Registry().with_resource("https://geojson.org/schema/GeoJSON.json", anything)
    validator = Draft202012Validator(
        json.loads(schema.read_text()), registry=others, format_checker=FormatChecker()
    )
    assert validator.is_valid({"uri": "urn:a"})
    for wrong in (
        {"title": "No uri"},
        {"uri": "urn:a", "titel": "Misspelt"},
        {"uri": "u", "by": 1},
    ):
        assert not validator.is_valid(wrong), wrong
    for name in ("tunnel", "old", "culture"):
        answer = await search.client.get(
            f"/v1/articles/{identified(name)}", headers={"Accept": "application/ninjs+json"}
        )
        validator.validate(answer.json())


async def test_no_withdrawn_or_embargoed_article_leaves(search: Search) -> None:
    for path in ("/feed.xml", "/feed.atom", "/feed.json", "/sitemap.xml", "/", "/search"):
        text = (await search.client.get(path)).text
        assert identified("secret") not in text
        assert identified("gone") not in text


async def test_pages_name_their_feeds(search: Search) -> None:
    text = (await search.client.get("/tag/korva-ridge")).text
    assert 'type="application/rss+xml"' in text
    assert 'href="/feed.xml?tag=korva-ridge"' in text


def test_a_hub_needs_a_public_address(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="DATELINE_PUBLIC_URL"):
        SearchSettings(state_dir=tmp_path, websub_hub=HUB)


async def test_without_a_public_address_links_go_where_the_request_came(
    redis_url: str, tmp_path: Path
) -> None:
    async with searching(redis_url, tmp_path) as search:
        await search.index(one=enriched("one"))
        found = json.loads((await search.client.get("/feed.json")).text)
        assert found["items"][0]["url"].startswith("http://search.test/article/")
        assert "hubs" not in found
