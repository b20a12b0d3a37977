"""Each format's document becomes the article that it tells of."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from services.ingest.adapters.formats import fitting, registry
from services.ingest.adapters.html import SelectolaxHtmlReader
from services.ingest.domain.article import ArticleInput
from services.ingest.domain.imports import FORMATS, Document, Refused, UnreadableDocumentError
from tests.unit.ingest.formats.documents import (
    DOCUMENTS,
    FIRST,
    GUID,
    IMAGE,
    NEWS_ARTICLE,
    NINJS,
    PAGE,
    RSS,
    SECOND,
    SUMMARY,
    TITLE,
    URL,
    VIDEO,
    WORDPRESS,
    WXR,
)


def read(name: str, content: bytes | str | object = None, **known: str) -> list[Any]:
    if not isinstance(content, bytes | str | None):
        content = json.dumps(content)
    given = content.encode() if isinstance(content, str) else content
    return registry.read(Document(DOCUMENTS[name] if given is None else given, **known), name)


def one(name: str, content: bytes | str | object = None, **known: str) -> Mapping[str, Any]:
    (item,) = read(name, content, **known)
    assert not isinstance(item, Refused), item
    ArticleInput.model_validate(item)
    return dict(item)


def faults(name: str, content: bytes | str | object) -> set[str]:
    (item,) = read(name, content)
    assert isinstance(item, Refused)
    return {fault.field for fault in item.faults}


def text_of(article: Mapping[str, Any]) -> str:
    if "body_html" not in article:
        return str(article["body"])
    return SelectolaxHtmlReader().read(article["body_html"], article["url"]).text


def test_every_announced_format_has_a_reader_and_no_other_has() -> None:
    assert set(registry.READERS) == set(FORMATS) == set(DOCUMENTS)


@pytest.mark.parametrize("name", FORMATS)
def test_title_texts_date_and_language_are_in_their_fields(name: str) -> None:
    article = one(name)

    assert article["title"] == TITLE
    assert article["published_at"] == "2026-05-01T06:30:00Z"
    assert article["summary"] == SUMMARY
    assert article["authors"][0] == "Anna Ek"
    text = text_of(article)
    assert text.index(FIRST) < text.index(SECOND)
    if name != "wordpress":
        assert article["language"] == "en-GB"
    if name != "rss":
        assert article["updated_at"] == "2026-05-02T10:00:00Z"


@pytest.mark.parametrize("name", [name for name in FORMATS if name != "nitf"])
def test_the_address_is_that_of_the_page(name: str) -> None:
    assert one(name)["url"] == URL


@pytest.mark.parametrize("name", [name for name in FORMATS if name != "atom"])
def test_the_image_comes_along(name: str) -> None:
    assert one(name)["image"]["url"] == IMAGE


@pytest.mark.parametrize("name", ["rss", "atom", "jsonfeed", "wordpress", "wxr"])
def test_a_site_s_post_is_the_same_article_by_its_feed_its_api_and_its_export(name: str) -> None:
    assert one(name)["external_id"] == GUID


@pytest.mark.parametrize(
    ("name", "categories"),
    [
        ("ninjs", ["News > Culture"]),
        ("newsarticle", ["Culture"]),
        ("html", ["Culture"]),
        ("rss", ["Culture"]),
        ("atom", ["Culture"]),
        ("jsonfeed", ["Culture"]),
        ("wordpress", ["News > Arts & Culture", "News"]),
        ("wxr", ["News > Arts & Culture"]),
    ],
)
def test_sections_are_categories(name: str, categories: list[str]) -> None:
    assert one(name)["categories"] == categories


@pytest.mark.parametrize(
    "name", ["ninjs", "newsarticle", "html", "rss", "wordpress", "wxr", "newsmlg2", "nitf"]
)
def test_editors_keywords_are_kept(name: str) -> None:
    assert "Lighthouses" in one(name)["keywords"]


@pytest.mark.parametrize("name", ["ninjs", "html", "jsonfeed"])
def test_a_video_is_a_link_with_title_and_provider(name: str) -> None:
    article = one(name)

    assert f'<a href="{VIDEO}">The last night (YouTube)</a>' in article["body_html"]
    assert "The last night (YouTube)" in text_of(article)


@pytest.mark.parametrize("name", FORMATS)
def test_the_format_is_told_by_how_the_document_begins(name: str) -> None:
    assert registry.format_of(Document(b"\n" + DOCUMENTS[name])) == name


@pytest.mark.parametrize(
    ("content_type", "content", "name"),
    [
        ("application/ninjs+json; charset=utf-8", b"{}", "ninjs"),
        ("application/ld+json", b"{}", "newsarticle"),
        ("text/html", b"<p>", "html"),
        ("application/atom+xml", b"<x/>", "atom"),
        ("application/feed+json", b"{}", "jsonfeed"),
        ("application/rss+xml", WXR.encode(), "wxr"),
        ("application/xml", RSS.encode(), "rss"),
        ("application/json", json.dumps(WORDPRESS).encode(), "wordpress"),
        ("", RSS.encode("utf-16"), "rss"),
    ],
)
def test_a_media_type_tells_the_format(content_type: str, content: bytes, name: str) -> None:
    assert registry.format_of(Document(content, content_type)) == name


@pytest.mark.parametrize(
    "content", [b"", b"hello", b"{}", b"[]", b"[1]", b"null", b"<x/>", b"\x00"]
)
def test_what_is_in_no_known_format_says_so(content: bytes) -> None:
    with pytest.raises(UnreadableDocumentError, match="is none of the known formats"):
        registry.read(Document(content))


@pytest.mark.parametrize("name", ["wxr", "newsmlg2", "nitf"])
@pytest.mark.parametrize(
    "bomb",
    [
        '<!DOCTYPE a [<!ENTITY l "lol"><!ENTITY m "&l;&l;">]><a>&m;</a>',
        '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
        '<!DOCTYPE a [<!ENTITY % p SYSTEM "http://127.0.0.1/x">%p;]><a/>',
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_declared_entities_are_refused(name: str, bomb: str, encoding: str) -> None:
    with pytest.raises(UnreadableDocumentError, match="entities"):
        read(name, bomb.encode(encoding))


def test_names_of_characters_are_read_in_xml_as_in_html() -> None:
    article = one(
        "nitf", DOCUMENTS["nitf"].replace(b"Lighthouse keeper", b"Caf&eacute;&nbsp;keeper")
    )

    assert article["title"].startswith("Café keeper")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"headline": 7}, "headline"),
        ({"surprise": "x"}, "surprise"),
        ({"type": "poem"}, "type"),
        ({"versioncreated": "yesterday"}, "versioncreated"),
        ({"uri": "no address"}, "uri"),
        ({"subject": [{"name": "A"}, {"nmae": "B"}]}, "subject.1.nmae"),
        ({"pubstatus": "canceled"}, "pubstatus"),
        ({"pubstatus": "withheld"}, "pubstatus"),
    ],
)
def test_a_ninjs_item_that_its_schema_refuses_names_the_field(
    changes: dict[str, object], field: str
) -> None:
    assert faults("ninjs", NINJS | changes) == {field}


def test_a_ninjs_item_without_a_uri_says_so() -> None:
    assert faults("ninjs", {name: one for name, one in NINJS.items() if name != "uri"}) == {"uri"}


def test_a_stated_version_binds() -> None:
    item = {
        "uri": "urn:x",
        "standard": {"name": "ninjs", "version": "3.0"},
        "title": "Lamp",
        "digitalSourceType": {"name": "x"},
    }

    assert faults("ninjs", item) == {"digitalSourceType"}
    item["standard"] = {"name": "ninjs", "version": "3.1"}
    assert one("ninjs", item)["title"] == "Lamp"


def test_what_has_no_address_gets_one_below_the_given_base() -> None:
    item = {"uri": "urn:a:1", "title": "Lamp"}

    assert one("ninjs", item)["url"] == "https://import.invalid/urn%3Aa%3A1"
    base = "https://paper.example/wire/"
    assert one("ninjs", item, url=base)["url"] == "https://paper.example/wire/urn%3Aa%3A1"


@pytest.mark.parametrize(
    "kind", ["NewsArticle", "https://schema.org/BlogPosting", ["Thing", "Article"]]
)
def test_articles_of_every_kind_are_found_inside_a_graph(kind: object) -> None:
    graph = {"@graph": [{"@type": "WebPage"}, NEWS_ARTICLE | {"@type": kind}]}

    assert one("newsarticle", graph)["title"] == TITLE


@pytest.mark.parametrize(
    ("document", "field"),
    [
        ({"@type": "NewsArticle", "url": URL}, "headline"),
        ({"@type": "Person", "name": "Anna Ek"}, "@type"),
        ([], "@type"),
    ],
)
def test_json_ld_without_an_article_says_what_is_missing(document: object, field: str) -> None:
    with pytest.raises(UnreadableDocumentError) as refused:
        read("newsarticle", document)

    assert [fault.field for fault in refused.value.faults] == [field]


def test_a_page_without_json_ld_that_names_no_address_needs_one() -> None:
    page = PAGE.replace(f'<link rel="canonical" href="{URL}">', "")

    assert faults("html", page) == {"url"}
    assert one("html", page, url="https://paper.example/x")["url"] == "https://paper.example/x"


def test_a_page_s_json_ld_goes_before_its_meta_elements() -> None:
    stated = {**NEWS_ARTICLE, "headline": "The lamp changes hands", "articleBody": ""}
    script = f'<script type="application/ld+json">{json.dumps(stated)}</script></head>'
    article = one("html", PAGE.replace("</head>", script))

    assert article["title"] == "The lamp changes hands"
    assert article["authors"] == ["Anna Ek", "Bo Lie"]
    assert article["place"] == "Cape Sol"
    assert FIRST in text_of(article)


@pytest.mark.parametrize("encoding", ["utf-8", "iso-8859-1", "utf-16"])
def test_pages_are_read_in_their_encoding(encoding: str) -> None:
    page = PAGE.replace("Lighthouse keeper", "Fyrvaktare på ön").encode(encoding)

    article = one("html", page, content_type=f"text/html; charset={encoding}")

    assert article["title"].startswith("Fyrvaktare på ön")


def test_an_entry_without_an_address_is_refused_and_the_others_are_not() -> None:
    feed = RSS.replace("</channel>", "<item><title>Nowhere</title></item></channel>")

    found = read("rss", feed)

    assert len(found) == 2
    assert [isinstance(item, Refused) for item in found] == [False, True]


@pytest.mark.parametrize(
    ("entry", "url"),
    [
        ("<guid>https://a.example/1</guid>", "https://a.example/1"),
        ('<enclosure url="https://a.example/1.mp3" type="audio/mpeg"/>', "https://a.example/1.mp3"),
        ("<link>/relative</link>", "https://paper.example/relative"),
    ],
)
def test_an_entry_s_address_is_found_where_readers_look_for_it(entry: str, url: str) -> None:
    feed = f"<rss version='2.0'><channel><item><title>Lamp</title>{entry}</item></channel></rss>"

    assert one("rss", feed, url="https://paper.example/feed")["url"] == url


def test_a_feed_whose_parser_gives_up_early_is_refused() -> None:
    for content in (b"", b"\x00\x01", b"<", b"&", b"\xff\xfe<\x00"):
        with pytest.raises(UnreadableDocumentError):
            read("rss", content)


def test_embeds_in_a_feed_are_kept_for_our_own_sanitiser() -> None:
    frame = '<p>Words.</p><iframe src="https://www.youtube.com/embed/lamp"></iframe>'
    feed = RSS.replace("<p>The keeper", f"{frame}<p>The keeper")

    assert "YouTube" in text_of(one("rss", feed))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"status": "draft"}, "status"),
        ({"content": {"rendered": "", "protected": True}}, "content.protected"),
    ],
)
def test_a_wordpress_post_that_is_not_public_is_refused(
    changes: dict[str, object], field: str
) -> None:
    assert faults("wordpress", [WORDPRESS[0] | changes]) == {field}


def test_drafts_and_posts_with_a_password_of_an_export_are_refused_and_pages_left_out() -> None:
    assert faults("wxr", WXR.replace("<wp:status>publish", "<wp:status>draft")) == {"wp:status"}
    secret = WXR.replace("<wp:post_password>", "<wp:post_password>x")
    assert faults("wxr", secret) == {"wp:post_password"}
    assert read("wxr", WXR.replace("<wp:post_type>post", "<wp:post_type>page")) == []


@pytest.mark.parametrize(
    ("value", "moment"),
    [
        ("2026-05-01", "2026-05-01T00:00:00Z"),
        ("20260501T083000+0200", "2026-05-01T06:30:00Z"),
        ("Fri, 1 May 2026 08:30 +0200", "2026-05-01T06:30:00Z"),
        ("2026-05-01 08:30:00", "2026-05-01T08:30:00Z"),
        ("605:12:19.12", None),
        ("9999-12-31T23:59:59-12:00", None),
        ("0001-01-01", None),
        ("soon", None),
    ],
)
def test_dates_of_all_usual_forms_are_read_and_others_left_out(
    value: str, moment: str | None
) -> None:
    feed = json.loads(DOCUMENTS["jsonfeed"])
    feed["items"][0]["date_published"] = value

    assert one("jsonfeed", feed).get("published_at") == moment


def test_what_is_optional_and_does_not_fit_is_left_out() -> None:
    article = one(
        "newsarticle",
        NEWS_ARTICLE
        | {
            "inLanguage": "klingonese",
            "image": "javascript:alert(1)",
            "keywords": ["a" * 300, "\ud800", "", 7, "good"],
            "headline": "Long " * 200,
            "identifier": "x" * 300,
        },
    )

    assert not {"language", "image", "external_id"} & article.keys()
    assert article["keywords"][-1] == "good"
    assert article["title"].endswith("…")
    assert len(article["title"]) <= 500


@pytest.mark.parametrize(
    "url",
    ["https://a.example/\x06", "https://u:p@a.example/", "ftp://a.example/", "https://[", "//"],
)
def test_an_address_that_is_none_of_the_web_is_no_address(url: str) -> None:
    assert fitting.address(url) is None


def test_newsml_1_is_read_too() -> None:
    document = f"""<NewsML Version="1.2"><NewsItem><Identification><NewsIdentifier>
    <PublicIdentifier>urn:newsml:press.example:17:1</PublicIdentifier></NewsIdentifier>
    </Identification><NewsManagement><FirstCreated>20260501T083000+0200</FirstCreated>
    </NewsManagement><NewsComponent><NewsComponent><NewsLines><HeadLine>{TITLE}</HeadLine>
    <ByLine>By Anna Ek</ByLine></NewsLines><NewsComponent><Role FormalName="Body"/>
    <ContentItem><DataContent><html><body><p>{FIRST}</p></body></html></DataContent></ContentItem>
    </NewsComponent></NewsComponent></NewsComponent></NewsItem></NewsML>"""

    article = one("newsmlg2", document)

    assert article["title"] == TITLE
    assert article["published_at"] == "2026-05-01T06:30:00Z"
    assert text_of(article) == FIRST


def test_a_canceled_newsml_item_is_refused() -> None:
    canceled = DOCUMENTS["newsmlg2"].replace(b"stat:usable", b"stat:canceled", 1)
    assert isinstance(read("newsmlg2", canceled)[0], Refused)
