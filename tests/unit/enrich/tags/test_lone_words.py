"""What word lists and endings say of a word by itself."""

import pytest

from services.enrich.domain.tags.languages import language_of


@pytest.mark.parametrize(
    ("word", "language", "expected"),
    [
        ("5%", "en", "0"),
        ("a" * 41, "en", "-"),
        ("two", "en", "d"),
        ("large", "en", "a"),
        ("quorvings", "en", "n"),
        ("quorving", "en", "g"),
        ("quorvly", "en", "s"),
        ("ouvrait", "fr", "g"),
        ("supprimer", "fr", "g"),
        ("mer", "fr", "n"),
        ("outre-mer", "fr", "n"),
        ("celular", "pt", "n"),
        ("le", "fr", "s"),
        ("großer", "de", "a"),
        ("Haus", "de", "n"),
    ],
)
def test_a_word_has_a_class_by_itself(word: str, language: str, expected: str) -> None:
    (token,) = language_of(language).tokeniser.words_of(word)
    assert token.alone == expected
