"""The sample newsroom keeps what the reading site and the related links need of it."""

import json
import re
from datetime import UTC, datetime
from importlib.resources import files
from itertools import combinations
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import regex

LATEST_DATE = datetime(2026, 11, 21, tzinfo=UTC)
LONGEST_SVG = 4096
ARTICLE_FIELDS = {
    *("external_id", "url", "title", "summary", "body", "body_html", "authors", "categories"),
    *("keywords", "published_at", "updated_at", "language", "image", "source_name", "place"),
}
SECTIONS = {
    *("Climate Summit", "Opinion", "News", "News > Economy", "News > Energy"),
    *("News > Climate and Ecology", "Culture", "Diaspora", "Interview", "Science"),
    *("Logistics-Transport", "Gender", "History", "Defense", "Ardal Valley"),
}
# The names that make a story recognisable, in each script it is told in.
STORIES = {
    "tunnel": "Korva",
    "lake": "Lake Aruna|Арун",
    "bronze": "Sarvan Deer|Hirsch von Sarvan",
    "battery": "Gilavar|Giləvar",
    "chess": "Caravan League|Kervan Ligi",
    "bridge": "Senn Bridge|Сеннськ",
    "summit": "Valmora",
}

Article = dict[str, Any]


def _articles() -> list[Article]:
    lines = files("services.cli.samples").joinpath("articles.jsonl").read_text("utf-8")
    return [json.loads(line) for line in lines.splitlines()]


def _text(article: Article) -> str:
    return re.sub(r"<[^>]+>", " ", article.get("body") or article["body_html"])


def _members(name: str) -> list[Article]:
    return [a for a in _articles() if re.search(name, f"{a['title']} {_text(a)}")]


def _images() -> set[str]:
    return {a["image"]["url"] for a in _articles() if "image" in a}


ARTICLES = [pytest.param(article, id=article["external_id"]) for article in _articles()]


def test_about_forty_articles_have_ids_and_urls_of_their_own() -> None:
    articles = _articles()
    assert 40 <= len(articles) <= 50
    assert len({a["external_id"] for a in articles}) == len(articles)
    assert len({a["url"] for a in articles}) == len(articles)
    assert len({a["title"] for a in articles}) == len(articles)


@pytest.mark.parametrize("article", ARTICLES)
def test_each_article_is_complete_and_has_only_known_fields(article: Article) -> None:
    assert set(article) <= ARTICLE_FIELDS
    assert ("body" in article) != ("body_html" in article)
    assert article["url"].startswith("https://newsroom.example/")
    assert article["authors"]
    assert article["categories"]


@pytest.mark.parametrize("article", ARTICLES)
def test_each_article_has_150_to_600_words_in_several_paragraphs(article: Article) -> None:
    assert 150 <= len(_text(article).split()) <= 600
    paragraphs = article["body"].split("\n\n") if "body" in article else _text(article).split("\n")
    assert len(paragraphs) >= 4


@pytest.mark.parametrize("article", ARTICLES)
def test_each_date_has_a_zone_and_is_past(article: Article) -> None:
    published = datetime.fromisoformat(article["published_at"])
    updated = datetime.fromisoformat(article.get("updated_at") or article["published_at"])
    assert published.utcoffset() is not None
    assert datetime(2025, 11, 1, tzinfo=UTC) <= published <= updated < LATEST_DATE


def test_every_section_of_the_site_has_an_article() -> None:
    assert {c for a in _articles() for c in a["categories"]} == SECTIONS


def test_the_optional_fields_are_there_on_some_and_missing_on_others() -> None:
    articles = _articles()
    for field in ("summary", "keywords", "image", "place", "body_html", "source_name"):
        assert 0 < sum(field in a for a in articles) < len(articles), field


def test_the_newsroom_writes_in_several_languages_and_scripts() -> None:
    by_language: dict[str, str] = {}
    for article in _articles():
        text = by_language.get(article["language"], "") + _text(article)
        by_language[article["language"]] = text
    assert set(by_language) == {"en", "de", "fr", "tr", "az", "ru", "uk", "ar"}
    assert {lang for lang, text in by_language.items() if _script(text) == "Cyrillic"} == {
        "ru",
        "uk",
    }
    assert {lang for lang, text in by_language.items() if _script(text) == "Arabic"} == {"ar"}


def _script(text: str) -> str:
    scripts = ("Latin", "Cyrillic", "Arabic")
    return max(scripts, key=lambda name: len(regex.findall(rf"\p{{Script={name}}}", text)))


def test_no_article_mixes_scripts() -> None:
    for article in _articles():
        mixed = regex.search(r"\p{Latin}\p{Cyrillic}|\p{Cyrillic}\p{Latin}", _text(article))
        assert mixed is None, article["external_id"]


@pytest.mark.parametrize("name", STORIES.values(), ids=STORIES.keys())
def test_a_running_story_is_told_in_several_articles_over_time(name: str) -> None:
    dates = sorted(datetime.fromisoformat(a["published_at"]) for a in _members(name))
    assert len(dates) >= 3
    assert (dates[-1] - dates[0]).days >= 21


def test_four_stories_have_a_second_part_in_a_language_other_than_english() -> None:
    told_twice = {
        story
        for story, name in STORIES.items()
        for one, other in combinations(_members(name), 2)
        if one["language"] == other["language"] != "en"
    }
    assert told_twice >= {"lake", "bronze", "battery", "bridge"}


@pytest.mark.parametrize("url", sorted(_images()))
def test_each_image_is_a_small_self_contained_drawing(url: str) -> None:
    drawing = files("services.search").joinpath(f"web{url}").read_text("utf-8")
    assert len(drawing) < LONGEST_SVG
    assert not re.search(r"<script|<foreignObject|<text|\bon\w+=|url\(|@import", drawing)
    assert all(link.startswith("#") for link in re.findall(r'href="([^"]*)"', drawing))
    root = ET.fromstring(drawing)  # noqa: S314 - our own file
    assert root.attrib["viewBox"] == "0 0 1200 675"


def test_every_drawing_is_used_and_described() -> None:
    folder = files("services.search").joinpath("web/static/samples")
    assert {f"/static/samples/{f.name}" for f in folder.iterdir()} == _images()
    images = [a["image"] for a in _articles() if "image" in a]
    assert all(image["caption"] and image["credit"] for image in images)
    assert all((image["width"], image["height"]) == (1200, 675) for image in images)
