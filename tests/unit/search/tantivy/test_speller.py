import pytest
from hypothesis import given, strategies as st

from services.search.adapters.tantivy_index.speller import Speller

VOCABULARY = {
    "azerbaijan": 90,
    "consulate": 30,
    "energy": 4,
    "khankendi": 8,
    "news": 50,
    "oil": 70,
    "running": 3,
}


def best(speller: Speller, typed: str) -> str | None:
    likely = speller.correct(typed)
    return likely[0].text if likely else None


@pytest.fixture(scope="module")
def speller() -> Speller:
    return Speller(VOCABULARY)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("azerbijan", "azerbaijan"),
        ("azrbijan", "azerbaijan"),
        ("enegry", "energy"),
        ("newz", "news"),
        ("konsulate", "consulate"),
        ("oli", None),
        ("nwz", None),
        ("enrgyy", None),
        ("news", None),
        ("zzzzzzzz", None),
        ("2024x", None),
        ("日本", None),
    ],
)
def test_a_word_is_set_right(speller: Speller, typed: str, meant: str | None) -> None:
    assert best(speller, typed) == meant


def test_the_nearest_wins_then_the_most_frequent() -> None:
    speller = Speller({"price": 9, "prize": 20, "pride": 9})
    assert best(speller, "pricce") == "price"
    assert best(speller, "prixe") == "prize"


def test_the_first_letter_is_kept_if_anything_is_found_with_it() -> None:
    assert best(Speller({"bonsulates": 90, "consulates": 1}), "cnosulates") == "consulates"


@given(st.text())
def test_any_text_is_corrected_or_left(word: str) -> None:
    assert all(one.text in VOCABULARY for one in Speller(VOCABULARY).correct(word))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("flamimg", "flaming"),
        ("flmin", "flamin"),
        ("flaamin", "flamin"),
        ("falmin", "flamin"),
        ("flam", None),
        ("xlamin", None),
        ("fxxx", None),
        ("fl", None),
    ],
)
def test_a_mistyped_beginning_becomes_one_of_a_known_word(typed: str, meant: str | None) -> None:
    assert Speller({"flamingos": 2, "frost": 1}).correct_beginning(typed) == meant
