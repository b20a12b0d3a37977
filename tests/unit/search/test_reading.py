import pytest
from hypothesis import given, strategies as st
from services.search.domain.analysis import GAP, terms

from services.search.domain.filters import ParameterError
from services.search.domain.question import Question, Sort
from services.search.domain.reading import (
    MAX_CHARACTERS,
    MAX_WORDS,
    clean,
    languages_asked,
    read_question,
)


def read(q: str, *languages: str) -> Question:
    return read_question(q, now=0, languages=languages or ("en",))


def first(question: Question) -> list[str]:
    return [word[0] for word in question.words]


def test_a_word_is_its_stems_in_every_language_and_itself() -> None:
    assert read("consulates", "en", "fr", "az").words == (("consul", "consulat", "consulates"),)


def test_quotes_ask_for_a_phrase_with_its_stop_words() -> None:
    question = read('"to be or not" Hamlet')
    assert question.phrases == ((("to",), ("be",), ("or",), ("not",)),)
    assert first(question) == ["hamlet"]


def test_a_quote_never_closed_runs_to_the_end() -> None:
    assert len(read('oil "price of gas').phrases[0]) == 3


def test_typographic_quotes_are_quotes() -> None:
    assert read("\u201coil price\u201d") == read('"oil price"')


def test_a_phrase_of_one_word_must_hold_too() -> None:
    assert read('"oil" gas').phrases == ((("oil",),),)


@pytest.mark.parametrize("q", ["-war", "peace -war", '-"war"'])
def test_a_minus_at_a_words_start_excludes(q: str) -> None:
    assert read(q).not_words == (("war",),)


@pytest.mark.parametrize("q", ["e-mail", "-5", "- war", "--war", "x,-war", "5-war"])
def test_a_minus_elsewhere_excludes_nothing(q: str) -> None:
    question = read(q)
    assert question.not_words == ()
    assert question.not_phrases == ()


@pytest.mark.parametrize("q", ['-"oil price"', "-oil-price"])
def test_several_words_are_excluded_as_neighbours(q: str) -> None:
    assert read(q).not_phrases == ((("oil",), ("price",)),)


def test_only_exclusions_ask_for_all_others_newest_first() -> None:
    question = read("-war")
    assert (question.words, question.title, question.sort) == ((), (), Sort.NEWEST)


def test_stop_words_are_dropped() -> None:
    assert first(read("the price of oil")) == ["price", "oil"]


@pytest.mark.parametrize("q", ["the who", "the who -war"])
def test_stop_words_are_asked_if_nothing_else_is(q: str) -> None:
    assert first(read(q)) == ["the", "who"]


def test_stop_words_are_those_of_the_first_language() -> None:
    assert first(read("war die oil", "en", "de")) == ["war", "die", "oil"]
    assert len(read("die Zukunft", "de", "en").words) == 1


def test_words_past_the_limit_are_ignored() -> None:
    question = read(" ".join(f"w{n}" for n in range(40)) + " -last")
    assert len(question.words) == MAX_WORDS
    assert question.not_words == ()


def test_a_repeated_word_is_asked_once() -> None:
    assert first(read("oil Oil OIL")) == ["oil"]


def test_the_whole_question_is_also_a_title_between_gaps() -> None:
    title = read('the "price of" oil -war').title
    assert [word[0] for word in title] == [GAP, *terms("the price of oil", "en"), GAP]


def test_too_long_a_question_is_refused_by_name() -> None:
    read("x" * MAX_CHARACTERS)
    with pytest.raises(ParameterError) as refused:
        read("x" * (MAX_CHARACTERS + 1))
    assert refused.value.parameter == "q"


@given(st.text(st.characters()) | st.text(" \"-aé日ไ\u0301\u201c\ud800\0'.1"))
def test_any_unicode_is_a_question_or_a_named_error(q: str) -> None:
    try:
        question = read(q, "en", "fr", "ru", "ar")
    except ParameterError:
        assert len(q) > MAX_CHARACTERS
        return
    every = (*question.words, *question.not_words, *question.title)
    phrases = (*question.phrases, *question.not_phrases)
    assert all(phrases)
    for alternatives in (*every, *(word for phrase in phrases for word in phrase)):
        assert alternatives
        assert all(alternatives)
        assert "".join(alternatives).encode().split() == ["".join(alternatives).encode()]
    clean(q).encode()


def test_asked_languages_decide() -> None:
    assert languages_asked(["fr", "en-GB"], {"ru": 100}) == ("fr", "en")


def test_else_the_languages_with_a_hundredth_of_the_index_do() -> None:
    held = {"en": 500, "en-GB": 300, "ru": 400, "az": 90, "de": 50, "fr": 40, "it": 5}
    assert languages_asked([], held) == ("en", "ru", "de", "fr")
    assert languages_asked([], {"en": 995, "it": 5}) == ("en",)


def test_a_script_does_not_take_the_places_of_another() -> None:
    held = {"en": 32, "de": 5, "fr": 4, "tr": 3, "es": 3, "ru": 2, "ar": 2}
    assert languages_asked([], held) == ("en", "de", "fr", "es", "ar", "ru")


def test_an_empty_index_is_asked_in_english() -> None:
    assert languages_asked([], {}) == ("en",)


def test_a_word_is_named_as_it_is_spelled_by_its_last_form() -> None:
    question = read_question("flamin", now=0, languages=("en", "tr", "fr"))
    assert question.words[0][-1] == "flamin"
    assert len(question.words[0]) > 1
