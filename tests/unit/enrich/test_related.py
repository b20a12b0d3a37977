import numpy as np
import pytest
from hypothesis import given, strategies as st

from services.enrich.domain.related import (
    HALF_LIFE_DAYS,
    Record,
    Records,
    half_life_days,
    score_pairs,
    shared_numbers,
    vector_of,
)
from services.enrich.domain.related.terms import lexicon, tokens
from services.enrich.domain.related.vectors import TERMS
from tests.news import changed, story_text

DAY = 86_400
TEXTS = st.one_of(st.text(), st.text(st.sampled_from("ab 東京กข\u0301\ud800"), max_size=400))


def record(text: str, published: int = 0, title: str = "", language: str = "en") -> Record:
    return Record(published, vector_of(title, text, language)[0])


def score(one: Record, other: Record) -> int:
    return score_pairs(one, Records.of([other]))[0].score


def is_copy(one: str, other: str) -> bool:
    return score_pairs(record(one), Records.of([record(other)]))[0].copy


def test_tellings_of_one_story_are_related_and_others_are_not() -> None:
    one = record(story_text(1, 1))
    assert score(one, record(story_text(1, 2))) > 2500
    assert score(one, record(story_text(2, 2))) == 0


def test_a_pair_has_one_score_whoever_asks() -> None:
    records = [record(story_text(at % 3, at), at * DAY) for at in range(12)]
    for one in records:
        for other, pair in zip(records, score_pairs(one, Records.of(records)), strict=True):
            assert pair == score_pairs(other, Records.of([one]))[0]


def test_a_score_falls_to_seven_eighths_in_a_half_life() -> None:
    early, late = record(story_text(1, 1)), record(story_text(1, 2), 90 * DAY)
    assert score(early, late) == pytest.approx(
        score(early, record(story_text(1, 2))) * 0.875, abs=1
    )


def test_a_category_may_have_a_half_life_of_its_own_and_the_longer_one_counts() -> None:
    settings = {"News > Sport": 30, "Science": 365}
    assert half_life_days(["News > Sport > Chess"], settings) == 30
    assert half_life_days(["News>Sport", "Science"], settings) == 365
    assert half_life_days(["News", "Sport"], settings) == HALF_LIFE_DAYS == 90
    short = Record(0, record(story_text(1, 1)).vector, 30)
    late = Record(365 * DAY, record(story_text(1, 2)).vector, 365)
    same_day = Record(0, late.vector, 365)
    assert score(short, late) == pytest.approx(score(short, same_day) * 0.875, abs=1)
    assert score(late, short) == score(short, late)


def test_two_shared_terms_are_too_few() -> None:
    assert score(record("Khankendi consulate"), record("Khankendi consulate opened")) == 0
    assert score(record("Khankendi consulate Baku"), record("Khankendi consulate Baku opened"))


def test_one_word_alone_is_nothing_in_common_however_much_it_weighs() -> None:
    label, others = "Obituary obituary obituary obituary obituary", "who has died aged ninety"
    one = record(f"{others}, taught chemistry and Latin", title=label)
    two = record(f"{others}, sailed round Horn and Hope", title=label)
    assert score(one, two) == 0


def test_articles_of_two_languages_are_not_compared() -> None:
    text = story_text(1, 1)
    others = Records.of([record(text, language=each) for each in ("de", "en-GB", "en")])
    german, british, english = shared_numbers(record(text).vector, others)
    assert not german
    assert british == english != []


def test_shared_terms_are_those_of_both_and_the_heaviest_come_first() -> None:
    own, *rest = (record(story_text(at, at)) for at in (1, 1, 2, 3))
    for other, shared in zip(rest, shared_numbers(own.vector, Records.of(rest)), strict=True):
        weights = [
            dict(zip(each.numbers.tolist(), each.weights.tolist(), strict=True))
            for each in (own.vector, other.vector)
        ]
        both = weights[0].keys() & weights[1].keys()
        assert shared == sorted(both, key=lambda n: (-weights[0][n] * weights[1][n], n))
    assert shared_numbers(own.vector, Records.of([])) == []


def test_words_in_the_title_weigh_more() -> None:
    vector, written = vector_of("Zeppelin", story_text(1, 1, length=40), "en")
    assert "Zeppelin" in list(written.values())[:3]
    assert vector.weights.max() == 255


