"""HTML is made safe, and its text is read as a reader sees it."""

import pytest

from services.ingest.adapters.html import SelectolaxHtmlReader

READER = SelectolaxHtmlReader()
ADDRESS = "https://news.example/a/b.html"


@pytest.mark.parametrize(
    "attack",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        '<a href="javascript:alert(1)">x</a>',
        "<iframe src=https://evil.example></iframe>",
        "<svg><script>alert(1)</script></svg>",
        '<p style="background:url(https://evil.example)">x</p>',
        "<form action=https://evil.example><input></form>",
        "<math><mi xlink:href=data:x></math>",
    ],
)
def test_nothing_that_runs_or_tracks_is_left(attack: str) -> None:
    html = READER.read(f"<p>Safe.</p>{attack}", ADDRESS).html or ""

    assert "<p>Safe.</p>" in html
    for word in ("script", "onerror", "evil.example", "style", "data:"):
        assert word not in html


def test_blocks_are_separated_by_blank_lines() -> None:
    html = "<h2>Head</h2><p>One <b>bold</b>\n  word &amp; more</p><ul><li>a</li><li>b</li></ul>"

    assert READER.read(html, ADDRESS).text == "Head\n\nOne bold word & more\n\na\n\nb"


def test_a_line_break_is_a_line_and_cells_are_words() -> None:
    html = "<p>One<br>two</p><table><tr><td>3</td><td>4</td></tr></table>"

    assert READER.read(html, ADDRESS).text == "One\ntwo\n\n3 4"


def test_text_of_dropped_elements_is_no_text() -> None:
    assert READER.read("<p>Seen</p><style>p {}</style><!-- unseen -->", ADDRESS).text == "Seen"


LONG = "x" * 200_000


@pytest.mark.parametrize(
    ("html", "why"),
    [
        ("<div>" * 1100, "nests over"),
        ("<b></b>" * 60_000, "elements"),
        ("<img src=x>" * 60_000, "elements"),
        ("<p>a" * 60_000, "elements"),
        (("<b " + "".join(f" a{number}" for number in range(500)) + ">x</b>") * 210, "attributes"),
        (f"<p><b title='>{LONG}'>" + "<p>x" * 1000, "is over"),
        (f"<p><b title='{LONG}'>x<!--</b>-->" + "<p>x" * 1000, "is over"),
    ],
)
def test_html_is_bounded_by_what_was_parsed(html: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        READER.read(html, ADDRESS)


@pytest.mark.parametrize(
    "html",
    [
        "".join(f"<p><a name='s{number}'><p>text" for number in range(700)),
        "<script>for(i=0;i<a.length;i++)</script>" * 12 + "<p>Hello <em>you</em></p>" * 300,
        "<p><strong class='lead'>One</strong> <em lang=de>zwei</em></p>" * 1000,
    ],
)
def test_what_publishers_write_is_taken_and_is_clean_then(html: str) -> None:
    clean = READER.read(html, ADDRESS).html or ""
    assert READER.read(clean, ADDRESS).html == clean


def test_formatting_around_a_whole_text_is_taken() -> None:
    html = "<b><i>" + "<p>One <em>word</em>.</p>" * 4000 + "</i></b>"
    assert READER.read(html, ADDRESS).text.count("One word.") == 4000


def test_many_paragraphs_are_not_deep() -> None:
    assert READER.read("<p>x" * 5000, ADDRESS).text.count("x") == 5000


@pytest.mark.parametrize(
    ("given", "whole"),
    [
        ("c.html", "https://news.example/a/c.html"),
        ("/c.html", "https://news.example/c.html"),
        ("//other.example/c", "https://other.example/c"),
        ("?page=2", "https://news.example/a/b.html?page=2"),
        ("#part", "https://news.example/a/b.html#part"),
        ("http://other.example/c", "http://other.example/c"),
        ("mailto:desk@news.example", "mailto:desk@news.example"),
    ],
)
def test_links_are_those_of_the_publishers_page(given: str, whole: str) -> None:
    html = READER.read(f'<p><a href="{given}">x</a><img src="{given}"></p>', ADDRESS).html or ""
    assert f'href="{whole}"' in html
    assert READER.read(html, "https://elsewhere.example/").html == html


@pytest.mark.parametrize("given", ["http://[::1", "", " ", "javascript:alert(1)"])
def test_what_is_no_link_is_left_out(given: str) -> None:
    html = READER.read(f'<a href="{given}">x</a><img src="{given}">', ADDRESS).html or ""
    assert "href" not in html
    assert "src" not in html


@pytest.mark.parametrize("address", ["javascript:alert(1)//", "data:text/html,x", "nowhere"])
def test_a_page_of_another_kind_lends_its_address_to_nothing(address: str) -> None:
    html = READER.read('<a href="">x</a><a href="#y">y</a><a href="z">z</a>', address).html or ""
    assert "javascript" not in html
    assert "data:" not in html
