import unicodedata
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, strategies as st

from services.search.adapters.tantivy_index.analysis import (
    ANALYSIS_VERSION,
    MAX_TERM,
    characters,
    exact_terms as words,
    joined_terms,
    solid,
    stem,
    stems,
    tokens,
)
from services.search.adapters.tantivy_index.texts import GAP
from services.search.domain.folding import fold

LANGUAGES = st.sampled_from(["en", "fr", "ru", "az", "xx", "und"])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("U.S.", "us"),
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
        ("C++ C# c", ["cplusplus", "csharp", "c"]),
        ("J.K.Rowling, U.S.A.'s a.bc", ["jk", "rowling", "usa", "a", "bc"]),
        ("A\u0300.E\u0301.", ["ae"]),
        ("日本語", ["日本", "本語"]),
        ("AI技術", ["ai", "技術"]),
        ("京", ["京"]),
        ("ไทย", ["ไท", "ทย"]),
        ("서울에서", ["서울", "울에", "에서"]),
        ("ሰላም።ዓለም", ["ሰላም", "ዓለም"]),
        ("हिन्दी में", ["हिंदी", "में"]),
        ("", []),
        ("-- \u0301 \u00ad \ud800 \0", []),
    ],
)
def test_text_is_cut_into_words(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("running consulates", "en", ["en~run", "en~consul"]),
        ("running consulates", "az", ["running", "consulates"]),
        ("l'économie d\u2019État", "fr", ["fr~l", "fr~econom", "fr~d", "fr~etat"]),
        ("новый новая", "ru", ["ru~нов", "ru~нов"]),
        ("1990s", "en", ["en~1990s"]),
        ("日本語", "en", ["日本", "本語"]),
    ],
)
def test_stems_are_marked_with_their_language(
    text: str, language: str, expected: list[str]
) -> None:
    assert stems(words(text), language) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Covid-19", {"covid19"}),
        ("Ph.D.", {"phd"}),
        ("father-in-law", {"fatherin", "inlaw", "fatherinlaw"}),
        ("2,300,000 and 1 000", {"2300000", "1000"}),
        ("O'Neill", {"oneill"}),
        ("plain words", set()),
    ],
)
def test_words_with_joints_are_also_one_word(text: str, expected: set[str]) -> None:
    assert set(joined_terms(text)) == expected


def test_what_is_typed_is_read_without_its_joints() -> None:
    assert [solid(text) for text in ("wi-fi", "ph.d.", "1,000", "O'Neill")] == [
        *("wifi", "phd", "1000", "oneill"),
    ]


def test_letters_of_several_keyboards_are_one() -> None:
    assert words("علي كتاب") == words("علی کتاب")
    assert words("हिन्दी") == words("हिंदी")


def test_characters_of_unspaced_scripts_are_told() -> None:
    assert characters("大雨で ab 雨") == ["大", "雨", "で"]


@given(st.text())
def test_tokens_have_places_inside_the_text(text: str) -> None:
    placed = list(tokens(text))
    assert all(0 <= token.start < token.end <= len(text) for token in placed)
    assert [token.start for token in placed] == sorted(token.start for token in placed)


@pytest.mark.parametrize("text", ["日本語", "กำไร", "북한", "ｱｲｳ", "２０２７年に"])
def test_pairs_are_placed_on_their_two_characters(text: str) -> None:
    pairs = [token for token in tokens(text) if not token.exact.isascii()]
    assert {token.end - token.start for token in pairs} <= {2, 3}


@given(st.text(), LANGUAGES)
def test_terms_are_short_and_free_of_spaces_and_gaps(text: str, language: str) -> None:
    for term in [*words(text + GAP), *joined_terms(text), *characters(text)]:
        assert 0 < len(term) <= MAX_TERM
        assert GAP not in term
        assert term.split() == [term]
        assert (stem(term, language) or term).split() == [stem(term, language) or term]


@given(st.text())
def test_composed_and_decomposed_text_have_the_same_terms(text: str) -> None:
    composed = words(unicodedata.normalize("NFC", text))
    assert words(unicodedata.normalize("NFD", text)) == composed


@given(st.text())
def test_folding_twice_is_folding_once(word: str) -> None:
    assert fold(fold(word)) == fold(word)


def test_threads_share_the_stemmers() -> None:
    texts = [f"running{n} consulates nationalities{n} relations" for n in range(500)]
    expected = [stems(words(text), "en") for text in texts]
    with ThreadPoolExecutor(8) as pool:
        found = pool.map(lambda text: stems(words(text.upper()), "en"), texts)
        assert list(found) == expected


@pytest.mark.timeout(30)
@pytest.mark.parametrize(
    "unit", ["a", "a'", "1.1", "U.", "a.", "日本", "a\u0301", "\u0316\u0301", "é'", "1,", "_"]
)
def test_hostile_megabytes_are_cut_in_linear_time(unit: str) -> None:
    # The letter before is what marks are put in order behind.
    text = "a" + unit * (1_000_000 // len(unit))
    assert len(stems(words(text), "en")) >= 0
    assert len(joined_terms(text)) >= 0


def test_the_version_names_the_stemmers() -> None:
    assert "snowball" in ANALYSIS_VERSION
