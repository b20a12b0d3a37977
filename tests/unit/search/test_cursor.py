import pytest
from hypothesis import given, strategies as st

from services.search.domain.cursor import (
    Cursor,
    CursorExpiredError,
    CursorInvalidError,
    CursorMismatchError,
    decode_cursor,
    digest,
    encode_cursor,
)
from services.search.domain.question import Sort, SortKey

KEY = b"k" * 32
DIGEST = digest({"q": "oil", "tag": ["a"]})


def encoded(**changes: object) -> str:
    fields = {"sort": Sort.RELEVANCE, "digest": DIGEST, "after": (7.1, "a1"), "snapshot": "s"}
    return encode_cursor(Cursor(**{**fields, "expires": 1_300, **changes}), KEY)  # type: ignore[arg-type]


@given(
    st.sampled_from(Sort),
    st.lists(st.integers() | st.floats(allow_nan=False) | st.text()).map(tuple),
    st.none() | st.text(st.characters(codec="utf-8")),
)
def test_a_cursor_comes_back_as_it_was(sort: Sort, after: SortKey, snapshot: str | None) -> None:
    cursor = Cursor(sort, DIGEST, after, snapshot)
    text = encode_cursor(cursor, KEY)
    assert decode_cursor(text, KEY, sort=sort, digest=DIGEST, now=0) == cursor
    assert text.replace("-", "").replace("_", "").isalnum()


def test_a_relevance_cursor_lives_until_its_snapshot_goes() -> None:
    text = encoded()
    assert decode_cursor(text, KEY, sort=Sort.RELEVANCE, digest=DIGEST, now=1_299).snapshot == "s"
    with pytest.raises(CursorExpiredError):
        decode_cursor(text, KEY, sort=Sort.RELEVANCE, digest=DIGEST, now=1_300)


@pytest.mark.parametrize(
    ("sort", "parameters"), [(Sort.NEWEST, {"q": "oil", "tag": ["a"]}), (Sort.RELEVANCE, {})]
)
def test_a_cursor_of_another_request_mismatches(sort: Sort, parameters: dict[str, object]) -> None:
    with pytest.raises(CursorMismatchError):
        decode_cursor(encoded(), KEY, sort=sort, digest=digest(parameters), now=0)


@given(st.text() | st.from_regex(r"[A-Za-z0-9_-]{20,80}", fullmatch=True))
def test_anything_else_is_invalid(text: str) -> None:
    with pytest.raises(CursorInvalidError):
        decode_cursor(text, KEY, sort=Sort.NEWEST, digest=DIGEST, now=0)


def test_an_altered_cursor_or_another_key_is_invalid() -> None:
    text = encoded()
    for forged, key in ((text[:-4] + "AAAA", KEY), (text, b"other"), (text[:20], KEY)):
        with pytest.raises(CursorInvalidError):
            decode_cursor(forged, key, sort=Sort.RELEVANCE, digest=DIGEST, now=0)


def test_the_order_of_parameters_is_nothing_asked() -> None:
    assert digest({"tag": ["a"], "q": "oil"}) == DIGEST != digest({"q": "oil", "tag": ["b"]})
