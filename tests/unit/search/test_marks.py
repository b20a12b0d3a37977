"""Marked text as it is shown."""

import pytest

from services.search.domain.articles import MarkedText
from services.search.domain.marks import (
    begins_words,
    between,
    excerpt,
    mark_beginnings,
    marked_html,
    matched_words,
)
from services.search.domain.question import Word


def test_everything_but_the_marks_is_escaped() -> None:
    text = MarkedText(('"a" & <', "oil", "> <script>"))
    assert marked_html(text) == "&quot;a&quot; &amp; &lt;<mark>oil</mark>&gt; &lt;script&gt;"
    assert between(text, ("[", "]")) == '"a" & <[oil]> <script>'


@pytest.mark.parametrize(
    ("pieces", "words", "expected"),
    [
        (("one two three",), 5, "one two three"),
        (("one two three four",), 2, "one two~"),
        (("one two three ", "four", " five six"), 3, "~four five six"),
        (("one ", "two", ""), 1, "~two"),
        (
            ("one two three four five six ", "seven", " eight nine ten"),
            4,
            "~six [seven] eight nine~",
        ),
    ],
)
def test_an_excerpt_has_so_many_words_round_the_first_mark(
    pieces: tuple[str, ...], words: int, expected: str
) -> None:
    shown = between(excerpt(MarkedText(pieces), words, "~"), ("[", "]"))
    assert shown.replace("[", "").replace("]", "") == expected.replace("[", "").replace("]", "")
    assert len(shown.split()) <= words


def test_matched_words_are_named_as_they_were_typed() -> None:
    words = (Word("costs"), Word("bakres", ("bakers",)), Word("covid19"), Word("pier"))
    texts = [MarkedText(("", "cost", " of ", "Bakers", " and ", "Covid-19", ""))]
    assert matched_words(texts[:1], words[:2]) == ["costs", "bakres"]
    assert "pier" not in matched_words(texts, words)


def test_values_are_found_and_marked_by_the_beginnings_of_their_words() -> None:
    assert begins_words("Özdemir, Ana", ["ozd", "an"])
    assert not begins_words("Korva Ridge", ["idge"])
    assert mark_beginnings("Özdemir, Ana", ["oz"]) == MarkedText(("", "Öz", "demir, Ana"))
    assert mark_beginnings("Ridge", ["ridge"]).marked == ("Ridge",)
