"""The text of HTML is what a browser shows as text, with the blocks that it shows as blocks."""

import pytest

from services.ingest.adapters.html import SelectolaxHtmlReader
from shared.safe_html import sanitise

READER = SelectolaxHtmlReader()
PAGE = "https://paper.example/a"


def text(html: str) -> str:
    return READER.read(html, PAGE).text


def html(given: str) -> str:
    return READER.read(given, PAGE).html or ""


@pytest.mark.parametrize(
    "element",
    [
        *("article", "aside", "address", "header", "footer", "nav", "main", "hgroup", "center"),
        *("fieldset", "legend", "details", "summary", "dialog", "search", "form", "menu", "dir"),
        *("section", "figure", "figcaption", "blockquote", "pre", "listing", "xmp", "marquee"),
        *("label", "caption", "td", "tr", "paper-teaser", "x-a", "story", "h1", "dl", "dt", "dd"),
    ],
)
def test_an_element_that_is_shown_as_a_block_ends_a_line_of_text(element: str) -> None:
    read = READER.read(f"Rents rise<{element}>Read the guide</{element}>now", PAGE)

    assert read.text == "Rents rise\n\nRead the guide\n\nnow"
    assert "riseRead" not in (read.html or "")
    assert "guidenow" not in (read.html or "")


def test_cases_that_were_reported() -> None:
    blocks = "<article>Rents rise</article><aside>Read the guide</aside><p>End.</p>"
    assert text(blocks) == "Rents rise\n\nRead the guide\n\nEnd."
    parts = "<header>Storm Ivo</header><main>Roofs torn off</main><footer>More soon</footer>"
    assert text(parts) == "Storm Ivo\n\nRoofs torn off\n\nMore soon"


@pytest.mark.parametrize(
    "element", ["span", "b", "a", "em", "font", "big", "tt", "ins", "mark", "q"]
)
def test_inline_elements_join(element: str) -> None:
    assert text(f"<p><{element}>T</{element}>he end</p>") == "The end"


@pytest.mark.parametrize(
    "sentence",
    [
        "<p>Shares of <x-ticker>ACME</x-ticker> fell.</p>",
        "<div>Shares of <x-ticker>ACME</x-ticker> fell.</div>",
        "<div>Shares of <x-link><x-ticker>ACME</x-ticker></x-link> fell.</div>",
        "<div><b>Shares of</b> <x-ticker>ACME</x-ticker> fell.</div>",
        "<p>Shares <label>of</label> ACME fell.</p>",
    ],
)
def test_a_custom_element_inside_of_a_sentence_does_not_break_it(sentence: str) -> None:
    assert text(sentence) == "Shares of ACME fell."


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("The bridge costs <del>5</del><ins>7</ins> million.", "The bridge costs 7 million."),
        ("From <s>Monday</s> to <ins>Tuesday</ins>.", "From to Tuesday."),
        ("Now <strike>open</strike> closed.", "Now closed."),
        ("Now <span style='text-decoration: line-through'>open</span> closed.", "Now closed."),
    ],
)
def test_struck_text_is_shown_and_not_read(given: str, shown: str) -> None:
    read = READER.read(f"<p>{given}</p>", PAGE)
    assert read.text == shown
    assert any(tag in (read.html or "") for tag in ("<del>", "<s>"))


@pytest.mark.parametrize(
    "given",
    [
        '<p>The levy<sup><a href="#fn1">1</a></sup> starts.</p>',
        '<p>The levy<a href="#fn1"><sup>1</sup></a> starts.</p>',
        '<p>The levy<sup id="r1">[<a href="#fn1">1</a>]</sup> starts.</p>',
        '<p>The levy<a href="https://paper.example/a#fn1">[1]</a> starts.</p>',
        '<p>The levy<a role="doc-noteref" href="#n">12</a> starts.</p>',
        "<p>The levy<sup>[1]</sup> starts.</p>",
        "<p>The levy<sup>*</sup> starts.</p>",
        "<p>The levy<sup>1</sup> starts.</p>",
        '<p>The levy<sup><a href="#a">1</a>,<a href="#b">2</a></sup> starts.</p>',
        '<p>The levy starts. <a href="#r1">\u21a9</a></p>',
    ],
)
def test_marks_of_footnotes_are_no_text(given: str) -> None:
    assert text(given) == "The levy starts."
    assert "<a" in html(given) or "<sup" in html(given)


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("H<sub>2</sub>O", "H2O"),
        ("30 m<sup>2</sup>", "30 m2"),
        ("x<sup>2</sup>", "x2"),
        ("10<sup>6</sup> tons", "106 tons"),
        ("the 1<sup>st</sup> day", "the 1st day"),
        ('see chapter <a href="#c2">2</a>', "see chapter 2"),
        ('<a href="/other#p1"><sup>1</sup></a> is a link', "1 is a link"),
    ],
)
def test_raised_and_lowered_letters_that_belong_to_a_word_stay(given: str, shown: str) -> None:
    assert text(f"<p>{given}</p>") == shown