def test_forms_of_a_word_are_one_term_and_stop_words_none() -> None:
    assert len(vector_of("", "consulate consulates Consulate the of and", "en")[0].numbers) == 1


def test_hindi_words_stay_whole_and_unspaced_scripts_become_pairs() -> None:
    assert tokens("दिल्ली में") == ["दिल्ली", "में"]
    assert tokens("東京都 Tokyo") == ["東京", "京都", "Tokyo"]


@given(TEXTS)
def test_what_is_read_is_known_as_it_is_written(text: str) -> None:
    words = lexicon("en").read(text)
    assert words.texts(np.arange(len(words.numbers))) == tokens(text)
    assert words.count_in(len(text.split())) == len(tokens(text))


def test_marks_around_a_word_are_no_part_of_it_and_marks_within_part_it() -> None:
    assert tokens('"Don\'t!" (U.N.) _tax-free_ --') == ["Don", "t", "U", "N", "tax", "free"]


def test_of_two_spellings_used_as_often_the_last_by_its_letters_is_named() -> None:
    assert list(vector_of("", "Consulate consulate", "en")[1].values()) == ["consulate"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (changed(story_text(1, 1, length=400), 0.03), True),
        (story_text(1, 1, length=400)[:2400], True),
        (f"{story_text(1, 1, length=400)} {story_text(5, 1, length=100)}", True),
        (story_text(1, 2, length=400), False),
    ],
)
def test_a_copy_is_known_by_its_text(text: str, *, expected: bool) -> None:
    assert is_copy(story_text(1, 1, length=400), text) is expected


def test_short_texts_are_copies_only_when_equal() -> None:
    assert is_copy("Markets close higher in Tokyo", "Markets close higher in Tokyo!")
    assert not is_copy("Markets close higher in Tokyo", "Markets close lower in Tokyo")


@given(TEXTS, TEXTS)
def test_any_two_texts_can_be_compared(one: str, other: str) -> None:
    pair = score_pairs(record(one), Records.of([record(other)]))[0]
    assert 0 <= pair.score <= 10_000
    assert score_pairs(record(other), Records.of([record(one)]))[0] == pair
    assert len(record(one).vector.numbers) <= TERMS


def terms_of(text: str, language: str) -> dict[str, int]:
    """The weight of each posted term, by how it is written."""
    vector, written = vector_of("", text, language)
    weights = dict(zip(vector.numbers.tolist(), vector.weights.tolist(), strict=True))
    return {word: weights[number] for number, word in written.items()}


def test_where_no_table_tells_common_words_names_weigh_more_than_long_words() -> None:
    text = "aiyuka da Tinubu ya ce aiyuka za su tafi Tinubu ya ce aiyuka"
    large = terms_of(text, "ha")
    assert large["Tinubu"] > large["aiyuka"]
    small = terms_of(text.lower(), "ha")
    assert small["tinubu"] < small["aiyuka"]


def test_what_begins_a_sentence_is_no_name() -> None:
    one = "Kodwa amapolisa afumene imoto. Le nto yenzeke izolo. (Oku kuxelwe ngabantu balapho.)"
    other = "Kodwa iklasi ifunda incwadi. Le ncwadi ibhalwe ngutitshala. (Oku kuvuyise abazali.)"
    assert score(record(one, language="xh"), record(other, language="xh")) == 0
    assert terms_of(one, "xh")["Kodwa"] == terms_of(one.lower(), "xh")["kodwa"]


@pytest.mark.parametrize("text", ["Mirando Kel Postiga", "MIRANDO KEL POSTIGA 2024 100 200 300"])
def test_a_text_in_capitals_has_no_names(text: str) -> None:
    mirando, kel, postiga = (terms_of(text, "zz")[word] for word in text.split()[:3])
    assert mirando == postiga > kel


def test_a_name_goes_without_its_prefix_where_words_are_not_known() -> None:
    assert len(terms_of("uRamaphosa kuRamaphosa URamaphosa Ramaphosa", "xh")) == 1
    assert len(terms_of("McDonald Donald LinkedIn", "xh")) == 3
    assert len(terms_of("iPhone Phone", "en")) == 2


@given(TEXTS, TEXTS, st.sampled_from([None, "xh", "ja"]))
def test_any_text_of_a_language_without_a_table_has_a_vector(
    title: str, body: str, language: str | None
) -> None:
    vector, written = vector_of(title, body, language)
    assert set(written) == set(vector.posted)
