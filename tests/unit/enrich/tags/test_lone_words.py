"""What word lists and endings say of a word by itself."""

import pytest

from services.enrich.domain.tags.cleaning import clean
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
        ("le", "fr", "s"),
        ("großer", "de", "a"),
        ("Haus", "de", "n"),
    ],
)
def test_a_word_has_a_class_by_itself(word: str, language: str, expected: str) -> None:
    (token,) = language_of(language).tokeniser.words_of(word)
    assert token.alone == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\u00adb\nc", "ab\nc"),
        ("a\u200cb", "a\u200cb"),
        ("a\x1fb", "ab"),
        ("a\r\nb\u2028", "a\nb\n"),
    ],
)
def test_a_cleaned_text_has_no_invisible_characters(text: str, expected: str) -> None:
    assert clean(text) == expected
