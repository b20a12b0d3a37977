"""The embedded engine marks the words of a question."""

import pytest
from hypothesis import given, strategies as st

from services.search.adapters.tantivy_index.highlight import Marker
from services.search.adapters.tantivy_index.sought import sought
from services.search.domain.articles import MarkedText
from services.search.domain.marks import between
from services.search.domain.question import Excerpts
from services.search.domain.reading import read_question

FILLER = "lorem ipsum dolor sit amet " * 20
TWO = Excerpts(count=2, characters=160)


def marker(q: str, language: str = "en") -> Marker:
    question = read_question(q, now=0, languages=(language,))
    words = [sought(word, (language,)) for word in question.words]
    return Marker(words, question.phrases, language)


def marked(q: str, text: str, language: str = "en") -> str | None:
    found = marker(q, language).whole(text)
    return between(found, ("[", "]")) if found else None


@pytest.mark.parametrize(
    ("q", "text", "expected"),
    [
        ("consulate erdogan", "Consulates of Erdoğan", "[Consulates] of [Erdoğan]"),
        ('"oil price"', "The oil price fell", "The [oil price] fell"),
        ('"oil price"', "The price of oil", None),
        ("oil", "Gas", None),
        ("日本語", "私は日本語です", "私は[日本語]です"),
        ("AT&T", "AT&T or T", "[AT&T] or T"),
        ("covid19", "The Covid-19 wave", "The [Covid-19] wave"),
        ("covid-19", "The Covid19 wave", "The [Covid19] wave"),
        ("雨", "大雨で", "大[雨]で"),
        ("zerowidth", "a zero\u200bwidth note", "a [zero\u200bwidth] note"),
        ("o'neill", "O\u2019Neill's luck", "[O\u2019Neill's] luck"),
    ],
)
def test_exactly_the_words_are_marked(q: str, text: str, expected: str | None) -> None:
    assert marked(q, text) == expected


def test_a_syllable_of_another_thai_word_is_not_marked() -> None:
    shown = marked("ห้องสมุด", "ให้ห้องสมุดเปิด", "th")
    assert shown == "ให้[ห้องสมุด]เปิด"


def test_excerpts_are_cut_at_spaces_in_text_order() -> None:
    found = marker("oil gas").excerpts(f"{FILLER}oil {FILLER}gas oil {FILLER}", TWO)
    assert len(found) == 2
    assert found[1].marked == ("gas", "oil")
    for one in found:
        assert len(one.plain) <= 162
        assert one.plain.split()[0] in {"lorem", "ipsum", "dolor", "sit", "amet"}


def test_the_densest_place_wins_over_an_earlier_one() -> None:
    found = marker("oil gas").excerpts(f"oil oil {FILLER}oil and gas {FILLER} oil {FILLER}", TWO)
    assert "oil and gas" in found[1].plain


def test_a_text_without_marks_begins_at_its_start_where_that_is_wanted() -> None:
    wanted = Excerpts(count=1, characters=40, from_start=True)
    assert marker("oil").excerpts("Nothing here. " * 9, wanted)[0].plain.startswith("Nothing here.")
    assert marker("oil").excerpts("Nothing here.", TWO) == []


@pytest.mark.timeout(30)
@pytest.mark.parametrize("unit", ["oil ", "oil", "日本", "oil\n", "gas ", "o-", "oil-"])
def test_a_megabyte_is_marked_in_linear_time(unit: str) -> None:
    found = marker("oil 日本 oil-oil").excerpts(unit * (1_000_000 // len(unit)), TWO)
    assert all(one.plain for one in found)


@given(st.text() | st.text('<>&"oil日本 \n\u0301\u200b-&'))
def test_marks_change_nothing_of_the_text(text: str) -> None:
    found = marker("oil 日本語 b amp").whole(text)
    assert found is None or found.plain == text
    assert found is None or isinstance(found, MarkedText)
