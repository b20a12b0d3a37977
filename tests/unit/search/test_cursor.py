import pytest
from hypothesis import given, strategies as st

from services.search.domain.cursor import (
    Cursor,
    CursorExpiredError,
    CursorInvalidError,
    CursorMismatchError,
    Resolution,
    decode_cursor,
    digest,
    encode_cursor,
)
from services.search.domain.question import SortKey

KEY = b"k" * 32
DIGEST = digest({"q": "oil", "tag": ["a"]})
READ = Resolution(1_000, ("en", "de"), {"oli": "oil"}, any_word=True)
HELD = Cursor(DIGEST, READ, (7.1, "a1"), view="v", expires=1_300, seen=("abcd1234",))
TEXT = st.text(st.characters(codec="utf-8"))


@given(
    st.none() | st.lists(st.integers() | st.floats(allow_nan=False) | st.text()).map(tuple),
    st.integers(0, 1_000),
    st.none() | TEXT,
    st.dictionaries(TEXT, TEXT, max_size=3),
)
def test_a_cursor_comes_back_as_it_was(
    after: SortKey | None, offset: int, view: str | None, corrections: dict[str, str]
) -> None:
    cursor = Cursor(DIGEST, Resolution(5, ("en",), corrections), after, offset, view)
    text = encode_cursor(cursor, KEY)
    assert decode_cursor(text, KEY, digest=DIGEST, now=0) == cursor
    assert text.replace("-", "").replace("_", "").isalnum()


def test_a_cursor_says_how_the_question_was_understood() -> None:
    assert decode_cursor(encode_cursor(HELD, KEY), KEY, digest=DIGEST, now=0).resolution == READ


def test_a_relevance_cursor_lives_until_its_view_goes() -> None:
    text = encode_cursor(HELD, KEY)
    assert decode_cursor(text, KEY, digest=DIGEST, now=1_299).view == "v"
    with pytest.raises(CursorExpiredError):
        decode_cursor(text, KEY, digest=DIGEST, now=1_300)


def test_a_cursor_of_another_request_mismatches() -> None:
    with pytest.raises(CursorMismatchError):
        decode_cursor(encode_cursor(HELD, KEY), KEY, digest=digest({}), now=0)


@given(st.text() | st.from_regex(r"[A-Za-z0-9_-]{20,80}", fullmatch=True))
def test_anything_else_is_invalid(text: str) -> None:
    with pytest.raises(CursorInvalidError):
        decode_cursor(text, KEY, digest=DIGEST, now=0)


def test_an_altered_cursor_or_another_key_is_invalid() -> None:
    text = encode_cursor(HELD, KEY)
    for forged, key in ((text[:-4] + "AAAA", KEY), (text, b"other"), (text[:20], KEY)):
        with pytest.raises(CursorInvalidError):
            decode_cursor(forged, key, digest=DIGEST, now=0)


def test_the_order_of_parameters_is_nothing_asked() -> None:
    assert digest({"tag": ["a"], "q": "oil"}) == DIGEST != digest({"q": "oil", "tag": ["b"]})