@pytest.mark.parametrize(
    "given",
    [
        '<audio controls src="/a.mp3">Your browser does not support it.</audio>',
        "<video><source src=v.mp4>Get a browser.</video>",
        "<canvas>No canvas.</canvas>",
        "<object data=x.pdf>Get a plug-in.</object>",
        "<iframe src=/x>No frames.</iframe>",
        "<noscript>Turn on scripts.</noscript>",
        "<svg><title>A pier</title><text>Pier</text></svg>",
        "<select><option>Choose</option></select>",
        "<button>Share</button>",
        "<textarea>Your comment</textarea>",
        "<datalist><option>one</datalist>",
        "<progress value=1>10 %</progress>",
        "<meter value=1>1 of 3</meter>",
        "<template><p>Later</p></template>",
        "<p hidden>Not shown</p>",
        "<p style='display:none'>Not shown</p>",
    ],
)
def test_fallbacks_controls_and_what_is_hidden_are_no_text(given: str) -> None:
    assert text(f"<p>Listen.</p>{given}") == "Listen."
    words = html(f"<p>Listen.</p>{given}").replace("Listen", "")
    assert not any(word in words for word in ("rowser", "hoose", "hare", "hown", "Turn", "Get"))


def test_words_around_a_control_do_not_grow_together() -> None:
    assert text("<div>Rents rise<button>Share</button>now</div>") == "Rents rise\n\nnow"
    assert text("<p>Read <button>it</button> now</p>") == "Read now"


def test_readings_of_ruby_stay_on_the_page_and_out_of_the_text() -> None:
    reading = "<ruby>図<rp>(</rp><rt>と</rt><rp>)</rp>書<rt>しょ</rt>館<rt>かん</rt></ruby>"
    given = f"<p>{reading}が開く。</p>"
    assert text(given) == "図書館が開く。"
    assert html(given) == given


@pytest.mark.parametrize(
    "given",
    [
        '<img data-src="/pier.jpg" src="data:image/gif;base64,R0lGODlhAQABAAAAACw=" alt="Pier">',
        '<img data-src="/pier.jpg" src="/blank.gif" alt="Pier">',
        '<img src="/pier.jpg" alt="Pier">',
        '<img srcset="/pier.jpg 480w, /big.jpg 1000w" alt="Pier">',
        '<img data-srcset="data:image/gif;base64,AA== 1w, /pier.jpg 480w" alt="Pier">',
        '<picture><source srcset="/pier.jpg 2x"><img alt="Pier"></picture>',
        '<img src="data:x" alt="Pier"><noscript><img src="/pier.jpg"></noscript>',
        '<img src="/blank.gif" alt="Pier"> <noscript><img src="/pier.jpg"></noscript>',
        '<amp-img src="/pier.jpg" alt="Pier"></amp-img>',
    ],
)
def test_a_lazy_image_has_its_true_source(given: str) -> None:
    wanted = '<img src="https://paper.example/pier.jpg" alt="Pier">'
    assert html(f"<p>Pier.</p>{given}").replace(" </p>", "</p>").strip() == f"<p>Pier.</p>{wanted}"


@pytest.mark.parametrize(
    "given",
    ["<img alt=Pier>", "<img src='data:x'>", "<img src=''>", "<noscript><img src=/t></noscript>"],
)
def test_an_image_without_a_source_is_left_out(given: str) -> None:
    assert html(f"<p>Pier.</p>{given}") == "<p>Pier.</p>"


@pytest.mark.parametrize(
    "given",
    [
        "<table><caption>C</caption><tr><td>1<td>2</table>",
        "<p>One<label>Two</label>three</p>",
        "<ul><li>a<li>b<menu><li>c</menu></ul>",
        "<b><i><p>x</i>y</b>",
        "<pre>\n\na &lt; b\n</pre>",
        "<p title='a &quot; b &amp;lt; c'>x &amp;amp; y</p>",
        "<a href='/x?a=1&amp;b=2'>x<p>y</a>",
    ],
)
def test_what_was_read_is_clean(given: str) -> None:
    clean = html(given)
    assert sanitise(clean, PAGE) == clean
    assert html(clean) == clean
