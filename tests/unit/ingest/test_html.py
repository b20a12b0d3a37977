"""HTML is made safe, and its text is read as a reader sees it."""

import pytest

from services.ingest.adapters.selectolax_html import SelectolaxHtmlReader

READER = SelectolaxHtmlReader()


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
    html = READER.read(f"<p>Safe.</p>{attack}").html or ""

    assert "<p>Safe.</p>" in html
    for word in ("script", "onerror", "evil.example", "style", "data:"):
        assert word not in html


def test_blocks_are_separated_by_blank_lines() -> None:
    html = "<h2>Head</h2><p>One <b>bold</b>\n  word &amp; more</p><ul><li>a</li><li>b</li></ul>"

    assert READER.read(html).text == "Head\n\nOne bold word & more\n\na\n\nb"


def test_a_line_break_is_a_line_and_cells_are_words() -> None:
    html = "<p>One<br>two</p><table><tr><td>3</td><td>4</td></tr></table>"

    assert READER.read(html).text == "One\ntwo\n\n3 4"


def test_text_of_dropped_elements_is_no_text() -> None:
    assert READER.read("<p>Seen</p><style>p {}</style><!-- unseen -->").text == "Seen"


@pytest.mark.parametrize("html", ["<div>" * 50_000, "<b></b>" * 30_000])
def test_html_that_would_take_parsers_long_is_refused(html: str) -> None:
    with pytest.raises(ValueError, match="nests over"):
        READER.read(html)


def test_many_paragraphs_are_not_deep() -> None:
    assert READER.read("<p>x" * 5000).text.count("x") == 5000
