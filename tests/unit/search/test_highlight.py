import html
import re

import pytest
from hypothesis import given, strategies as st
from services.search.domain.highlight import (
    FRAGMENT_CHARACTERS,
    FRAGMENTS,
    Highlight,
    Marking,
    highlight,
    wanted_terms,
    words_asked,
)

from services.search.domain.reading import read_question

FILLER = "lorem ipsum dolor sit amet " * 20


def marked(q: str, title: str = "", body: str = "", language: str = "en") -> Highlight:
    wanted = wanted_terms(words_asked(read_question(q, now=0, languages=("en",))))
    return highlight(title, body, wanted=wanted, language=language)


def test_stems_and_folded_words_are_marked() -> None:
    title = marked("consulate erdogan", "Consulates of Erdoğan")["title"]
    assert title == "<mark>Consulates</mark> of <mark>Erdoğan</mark>"


def test_words_of_phrases_are_marked() -> None:
    assert marked('"oil price"', "Oil prices")["title"] == "<mark>Oil</mark> <mark>prices</mark>"


def test_nothing_marked_is_null() -> None:
    assert marked("oil", "Gas", "Gas") == {"title": None, "body": None}
    assert marked("-oil", "Oil", "Oil") == {"title": None, "body": None}


def test_everything_but_our_marks_is_escaped() -> None:
    title = marked("oil", '<mark>"oil" & <script>')["title"]
    assert title == "&lt;mark&gt;&quot;<mark>oil</mark>&quot; &amp; &lt;script&gt;"


def test_overlapping_pairs_of_an_unspaced_word_have_one_mark() -> None:
    assert marked("日本語", "私は日本語です")["title"] == "私は<mark>日本語</mark>です"


def test_a_short_body_is_shown_whole() -> None:
    assert marked("oil", body="The oil price.")["body"] == ["The <mark>oil</mark> price."]


def test_fragments_are_cut_at_spaces_with_an_ellipsis_in_text_order() -> None:
    body = marked("oil gas", body=f"{FILLER}oil {FILLER}gas oil {FILLER}")["body"]
    assert body is not None
    assert len(body) == FRAGMENTS
    assert "<mark>gas</mark> <mark>oil</mark>" in body[1]
    for fragment in body:
        plain = re.sub("</?mark>", "", fragment)
        assert len(plain) <= FRAGMENT_CHARACTERS + 2
        assert re.fullmatch(r"…\S.*\S…", plain)
        assert plain.strip("…").split()[0] in {"lorem", "ipsum", "dolor", "sit", "amet"}


def test_the_densest_fragment_wins_over_an_earlier_one() -> None:
    body = marked("oil gas", body=f"oil oil {FILLER}oil and gas {FILLER} oil {FILLER}")["body"]
    assert body is not None
    assert "<mark>oil</mark> and <mark>gas</mark>" in body[1]


def test_a_dialect_has_its_own_marks_and_raw_text() -> None:
    own = Marking("__", "__", str)
    shown = highlight("a < oil", "", wanted={"oil"}, language="en", marking=own)
    assert shown["title"] == "a < __oil__"


@pytest.mark.timeout(30)
@pytest.mark.parametrize("unit", ["oil ", "oil", "日本", "oil\n", "gas "])
def test_a_megabyte_is_marked_in_linear_time(unit: str) -> None:
    body = marked("oil 日本", body=unit * (1_000_000 // len(unit)))["body"] or []
    assert all(len(re.sub("<[^>]*>", "", fragment)) <= 162 for fragment in body)


TEXTS = (
    st.text()
    | st.text('<>&"oil日本 \n\u0301')
    | st.lists(
        st.sampled_from(["oil", "<b>", "日本語", FILLER, "&amp;", "\n", "x" * 300]), max_size=8
    ).map(" ".join)
)


@given(TEXTS, TEXTS)
def test_marks_balance_and_only_they_are_tags(title: str, body: str) -> None:
    shown = marked("oil 日本語 b amp", title, body)
    for text in (shown["title"] or "", *(shown["body"] or ())):
        assert re.sub("<mark>[^<>]+</mark>", "", text).count("<") == 0
    if shown["title"] is not None:
        assert html.unescape(re.sub("</?mark>", "", shown["title"])) == title
