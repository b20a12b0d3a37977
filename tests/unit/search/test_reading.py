import pytest
from hypothesis import given, strategies as st

from services.search.domain.filters import ParameterError
from services.search.domain.question import Question, Sort, Word
from services.search.domain.reading import (
    MAX_CHARACTERS,
    MAX_WORDS,
    clean,
    corrected_text,
    for_any_word,
    languages_asked,
    read_question,
    with_corrections,
    with_synonyms,
)


def read(q: str, *languages: str, typing: bool = False) -> Question:
    return read_question(q, now=0, languages=languages or ("en",), typing=typing)


def texts(question: Question) -> list[str]:
    return [word.text for word in question.words]


def test_a_word_is_what_stands_between_spaces() -> None:
    assert texts(read("AT&T buys covid-19 C++ o'neill's")) == [
        *("AT&T", "buys", "covid-19", "C++", "o'neill's"),
    ]


def test_quotes_ask_for_a_phrase_with_its_stop_words() -> None:
    question = read('"to be or not" Hamlet')
    assert question.phrases == ("to be or not",)
    assert texts(question) == ["Hamlet"]


def test_a_quote_never_closed_runs_to_the_end() -> None:
    assert read('oil "price of gas').phrases == ("price of gas",)


def test_typographic_quotes_are_quotes() -> None:
    assert read("\u201coil price\u201d") == read('"oil price"')


def test_a_phrase_of_one_word_must_hold_too() -> None:
    assert read('"oil" gas').phrases == ("oil",)


@pytest.mark.parametrize("q", ["-war", "peace -war", '-"war"'])
def test_a_minus_at_a_words_start_excludes(q: str) -> None:
    assert read(q).excluded == ("war",)


@pytest.mark.parametrize("q", ["e-mail", "-5", "- war", "--war", "x,-war", "5-war"])
def test_a_minus_elsewhere_excludes_nothing(q: str) -> None:
    assert read(q).excluded == ()


def test_only_exclusions_ask_for_all_others_newest_first() -> None:
    question = read("-war")
    assert (question.words, question.title, question.sort) == ((), "", Sort.NEWEST)


def test_stop_words_are_dropped_with_the_signs_round_them() -> None:
    assert texts(read("the price of oil")) == ["price", "oil"]
    assert texts(read("(The) price, of… oil?")) == ["price,", "oil?"]


@pytest.mark.parametrize("q", ["the who", "the who -war"])
def test_stop_words_are_asked_if_nothing_else_is(q: str) -> None:
    assert texts(read(q)) == ["the", "who"]


def test_stop_words_are_those_of_the_first_language() -> None:
    assert texts(read("war die oil", "en", "de")) == ["war", "die", "oil"]
    assert texts(read("die Zukunft", "de", "en")) == ["Zukunft"]


def test_signs_are_passed_over_beside_words_and_asked_alone() -> None:
    assert texts(read("storm !!! quay")) == ["storm", "quay"]
    assert texts(read("!!!")) == ["!!!"]
    assert read("!!!").sort is Sort.RELEVANCE


def test_words_past_the_limit_are_ignored() -> None:
    question = read(" ".join(f"w{n}" for n in range(40)) + " -last")
    assert len(question.words) == MAX_WORDS
    assert question.excluded == ()


def test_a_repeated_word_is_asked_once() -> None:
    assert len(read("oil Oil OIL").words) == 1


def test_the_whole_question_is_also_a_title() -> None:
    assert read('the "price of" oil -war').title == "the price of oil"


def test_neighbours_may_be_written_as_one_for_four_pairs() -> None:
    assert [word.solid for word in read("wi fi").words] == [("wifi",), ("wifi",)]
    assert read("set up").words == (Word("set", solid=("setup",)),)
    assert [word.solid for word in read("a1 covid-19").words] == [(), ()]
    pairs = {one for word in read("b1 b2 b3 b4 b5 b6 b7").words for one in word.solid}
    assert pairs == {"b1b2", "b2b3", "b3b4", "b4b5"}


def test_the_last_word_may_be_only_begun() -> None:
    assert [word.begun for word in read("port mer", typing=True).words] == [False, True]
    assert [word.begun for word in read('port "mer', typing=True).words] == [False]


def test_too_long_a_question_is_refused_by_name() -> None:
    read("x" * MAX_CHARACTERS)
    with pytest.raises(ParameterError) as refused:
        read("x" * (MAX_CHARACTERS + 1))
    assert refused.value.parameter == "q"


@given(st.text(st.characters()) | st.text(" \"-aé日ไ\u0301\u201c\ud800\0'.1&+"))
def test_any_unicode_is_a_question_or_a_named_error(q: str) -> None:
    try:
        question = for_any_word(read(q, "en", "fr", "ru", "ar"))
    except ParameterError:
        assert len(q) > MAX_CHARACTERS
        return
    assert all(word.text.split() == [word.text] for word in question.words)
    " ".join([*texts(question), *question.phrases, *question.excluded, question.title]).encode()
    clean(q).encode()


def test_any_word_is_also_a_part_between_joints_but_no_letter_of_a_name() -> None:
    question = for_any_word(read("low-pressure wing AT&T C++ 3.5"))
    assert texts(question) == ["low", "pressure", "wing", "AT&T", "C++", "3.5"]
    assert question.any_word


def test_a_corrected_word_may_also_stand_as_typed() -> None:
    question = with_corrections(read("azerbijan news"), {"azerbijan": "azerbaijan"})
    assert question.words[0].spellings == ("azerbaijan",)
    assert question.words[1].spellings == ()


@pytest.mark.parametrize(
    ("typed", "corrected"),
    [
        ("azerbijan news", "azerbaijan news"),
        ('Azerbijan, "azerbijan"  -azerbijan azerbijan!', None),
        ("(azerbijan)", "(azerbaijan)"),
    ],
)
def test_a_question_is_corrected_in_place(typed: str, corrected: str | None) -> None:
    shown = corrected_text(typed, {"azerbijan": "azerbaijan"})
    assert shown == (corrected or 'Azerbijan, "azerbijan"  -azerbijan azerbaijan!')


def test_words_and_runs_of_words_may_stand_as_their_synonyms() -> None:
    sets = [("EU", "European Union"), ("Union", "league")]
    assert with_synonyms(read("eu meets"), sets).words == (
        Word("eu", ("European Union",)),
        Word("meets", solid=("eumeets",)),
    )
    # Of runs that overlap the longest counts.
    run = with_synonyms(read("European Union"), sets).words
    assert run == (Word("European Union", ("EU",)),)
    both = with_synonyms(read("pier"), [("pier", "quay"), ("pier", "jetty")]).words
    assert both == (Word("pier", ("quay", "jetty")),)


def test_asked_languages_decide() -> None:
    assert languages_asked(["fr", "en-GB"], {"ru": 100}) == ("fr", "en")


def test_else_the_most_frequent_languages_do_up_to_twelve() -> None:
    held = {"en": 500, "en-GB": 300, "ru": 400, "az": 90, "de": 50}
    assert languages_asked([], held) == ("en", "ru", "az", "de")
    assert len(languages_asked([], {f"x{n}": 20 - n for n in range(20)})) == 12


def test_an_empty_index_is_asked_in_english() -> None:
    assert languages_asked([], {}) == ("en",)
