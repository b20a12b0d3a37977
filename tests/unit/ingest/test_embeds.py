"""Embedded media are links with title and provider, in HTML and in text."""

import pytest

from services.ingest.adapters.html import SelectolaxHtmlReader

PAGE = "https://paper.example/lamp"
REL = ' rel="noopener noreferrer nofollow"'


def read(html: str) -> tuple[str, str]:
    bodies = SelectolaxHtmlReader().read(html, PAGE)
    return bodies.text, (bodies.html or "").replace(REL, "")


@pytest.mark.parametrize(
    ("embed", "url", "words"),
    [
        (
            '<iframe src="https://www.youtube.com/embed/abc?rel=0" title="Knots"></iframe>',
            "https://www.youtube.com/watch?v=abc",
            "Knots (YouTube)",
        ),
        ('<iframe src="//player.vimeo.com/video/77"></iframe>', "https://vimeo.com/77", "Vimeo"),
        (
            '<iframe data-src="https://www.tiktok.com/embed/1" title="A dance"></iframe>',
            "https://www.tiktok.com/embed/1",
            "A dance (TikTok)",
        ),
        (
            '<iframe src="https://charts.agency.example/e/5" title="Rents"></iframe>',
            "https://charts.agency.example/e/5",
            "Rents (charts.agency.example)",
        ),
        (
            '<video title="The pier"><source src="/pier.mp4">Get a browser.</video>',
            "https://paper.example/pier.mp4",
            "The pier (paper.example)",
        ),
        (
            '<lite-youtube videoid="abc"></lite-youtube>',
            "https://www.youtube.com/watch?v=abc",
            "YouTube",
        ),
        (
            '<div class="fb-post" data-href="https://www.facebook.com/a/posts/1"></div>',
            "https://www.facebook.com/a/posts/1",
            "Facebook",
        ),
        (
            '<figure><div class="wp-block-embed__wrapper">https://youtu.be/abc</div></figure>',
            "https://youtu.be/abc",
            "YouTube",
        ),
    ],
)
def test_an_embed_is_a_link(embed: str, url: str, words: str) -> None:
    text, html = read(f"<p>Before.</p>{embed}<p>After.</p>")

    assert f'<a href="{url}">{words}</a>' in html
    assert text == f"Before.\n\n{words}\n\nAfter."


def test_an_article_that_is_only_an_embed_has_text() -> None:
    text, _ = read('<iframe src="https://www.youtube.com/embed/abc" title="Knots"></iframe>')
    assert text == "Knots (YouTube)"
    text, _ = read('<video src="/pier.mp4"></video>')
    assert text == "paper.example"


def test_the_words_of_a_post_stay_around_its_link() -> None:
    post = (
        '<blockquote class="twitter-tweet"><p>Storm is here</p>Met '
        '<a href="https://twitter.com/met/status/1?ref=x">May 1, 2026</a></blockquote>'
        '<script async src="https://platform.twitter.com/widgets.js"></script>'
    )

    text, html = read(post)

    assert "Storm is here" in text
    assert "May 1, 2026 (Twitter)" in text
    assert '<a href="https://twitter.com/met/status/1?ref=x">May 1, 2026 (Twitter)</a>' in html
    assert "script" not in html


def test_a_post_without_words_is_a_link_to_it() -> None:
    url = "https://www.instagram.com/p/AB/"
    text, html = read(
        f'<blockquote class="instagram-media" data-instgrm-permalink="{url}"></blockquote>'
    )

    assert text == "Instagram"
    assert f'<a href="{url}">Instagram</a>' in html


def test_a_medium_of_the_page_s_own_without_a_title_adds_no_words() -> None:
    text, html = read('<p>Listen.</p><audio src="/a.mp3">Get a browser.</audio>')

    assert text == "Listen."
    assert '<a href="https://paper.example/a.mp3">' in html


@pytest.mark.parametrize(
    "frame",
    [
        '<iframe src="https://www.googletagmanager.com/ns.html?id=1"></iframe>',
        '<iframe src="https://ad.doubleclick.net/x" title="Ad"></iframe>',
        '<iframe src="https://stats.example/t" width="1" height="1"></iframe>',
        '<iframe src="https://stats.example/t" style="display: none"></iframe>',
        '<iframe src="javascript:alert(1)"></iframe>',
        '<iframe srcdoc="<p>x</p>"></iframe>',
        "<iframe></iframe>",
        '<iframe src="data:text/html,x"></iframe>',
        '<iframe src="https://[bad/x"></iframe>',
    ],
)
def test_what_shows_a_reader_nothing_is_left_out(frame: str) -> None:
    text, html = read(f"<p>Words.</p>{frame}")

    assert text == "Words."
    assert "<a" not in html


def test_words_of_a_title_are_no_markup() -> None:
    _, html = read(
        '<iframe src="https://youtu.be/a" title="&lt;script&gt;alert(1)&lt;/script&gt;"></iframe>'
    )

    assert "<script" not in html


def test_what_is_read_once_more_stays_as_it_is() -> None:
    _, once = read(
        '<p>A <iframe src="https://youtu.be/a"></iframe></p><video src="/v.mp4"></video>'
    )
    _, twice = read(once)

    assert once == twice


def test_very_many_embeds_are_bounded() -> None:
    _, html = read('<iframe src="https://youtu.be/a"></iframe>' * 1000)

    assert html.count("<a") <= 200
