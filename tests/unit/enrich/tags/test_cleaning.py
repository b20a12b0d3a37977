"""What of a text is read."""

import pytest

from services.enrich.domain.tags.cleaning import clean


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
