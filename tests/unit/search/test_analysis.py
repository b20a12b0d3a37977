import unicodedata
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, strategies as st
from services.search.domain.analysis import (
    ANALYSIS_VERSION,
    GAP,
    MAX_TERM,
    UNSTEMMED,
    fold,
    spans,
    terms,
)

LANGUAGES = st.sampled_from([None, "en", "en-GB", "fr", "ru", "az", "xx", UNSTEMMED, "und"])


def words(text: str) -> list[str]:
    return terms(text, UNSTEMMED)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("U.S.", "us"),
        ("O'Neill", "ONeill"),
        ("O\u2019Neill", "O'Neill"),
        ("Baku's", "Baku"),
        ("Erdogan", "Erdoğan"),
        ("\u0130stanbul", "ISTANBUL"),
        ("\u0131stanbul", "istanbul"),
        ("ŞƏKİ", "saki"),
        ("\uff26\uff35\uff2c\uff2c", "full"),
        ("Straße", "strasse"),
        ("\u0645\u064f\u062d\u064e\u0645\u0651\u064e\u062f", "\u0645\u062d\u0645\u062f"),
        ("Zusammen\u00adarbeit", "zusammenarbeit"),
    ],
)
def test_spellings_of_one_word_meet(one: str, other: str) -> None:
    assert words(one) == words(other) != []


@pytest.mark.parametrize(("one", "other"), [("e-mail", "email"), ("seki", "ŞƏKİ"), ("мои", "мой")])
def test_spellings_of_two_words_stay_apart(one: str, other: str) -> None:
    assert words(one) != words(other)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("3.5 and 1,000.5", ["3.5", "and", "1,000.5"]),
        ("COVID-19", ["covid", "19"]),
        ("snake_case", ["snake", "case"]),
        ("C++", ["c"]),
        ("J.K.Rowling, U.S.A.'s a.bc", ["jk", "rowling", "usa", "a", "bc"]),
        ("A\u0300.E\u0301.", ["ae"]),
        ("日本語", ["日本", "本語"]),
        ("AI技術", ["ai", "技術"]),
        ("京", ["京"]),
        ("ไทย", ["ไท", "ทย"]),
        ("서울에서", ["서울", "울에", "에서"]),
        ("ሰላም።ዓለም", ["ሰላም", "ዓለም"]),
        ("हिन्दी में", ["हिन्दी", "में"]),
        ("", []),
        ("-- \u0301 \u00ad \ud800 \0", []),
    ],
)
def test_text_is_cut_into_words(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("running consulates", "en", ["run", "consul"]),
        ("running consulates", "en-GB", ["run", "consul"]),
        ("running consulates", None, ["run", "consul"]),
        ("running consulates", "az", ["running", "consulates"]),
        ("l'économie d\u2019État qu'il", "fr", ["econom", "etat", "il"]),
        ("dell'economia", "it", ["econom"]),
        ("новый новая", "ru", ["нов", "нов"]),
        ("1990s", "en", ["1990s"]),
    ],
)
def test_words_are_stemmed_in_their_language(
    text: str, language: str | None, expected: list[str]
) -> None:
    assert terms(text, language) == expected


@given(st.text(), LANGUAGES)
def test_spans_are_the_terms_with_places_inside_the_text(text: str, language: str | None) -> None:
    placed = list(spans(text, language))
    assert [span.term for span in placed] == terms(text, language)
    assert all(0 <= span.start < span.end <= len(text) for span in placed)
    assert [span.start for span in placed] == sorted(span.start for span in placed)


@pytest.mark.parametrize("text", ["日本語", "กำไร", "북한", "ｱｲｳ"])
def test_pairs_are_placed_on_their_two_characters(text: str) -> None:
    widths = {span.end - span.start for span in spans(text, UNSTEMMED)}
    assert widths <= {1, 2}


@given(st.text(), LANGUAGES)
def test_terms_are_short_and_free_of_spaces_and_gaps(text: str, language: str | None) -> None:
    for term in terms(text + GAP, language):
        assert 0 < len(term) <= MAX_TERM
        assert GAP not in term
        assert term.split() == [term]


@given(st.text())
def test_composed_and_decomposed_text_have_the_same_terms(text: str) -> None:
    composed = words(unicodedata.normalize("NFC", text))
    assert words(unicodedata.normalize("NFD", text)) == composed


@given(st.text())
def test_folding_twice_is_folding_once(word: str) -> None:
    assert fold(fold(word)) == fold(word)


def test_threads_share_the_stemmers() -> None:
    texts = [f"running{n} consulates nationalities{n} relations" for n in range(500)]
    expected = [terms(text, "en") for text in texts]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda text: terms(text.upper(), "en"), texts)) == expected


@pytest.mark.timeout(30)
@pytest.mark.parametrize(
    "unit", ["a", "a'", "1.1", "U.", "a.", "日本", "a\u0301", "\u0316\u0301", "é'", "1,", "_"]
)
def test_hostile_megabytes_are_cut_in_linear_time(unit: str) -> None:
    # The letter before is what marks are put in order behind.
    assert len(terms("a" + unit * (1_000_000 // len(unit)), "en")) >= 0


def test_the_version_names_the_stemmers() -> None:
    assert "snowball" in ANALYSIS_VERSION
