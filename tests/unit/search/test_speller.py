import pytest
from hypothesis import given, strategies as st
from services.search.domain.speller import Speller

VOCABULARY = {
    "azerbaijan": 90,
    "consulate": 30,
    "energy": 4,
    "khankendi": 8,
    "news": 50,
    "oil": 70,
    "running": 3,
}


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
        ("runs", None),
        ("zzzzzzzz", None),
        ("2024x", None),
        ("日本", None),
    ],
)
def test_a_word_is_set_right(speller: Speller, typed: str, meant: str | None) -> None:
    assert speller.correct(typed) == meant


def test_the_nearest_wins_then_the_most_frequent() -> None:
    speller = Speller({"price": 9, "prize": 20, "pride": 9})
    assert speller.correct("pricce") == "price"
    assert speller.correct("prixe") == "prize"


def test_the_first_letter_is_kept_if_anything_is_found_with_it() -> None:
    assert Speller({"bonsulates": 90, "consulates": 1}).correct("cnosulates") == "consulates"


@pytest.mark.parametrize(
    ("typed", "corrected"),
    [
        ("konsulate khankendi", "consulate khankendi"),
        ('Azerbijan, "azerbijan"  -azerbijan news!', 'azerbaijan, "azerbijan"  -azerbijan news!'),
        ("(Azerbijan's oil)", "(azerbaijan oil)"),
        ("azerbaijan news", None),
        ('"azerbijan', None),
        ("", None),
    ],
)
def test_a_question_is_corrected_in_place(
    speller: Speller, typed: str, corrected: str | None
) -> None:
    assert speller.correct_question(typed) == corrected


def test_words_of_new_articles_are_known_at_once() -> None:
    speller = Speller({"consulate": 1})
    assert speller.correct("konsulate") == "consulate"
    speller.add(["konsulate"])
    assert speller.correct("konsulate") is None


@given(st.text())
def test_any_text_is_corrected_or_left(q: str) -> None:
    corrected = Speller(VOCABULARY).correct_question(q)
    assert corrected is None or corrected.encode()


def test_words_go_on_as_they_begin_the_most_frequent_first() -> None:
    speller = Speller({"tunnel": 3, "tunnels": 9, "tune": 1, "turn": 5})
    assert speller.completions("tun", 2) == ["tunnels", "tunnel"]
    assert speller.completions("tunnel", 5) == ["tunnels"]
    speller.add(["tundra"])
    assert "tundra" in speller.completions("tun", 9)


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
